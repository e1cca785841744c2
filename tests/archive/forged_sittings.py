"""A committee with a time for marking, a judge who asks for more, and a pause under seal; and forgeries of it."""

from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene
from evidence_scenes import a_scene
from forged_openings import insert

SITTINGS: Table = {}
FIRST = "marks.locked"
LATER = ("2026-11-02T02:00:00Z", "2026-11-02T03:00:00Z")


@cache
def _paused() -> Scene:
    scene = a_scene()
    _insert(scene, "evaluation.timed", until=LATER[0], asked=0)
    _insert(scene, "marking-time.asked", f"{SECTION}#J2", judge="J2")
    _insert(scene, "evaluation.timed", until=LATER[1], asked=1)
    _insert(scene, "evaluation.paused", reason="当日未评完", seal="封条 2026-118，监督人员在场", resumes=LATER[1])
    _insert(scene, "evaluation.resumed", intact=True, found="封条完好", until=LATER[1])
    return scene


def paused() -> Scene:
    """The time was set, extended after one judge had asked, and shifted by a pause; then everybody locked."""
    return deepcopy(_paused())


def _insert(scene: Scene, name: str, subject: str = SECTION, **told: Any) -> None:
    insert(scene, FIRST, Event(name, subject, scene.at, told))


def over(scene: Scene, *judges: str) -> None:
    """All times end before the first lock; these judges have asked for more."""
    for name in ("evaluation.paused", "evaluation.resumed"):
        scene.drop(name)
    scene.drop("evaluation.timed", 1)
    scene.drop("marking-time.asked")
    ends = scene.event("evaluation.timed").at + timedelta(seconds=1)
    facts(scene, "evaluation.timed")["until"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    for judge in judges:
        _insert(scene, "marking-time.asked", f"{SECTION}#{judge}", judge=judge)
    for one in scene.events[scene.events.index(scene.event(FIRST)) :]:
        one.moved(120)
    candidates = facts(scene, "candidates.published")
    candidates["publicity_ends"] = _later(candidates["publicity_ends"])


def _later(text: str) -> str:
    return (datetime.fromisoformat(text) + timedelta(seconds=120)).strftime("%Y-%m-%dT%H:%M:%SZ")


@forgery("evidence.sitting", SITTINGS)
def marks_were_locked_while_the_room_was_sealed(scene: Scene) -> None:
    event = scene.drop("evaluation.resumed")
    place = scene.events.index(scene.event(FIRST)) + 1
    event.at = scene.events[place].at
    scene.events.insert(place, event)


@forgery("evidence.sitting", SITTINGS)
def the_room_was_never_unsealed(scene: Scene) -> None:
    scene.drop("evaluation.resumed")


@forgery("evidence.sitting", SITTINGS)
def it_went_on_without_a_pause(scene: Scene) -> None:
    scene.drop("evaluation.paused")


@forgery("evidence.sitting", SITTINGS)
def the_time_was_shortened(scene: Scene) -> None:
    facts(scene, "evaluation.timed", 1)["until"] = "2026-11-02T01:50:00Z"


@forgery("evidence.sitting", SITTINGS)
def more_judges_had_asked_than_did(scene: Scene) -> None:
    facts(scene, "evaluation.timed", 1)["asked"] = 2


@forgery("evidence.sitting", SITTINGS)
def a_judge_asked_before_any_time_was_set(scene: Scene) -> None:
    scene.drop("evaluation.timed")
    facts(scene, "evaluation.timed")["asked"] = 1


@forgery("evidence.sitting", SITTINGS)
def somebody_asked_who_does_not_sit(scene: Scene) -> None:
    scene.event("marking-time.asked").subject = f"{SECTION}#J9"
    facts(scene, "marking-time.asked")["judge"] = "J9"


@forgery("evidence.sitting", SITTINGS)
def the_pause_gave_two_hours_more_than_it_took(scene: Scene) -> None:
    facts(scene, "evaluation.resumed")["until"] = "2026-11-02T05:00:00Z"


@forgery("evidence.sitting", SITTINGS)
def the_time_came_back_out_of_a_pause_without_one_set(scene: Scene) -> None:
    del facts(scene, "evaluation.resumed")["until"]


@forgery("evidence.sitting", SITTINGS)
def everybody_locked_after_the_time_was_over(scene: Scene) -> None:
    over(scene)
