"""A slip that was replaced: the judge signs in once more with a new key, before the lock and for a logged reason."""

import pytest
from evidence_log import Scene, new_key
from evidence_scenes import SECTION, a_scene, the_policy
from forged_openings import before

from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from trading.archive.verify import verify_evidence
from trading.evaluation.marks import judge_serial


def seated(scene: Scene, event: str, judge: str = "J1") -> None:
    """Before an event a judge sits down with a key that is lost afterwards."""
    lost = scene.keys.certificate(new_key(f"lost {judge}"), f"评委{judge[1:]}", judge_serial(SECTION, judge))
    before(scene, event, "judge.signed-in", f"{SECTION}#{judge}", judge=judge, certificate=b64(lost), no_conflict=True)


def replaced(scene: Scene, event: str, judge: str = "J1") -> None:
    """Before an event the centre prints a new slip."""
    before(scene, event, "slip.replaced", f"{SECTION}#{judge}", judge=judge, reason="机器损坏")


def test_a_judge_who_got_a_new_slip_signs_in_again_and_the_evidence_holds() -> None:
    scene = a_scene()
    replaced(scene, "judge.signed-in")
    seated(scene, "slip.replaced")
    assert list(verify_evidence(scene.evidence(), the_policy()))[-1].name == "page"


def test_a_second_sign_in_without_a_new_slip_is_refused() -> None:
    scene = a_scene()
    seated(scene, "judge.signed-in")
    with pytest.raises(Problem) as told:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert told.value.code == "evidence.judge"


def test_a_new_slip_after_the_lock_is_refused() -> None:
    scene = a_scene()
    replaced(scene, "marks.published")
    with pytest.raises(Problem) as told:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert told.value.code == "evidence.judge"


def test_marks_locked_by_a_judge_who_has_not_signed_in_again_are_refused() -> None:
    scene = a_scene()
    replaced(scene, "marks.locked")
    with pytest.raises(Problem) as told:
        list(verify_evidence(scene.evidence(), the_policy()))
    assert told.value.code == "evidence.order"
