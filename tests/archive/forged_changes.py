"""A section whose document and deadline were changed while bids came in; and forgeries of those changes."""

from copy import deepcopy
from functools import cache
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import a_scene, company, credit_code
from evidence_tender import DEADLINE

from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, digest, unb64
from trading.clarifications.rules import confirmation_message

CHANGES: Table = {}
LATER = "2026-11-02T01:10:01Z"
CONTENT = ("method", "labels", "files", "ceiling")


@cache
def _changed() -> Scene:
    scene = a_scene()
    frozen = facts(scene, "document.frozen")
    place = scene.events.index(scene.event("bid.submitted", 2))
    at = scene.events[place].at

    def tell(name: str, subject: str = SECTION, **told: Any) -> None:
        nonlocal place
        scene.events.insert(place, Event(name, subject, at, told))
        place += 1

    tell("section.suspended", due="2026-11-02T01:06:00Z")
    tell("section.extended", previous=DEADLINE, deadline=LATER, reasons="补充图纸")
    content = {name: frozen[name] for name in CONTENT} | {"ceiling": "9990000.00"}
    tell(
        "addendum.published", **content, version=2, document=b64(digest(content)), previous=frozen["document"],
        summary="下调限价", affects=True, reasons="限价变化", deadline=LATER,
    )  # fmt: skip
    tell(
        "clarification.published",
        number=1,
        kind="objection",
        question="限价过高",
        answer="已下调",
        affects=False,
        reasons="见补遗",
    )
    tell("section.resumed")
    manifest = facts(scene, "bid.submitted", 1)["manifest"]
    tell("bid.confirmed", "bid-b", version=2, document=b64(digest(content)), manifest=manifest, signature="")
    sign(scene, "B")
    facts(scene, "section.closed")["deadline"] = LATER
    for row in facts(scene, "section.opened")["record"]:
        row["version"] = 2
    return scene


def changed() -> Scene:
    """An objection suspended the tender, the deadline moved, version 2 lowered the ceiling, B confirmed its bid for it."""
    return deepcopy(_changed())


def sign(scene: Scene, bidder: str, key: str | None = None) -> None:
    """The confirmation signed by that bidder, with the key that signed the bid or another one's."""
    told = facts(scene, "bid.confirmed")
    message = confirmation_message(unb64(told["manifest"]), unb64(told["document"]))
    told["signature"] = b64(sign_p256(new_key(key or f"bidder {bidder}"), message))


@forgery("evidence.addendum", CHANGES)
def a_version_is_skipped(scene: Scene) -> None:
    facts(scene, "addendum.published")["version"] = 3


@forgery("evidence.addendum", CHANGES)
def an_addendum_follows_another_document(scene: Scene) -> None:
    facts(scene, "addendum.published")["previous"] = b64(bytes(32))


@forgery("evidence.addendum", CHANGES)
def the_ceiling_is_changed_after_the_addendum(scene: Scene) -> None:
    facts(scene, "addendum.published")["ceiling"] = "8000000.00"


@forgery("evidence.addendum", CHANGES)
def an_addendum_states_another_deadline(scene: Scene) -> None:
    facts(scene, "addendum.published")["deadline"] = DEADLINE


@forgery("evidence.addendum", CHANGES)
def an_addendum_gives_no_reason(scene: Scene) -> None:
    facts(scene, "addendum.published")["reasons"] = " "


@forgery("evidence.addendum", CHANGES)
def an_answer_is_left_out(scene: Scene) -> None:
    facts(scene, "clarification.published")["number"] = 2


@forgery("evidence.addendum", CHANGES)
def an_addendum_is_left_out(scene: Scene) -> None:
    event = scene.event("addendum.published")
    later = Event(event.name, event.subject, event.at, dict(event.facts) | {"version": 3, "ceiling": "9000000.00"})
    later.facts["document"] = b64(digest({name: later.facts[name] for name in CONTENT}))
    scene.events[scene.events.index(event)] = later


@forgery("evidence.extension", CHANGES)
def a_deadline_moves_back(scene: Scene) -> None:
    facts(scene, "section.extended")["deadline"] = "2026-11-02T01:09:00Z"


