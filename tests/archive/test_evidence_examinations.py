"""The preliminary examination in the evidence: what was answered, promised and settled holds, and nothing else does."""

import pytest
from evidence_forging import Change, rows
from evidence_scenes import the_policy
from forged_examinations import EXAMINED, all_rejected, examined

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def test_an_examination_that_rejects_nobody_holds() -> None:
    steps = {step.name: step.facts for step in verify_evidence(examined().evidence(), the_policy())}
    assert steps["committee"]["rejected"] == 0
    assert list(steps)[-1] == "page"


def test_a_section_all_of_whose_bids_the_examination_rejects_has_failed() -> None:
    steps = {step.name: step.facts for step in verify_evidence(all_rejected().evidence(), the_policy())}
    assert steps["committee"]["rejected"] == 3
    assert steps["failed"] == {"reason": "all-rejected"}


@pytest.mark.parametrize(("code", "change"), rows(EXAMINED))
def test_a_forged_examination_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = examined()
    change(scene)
    with pytest.raises(Problem) as told:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert told.value.code == code
    assert told.value.facts["where"]
