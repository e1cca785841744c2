"""Reasons and pinned pages in the evidence: just what the judges signed, beside the older sheets of marks alone."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import a_scene, the_policy
from forged_reasons import REASONS, reasoned

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_sheets_with_reasons_and_pins_hold() -> None:
    steps = {step.name: step.facts for step in verify_evidence(reasoned().evidence(), the_policy())}
    assert steps["marks"] == {"judges": 5}


def test_sheets_of_marks_alone_hold_as_they_did() -> None:
    steps = {step.name: step.facts for step in verify_evidence(a_scene().evidence(), the_policy())}
    assert steps["marks"] == {"judges": 5}


@pytest.mark.parametrize(("code", "change"), rows(REASONS))
def test_forged_reasons_and_pins_are_refused_with_their_own_code(code: str, change: Change) -> None:
    scene = reasoned()
    change(scene)
    with pytest.raises(Problem) as told:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert told.value.code == code
    assert told.value.facts["where"]
