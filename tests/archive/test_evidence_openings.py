"""Openings in which not everything went well, and whose evidence holds all the same."""

from collections.abc import Callable

import pytest
from evidence_log import SECTION, Scene
from evidence_scenes import a_scene, the_policy
from forged_openings import before, decided, files_fail, unopened, waits

from trading.archive.verify import verify_evidence


def withdrawn_by_decision(scene: Scene) -> None:
    """The store lost D's form, and the centre decided that the platform answers."""
    waits(scene).update(state="withdrawn", cause="platform")
    decided(scene, "platform")


def revoked_by_decision(scene: Scene) -> None:
    """D failed for an unknown cause, and the centre found the bidder answerable."""
    waits(scene, "seal.policy", "unknown")
    decided(scene, "bidder")


def restored(scene: Scene) -> None:
    """The store lost a file of B; B sent it again, and it was checked."""
    unopened(scene, "bid.files-checked", 1, "technical", "bid.damaged", "platform")
    block = {"part": "technical", "number": 0, "leaf": "A" * 43 + "="}
    before(scene, "bid.files-checked", "bid.block-restored", "bid-b", **block)


@pytest.mark.parametrize("happened", [withdrawn_by_decision, revoked_by_decision, restored])
def test_an_opening_with_troubles_that_are_told_holds(happened: Callable[[Scene], None]) -> None:
    scene = a_scene()
    happened(scene)
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def test_a_written_decision_lets_fewer_than_the_minimum_go_on() -> None:
    """Later steps do not hold in this scene: its judges marked the bid that was left out."""
    scene = a_scene()
    files_fail(scene)
    before(scene, "marks.locked", "opening.continued", SECTION, remaining=2, reasons="项目紧急，竞争仍充分")
    assert any(step.name == "opening" for step in verify_evidence(scene.evidence(), the_policy()))


def test_the_verifier_counts_the_bids_that_were_left_out() -> None:
    [opening] = [one for one in verify_evidence(a_scene().evidence(), the_policy()) if one.name == "opening"]
    assert (opening.facts["opened"], opening.facts["unopened"], opening.facts["left_out"]) == (3, 1, 1)
