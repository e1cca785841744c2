"""Addenda, later deadlines, answers and confirmations in the evidence: what was changed holds, and no other change does."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_changes import CHANGES, LATER, changed, version_of

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_a_section_changed_while_bids_came_in_holds_and_tells_the_deadline_in_force() -> None:
    steps = {step.name: step.facts for step in verify_evidence(changed().evidence(), the_policy())}
    assert steps["bids"]["deadline"] == LATER
    assert list(steps)[-1] == "page"


def test_a_bid_that_was_not_confirmed_stands_in_the_record_for_the_version_it_was_handed_in_for() -> None:
    scene = changed()
    scene.events.remove(scene.event("bid.confirmed"))
    version_of(scene, "bid-b")["version"] = 1
    assert [step.name for step in verify_evidence(scene.evidence(), the_policy())][-1] == "page"


@pytest.mark.parametrize(("code", "change"), rows(CHANGES))
def test_a_forged_change_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = changed()
    change(scene)
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.code == code
    assert caught.value.facts["where"]
