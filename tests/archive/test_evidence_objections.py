"""Objections to the result in the evidence: each settled before the publicity ended, none upheld."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_objections import OBJECTIONS, answered

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_an_objection_that_was_answered_in_time_and_not_upheld_holds() -> None:
    steps = [step.name for step in verify_evidence(answered().evidence(), the_policy())]
    assert steps[-2:] == ["result", "page"]


@pytest.mark.parametrize(("code", "change"), rows(OBJECTIONS))
def test_a_forged_objection_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = answered()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code
    assert caught.value.facts["where"]
