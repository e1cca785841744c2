"""A tie that the method leaves to the procuring entity, in the evidence: its signed decision holds, and no other does."""

import pytest
from evidence_forging import Change, rows
from evidence_log import Scene
from evidence_scenes import the_policy
from forged_ties import ENTITY, REASONS, TIES, decided, left_to_nobody

from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence


def refusal(scene: Scene) -> Problem:
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.facts["where"]
    return caught.value


def test_a_tie_decided_by_the_procuring_entity_holds_and_tells_who_signed() -> None:
    steps = {step.name: step.facts for step in verify_evidence(decided().evidence(), the_policy())}
    assert steps["tie"]["serial"] == ENTITY
    assert list(steps)[-3:] == ["tie", "result", "page"]


def test_the_readable_page_tells_the_decision_and_its_reasons() -> None:
    page = unpack(decided().evidence())["report.html"].decode()
    assert REASONS in page and "Decision on the tie" in page


@pytest.mark.parametrize(("code", "change"), rows(TIES))
def test_a_forged_decision_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = decided()
    change(scene)
    assert refusal(scene).code == code


def test_a_tie_that_the_document_does_not_leave_to_the_entity_is_not_for_it_to_decide() -> None:
    problem = refusal(left_to_nobody())
    assert (problem.code, problem.facts["field"]) == ("evidence.tie-decided", "method")
