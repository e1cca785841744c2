"""Forgeries about the purchaser's representatives on a committee, each against a section in which one sat."""

from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Scene
from forged_openings import before

from infra.kernel.canonical import canonical, read

REPRESENTATIVES: Table = {}
NAMED = "representative.named"
MANDATE = bytes(31).hex() + "07"


def named_again(scene: Scene, why: str | None = "unable") -> None:
    """Another is named for the seat before anybody has signed in."""
    told = {} if why is None else {"why": why}
    before(scene, "judge.signed-in", NAMED, f"{SECTION}#J5", judge="J5", mandate=MANDATE, **told)


def vacated(scene: Scene) -> None:
    """A tie of the representative is found, the seat becomes vacant, and another is named for it."""
    told = {"reason": "recusal", "specialty": "representative", "alternate": None, "sheets_void": False}
    before(scene, "judge.signed-in", "recusal.found", f"{SECTION}#J5", judge="J5", kind="head")
    before(scene, "judge.signed-in", "judge.replaced", f"{SECTION}#J5", judge="J5", **told)
    before(scene, "judge.signed-in", NAMED, f"{SECTION}#J5", judge="J5", mandate=MANDATE)


@forgery("evidence.representative", REPRESENTATIVES)
def a_representative_is_counted_as_an_expert(scene: Scene) -> None:
    event = scene.event(NAMED)
    event.subject, event.facts["judge"] = f"{SECTION}#J3", "J3"


@forgery("evidence.committee-size", REPRESENTATIVES)
def a_representative_was_never_asked_for(scene: Scene) -> None:
    del facts(scene, "draw.requested")["representatives"]
    scene.drop(NAMED)


@forgery("evidence.representatives", REPRESENTATIVES)
def representatives_are_more_than_a_third(scene: Scene) -> None:
    facts(scene, "draw.requested")["representatives"] = 3


@forgery("evidence.committee-size", REPRESENTATIVES)
def a_committee_is_even(scene: Scene) -> None:
    facts(scene, "draw.requested")["representatives"] = 2


@forgery("evidence.judges", REPRESENTATIVES)
def a_representatives_seat_stays_empty(scene: Scene) -> None:
    signed = [one for one in scene.events if one.name == "judge.signed-in" and one.facts["judge"] == "J5"]
    locked = [one for one in scene.events if one.name == "marks.locked" and one.facts["judge"] == "J5"]
    for one in (*signed, *locked):
        scene.events.remove(one)


@forgery("evidence.order", REPRESENTATIVES)
def a_representative_sits_whom_nobody_named(scene: Scene) -> None:
    scene.drop(NAMED)


@forgery("evidence.representative", REPRESENTATIVES)
def somebody_else_is_named_without_a_reason(scene: Scene) -> None:
    named_again(scene, None)


@forgery("evidence.representative", REPRESENTATIVES)
def somebody_else_is_named_for_no_known_reason(scene: Scene) -> None:
    named_again(scene, "because")


@forgery("evidence.representative", REPRESENTATIVES)
def somebody_else_is_named_once_the_seat_is_taken(scene: Scene) -> None:
    before(scene, "marks.locked", NAMED, f"{SECTION}#J5", judge="J5", mandate=MANDATE, why="unable")


@forgery("evidence.replacement", REPRESENTATIVES)
def an_alternate_takes_a_representatives_seat(scene: Scene) -> None:
    vacated(scene)
    leaf = next(row[0] for row in scene.draw["out"] if len(row) == 3)
    facts(scene, "judge.replaced")["alternate"] = leaf


@forgery("log.inclusion", REPRESENTATIVES)
def the_mandates_hash_is_altered_after_it_was_logged(scene: Scene) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        row = next(one for one in rows if read(one["event"].encode())["event"] == NAMED)
        told = read(row["event"].encode())
        told["facts"]["mandate"] = MANDATE
        row["event"] = canonical(told).decode()

    scene.rows.append(change)
