"""Inquiries in the evidence: what was asked, answered and left unanswered can be followed by anybody."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_inquiries import INQUIRIES, asked

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_a_section_in_which_one_bidder_answered_and_one_was_silent_holds() -> None:
    steps = {step.name: step.facts for step in verify_evidence(asked().evidence(), the_policy())}
    assert steps["inquiries"] == {"sent": 2, "answered": 1, "unanswered": 1}
    assert list(steps)[-3:] == ["report", "result", "page"]


@pytest.mark.parametrize(("code", "change"), rows(INQUIRIES))
def test_a_forged_inquiry_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = asked()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code
    assert caught.value.facts["where"]
