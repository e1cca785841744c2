"""A blind part in the evidence: the labels that judges marked under hold, and no others do."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_blind import BLIND, blind

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_marks_under_labels_are_put_to_their_bids_and_hold() -> None:
    steps = {step.name: step.facts for step in verify_evidence(blind().evidence(), the_policy())}
    assert steps["blind"] == {"labels": 3}
    assert list(steps)[-6:] == ["marks", "blind", "evaluation", "report", "result", "page"]


@pytest.mark.parametrize(("code", "change"), rows(BLIND))
def test_forged_labels_are_refused_with_their_own_code(code: str, change: Change) -> None:
    scene = blind()
    change(scene)
    with pytest.raises(Problem) as told:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert told.value.code == code
    assert told.value.facts["where"]
