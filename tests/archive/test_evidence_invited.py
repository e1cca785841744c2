"""An invited tender in the evidence: the list stands with the notice, is long enough, and nobody else handed in (TBL 17)."""

import pytest
from evidence_forging import Change, rows
from evidence_log import Scene
from evidence_scenes import the_policy
from forged_invited import INVITATIONS, invited

from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence


def refusal(scene: Scene) -> str:
    with pytest.raises(Problem) as caught:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert caught.value.facts["where"]
    return caught.value.code


def test_the_evidence_of_an_invited_tender_tells_how_many_were_invited() -> None:
    steps = {step.name: dict(step.facts) for step in verify_evidence(invited().evidence(), the_policy())}
    assert (steps["invited"], steps["bids"]["submitted"]) == ({"invited": 5}, 6)


@pytest.mark.parametrize(("code", "change"), rows(INVITATIONS))
def test_a_forged_invitation_is_refused_with_its_own_code(code: str, change: Change) -> None:
    scene = invited()
    change(scene)
    assert refusal(scene) == code
