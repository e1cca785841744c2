"""A question about a candidate's capacity to perform, in the evidence: signed, answered by majority, and followed (TBR 56)."""

import pytest
from evidence_forging import Change, rows
from evidence_log import Scene
from evidence_scenes import the_policy
from forged_capacity import CAPACITY, able, unable

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def steps(scene: Scene) -> dict[str, dict[str, object]]:
    return {step.name: dict(step.facts) for step in verify_evidence(scene.evidence(), the_policy())}


def refusal(scene: Scene) -> Problem:
    with pytest.raises(Problem) as caught:
        steps(scene)
    assert caught.value.facts["where"]
    return caught.value


def test_who_cannot_perform_drops_out_and_the_next_wins() -> None:
    found = steps(unable())
    assert (found["capacity"], found["ways"]) == ({"asked": 1}, {"passed": 1})
    assert found["result"]["winner"] == unable().event("candidates.published").facts["candidates"][1]["bidder"]


def test_who_is_found_able_is_awarded() -> None:
    found = steps(able())
    assert found["capacity"] == {"asked": 1}
    assert found["result"]["winner"] == able().event("candidates.published").facts["candidates"][0]["bidder"]


@pytest.mark.parametrize(("code", "change"), rows(CAPACITY))
def test_a_forged_question_or_answer_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = unable()
    change(scene)
    assert refusal(scene).code == code
