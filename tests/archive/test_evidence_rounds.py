"""A committee that evaluated again, in the evidence: every evaluation is held to the rules, and the last one decides."""

import pytest
from evidence_forging import Change, rows
from evidence_log import Scene
from evidence_scenes import the_policy
from forged_rounds import ROUNDS, evaluated_again, evaluated_thrice, prices_known

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def refusal(scene: Scene) -> Problem:
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.facts["where"]
    return caught.value


def test_the_first_of_the_second_evaluation_wins() -> None:
    scene = evaluated_again()
    steps = [(step.name, step.facts) for step in verify_evidence(scene.evidence(), the_policy())]
    names = [name for name, _ in steps]
    assert [facts for name, facts in steps if name == "set-aside"] == [{"round": 1, "cause": "objection-upheld"}]
    assert (names.count("marks"), names.count("evaluation")) == (2, 2)
    first, second = (scene.event("candidates.published", nth).facts["candidates"][0] for nth in (0, 1))
    assert first["bidder"] != second["bidder"] == dict(steps)["result"]["winner"]


@pytest.mark.parametrize(("code", "change"), rows(ROUNDS))
def test_a_forged_second_evaluation_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = evaluated_again()
    change(scene)
    assert refusal(scene).code == code


def test_a_committee_that_knows_the_prices_cannot_mark_again() -> None:
    problem = refusal(prices_known())
    assert (problem.code, problem.facts["field"]) == ("evidence.way", "known")


def test_a_committee_cannot_be_called_together_twice_for_one_objection() -> None:
    problem = refusal(evaluated_thrice("objection-upheld", (1,)))
    assert (problem.code, problem.facts["field"]) == ("evidence.way", "cause")


def test_the_supervising_body_can_direct_a_third_evaluation() -> None:
    scene = evaluated_thrice("directive", ())
    steps = [(step.name, step.facts) for step in verify_evidence(scene.evidence(), the_policy())]
    assert [facts["cause"] for name, facts in steps if name == "set-aside"] == ["objection-upheld", "directive"]
    assert dict(steps)["result"]["winner"] == scene.event("candidates.published").facts["candidates"][0]["bidder"]
