"""Forgeries about a draw for vacant seats, each against a section in which one was held."""

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Scene
from evidence_scenes import allow

SUPPLEMENTS: Table = {}


@forgery("evidence.draw", SUPPLEMENTS)
def seats_are_drawn_for_that_somebody_holds(scene: Scene) -> None:
    facts(scene, "draw.requested", 1)["seats"] = [2, 3]


@forgery("evidence.draw", SUPPLEMENTS)
def another_seat_is_drawn_for_than_the_vacant_one(scene: Scene) -> None:
    facts(scene, "draw.requested", 1)["seats"] = [1]


@forgery("evidence.draw", SUPPLEMENTS)
def a_vacant_seat_is_left_out(scene: Scene) -> None:
    facts(scene, "draw.requested", 1)["seats"] = []


@forgery("evidence.replacement", SUPPLEMENTS)
def vacant_seats_are_drawn_for_while_an_alternate_waits(scene: Scene) -> None:
    scene.drop("judge.replaced", 0)
    scene.drop("recusal.declared", 0)


@forgery("evidence.draw", SUPPLEMENTS)
def a_whole_committee_is_drawn_where_vacant_seats_were_allowed(scene: Scene) -> None:
    del facts(scene, "draw.requested", 1)["seats"]


@forgery("signing.bad-signature", SUPPLEMENTS)
def the_reason_is_told_as_one_for_a_whole_committee(scene: Scene) -> None:
    del facts(scene, "redraw.allowed")["supplement"]
    del facts(scene, "draw.requested", 1)["seats"]


@forgery("evidence.draw", SUPPLEMENTS)
def vacant_seats_are_drawn_for_where_a_whole_committee_was_allowed(scene: Scene) -> None:
    allowed = scene.event("redraw.allowed")
    told = allow(scene, supplement=False)
    scene.events.remove(told)
    allowed.facts = told.facts


@forgery("evidence.draw", SUPPLEMENTS)
def the_first_draw_is_called_a_supplement(scene: Scene) -> None:
    facts(scene, "draw.requested")["seats"] = [3]


@forgery("evidence.judge", SUPPLEMENTS)
def somebody_signs_in_to_the_vacant_seat_before_it_is_drawn_for(scene: Scene) -> None:
    signed = next(one for one in scene.events if one.name == "judge.signed-in" and one.facts["judge"] == "J3")
    scene.events.remove(signed)
    place = scene.events.index(scene.event("redraw.allowed"))
    signed.at = scene.events[place].at
    scene.events.insert(place, signed)
    assert signed.subject == f"{SECTION}#J3"
