"""Opening records that bidders confirmed, objected to or let pass, and what the verifier tells of them."""

from collections.abc import Callable
from typing import Any

import pytest
from evidence_log import SECTION, Scene
from evidence_scenes import a_scene, the_policy
from failed_scenes import few_bids, few_files, few_forms
from forged_answers import NOTED, PAUSED, RESUMED, all_agree, answered, cut_short, digest, later, object_

from trading.archive.bundle import unpack
from trading.archive.verify import verify_evidence


def told(scene: Scene) -> dict[str, Any]:
    """The figures of each step by its name; every step holds."""
    return {step.name: step.facts for step in verify_evidence(scene.evidence(), the_policy())}


def record(scene: Scene) -> dict[str, Any]:
    """What the verifier tells of the opening record."""
    found: dict[str, Any] = told(scene)["record"]
    return found


def test_silence_at_the_limit_is_assent_and_a_pause_makes_it_later() -> None:
    scene = a_scene()
    answered(scene)
    counted = {"confirmed": 2, "signed": 1, "silent": 2, "objections": 1, "answered": 1, "final": True}
    assert record(scene) == counted | {"record": digest(scene).hex()}


def test_a_record_that_all_confirm_is_final_before_the_limit() -> None:
    scene = a_scene()
    all_agree(scene)
    assert (record(scene)["silent"], record(scene)["final"]) == (0, True)


@pytest.mark.parametrize("happened", [cut_short, lambda scene: None])
def test_marks_before_the_limit_end_the_answering_without_declaring_anybody_silent(
    happened: Callable[[Scene], object],
) -> None:
    scene = a_scene()
    happened(scene)
    assert record(scene)["final"] is False


def test_the_readable_page_tells_every_answer() -> None:
    scene = a_scene()
    answered(scene)
    page = unpack(scene.evidence())["report.html"].decode()
    for words in (
        "唱标工期与投标函不一致",
        "以加密投标文件为准",
        "密钥签名 with a key",
        "核对工期",
        "签认 2 家，默认 2 家",
    ):
        assert words in page


def test_a_pause_that_began_before_the_record_counts_from_its_making() -> None:
    scene = a_scene()
    answered(scene)
    scene.drop(PAUSED)
    later(scene, -15, PAUSED, SECTION, text="设备故障")
    assert record(scene)["final"] is True


def test_what_was_said_in_a_section_that_an_officer_ended_is_followed_too() -> None:
    scene = few_files()
    object_(scene, 12)
    assert record(scene)["objections"] == 1


def test_an_opening_without_a_record_has_none_to_answer() -> None:
    scene = few_forms()
    place = next(place for place, one in enumerate(scene.events) if one.name == "opening.halted")
    for name in (NOTED, PAUSED, RESUMED):
        scene.events.insert(place, scene.tell(name, SECTION, text="等候监督"))
        scene.events.pop()
        place += 1
    assert "record" not in told(scene)


def test_the_host_may_say_that_too_few_bids_came() -> None:
    scene = few_bids()
    scene.tell(NOTED, SECTION, text="截止时投标不足三份，依法不予开标。")
    assert "unopened" in told(scene)