@forgery("evidence.extension", CHANGES)
def an_extension_starts_from_another_deadline(scene: Scene) -> None:
    facts(scene, "section.extended")["previous"] = "2026-11-02T01:09:00Z"


@forgery("evidence.closing", CHANGES)
def the_closing_states_the_deadline_before_the_extension(scene: Scene) -> None:
    facts(scene, "section.closed")["deadline"] = DEADLINE


@forgery("evidence.suspension", CHANGES)
def the_section_closes_while_an_objection_waits(scene: Scene) -> None:
    scene.drop("section.resumed")


@forgery("evidence.suspension", CHANGES)
def a_tender_goes_on_that_never_stood_still(scene: Scene) -> None:
    scene.drop("section.suspended")


@forgery("evidence.confirmation", CHANGES)
def a_bid_is_confirmed_for_the_version_before(scene: Scene) -> None:
    facts(scene, "bid.confirmed").update(version=1, document=facts(scene, "document.frozen")["document"])
    sign(scene, "B")


@forgery("evidence.confirmation", CHANGES)
def a_bid_is_confirmed_before_the_addendum(scene: Scene) -> None:
    scene.move("bid.confirmed", before="section.suspended")


@forgery("evidence.confirmation", CHANGES)
def a_bid_that_was_replaced_is_confirmed(scene: Scene) -> None:
    event = scene.drop("bid.confirmed")
    event.subject = "bid-a1"
    event.facts["manifest"] = facts(scene, "bid.submitted")["manifest"]
    replaced = scene.events.index(scene.event("bid.replaced"))
    event.at = scene.events[replaced].at
    scene.events.insert(replaced + 1, event)
    sign(scene, "A")


@forgery("signing.bad-signature", CHANGES)
def a_confirmation_is_signed_by_nobody(scene: Scene) -> None:
    sign(scene, "B", "nobody")


@forgery("evidence.confirmation", CHANGES)
def a_confirmation_is_signed_by_a_competitor_with_a_key_of_its_own(scene: Scene) -> None:
    sign(scene, "A")
    told = facts(scene, "bid.confirmed")
    told["certificate"] = b64(scene.keys.certificate(new_key("bidder A"), company("A"), credit_code("A")))


@forgery("evidence.order", CHANGES)
def an_addendum_comes_before_the_notice(scene: Scene) -> None:
    scene.move("addendum.published", before="notice.published")


@forgery("evidence.order", CHANGES)
def an_answer_comes_after_the_closing(scene: Scene) -> None:
    event = scene.drop("clarification.published")
    closed = scene.events.index(scene.event("section.closed"))
    event.at = scene.events[closed].at
    scene.events.insert(closed + 1, event)


@forgery("evidence.section", CHANGES)
def an_addendum_is_about_another_section(scene: Scene) -> None:
    scene.event("addendum.published").subject = "YH-2026-001/S2"


@forgery("evidence.type", CHANGES)
def whether_bids_are_affected_is_no_yes_or_no(scene: Scene) -> None:
    facts(scene, "addendum.published")["affects"] = "yes"


@forgery("evidence.record", CHANGES)
def the_record_states_an_earlier_version_than_a_bidder_confirmed(scene: Scene) -> None:
    version_of(scene, "bid-b")["version"] = 1


@forgery("evidence.record", CHANGES)
def the_record_states_a_version_that_nobody_confirmed(scene: Scene) -> None:
    version_of(scene, "bid-a2")["version"] = 3


@forgery("evidence.record", CHANGES)
def the_record_says_of_a_bid_no_version(scene: Scene) -> None:
    del version_of(scene, "bid-c")["version"]


@forgery("evidence.record", CHANGES)
def a_bid_counts_for_the_later_version_without_a_confirmation(scene: Scene) -> None:
    scene.events.remove(scene.event("bid.confirmed"))


def version_of(scene: Scene, bid: str) -> dict[str, Any]:
    """A bid's row of the opening record."""
    found: dict[str, Any] = next(row for row in facts(scene, "section.opened")["record"] if row["bid"] == bid)
    return found
