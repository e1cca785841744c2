"""Forgeries about bids that did not open: files never checked, blame without a decision, too few left."""

from typing import Any

from evidence_forging import facts, forgery
from evidence_log import SECTION, Event, Scene


def waits(scene: Scene, reason: str = "bid.damaged", cause: str = "platform") -> dict[str, Any]:
    """D waits for a remedy or a decision instead of being left out by its own fault; its row of the opening record."""
    facts(scene, "bid.unopened").update(reason=reason, cause=cause)
    row: dict[str, Any] = facts(scene, "section.opened")["record"][3]
    return row


def decided(scene: Scene, cause: str, reasons: str = "存储已损坏，投标人未重传") -> None:
    """An officer decides about D before the record is made."""
    before(scene, "section.opened", "bid.cause-decided", "bid-d", cause=cause, reasons=reasons)


def before(scene: Scene, then: str, name: str, subject: str, **told: Any) -> None:
    """One more event just before the first of another name."""
    insert(scene, then, Event(name, subject, scene.event(then).at, told))


def insert(scene: Scene, then: str, event: Event) -> None:
    """An event just before the first of another name, at its time."""
    event.at = scene.event(then).at
    scene.events.insert(scene.events.index(scene.event(then)), event)


def unopened(scene: Scene, then: str, nth: int, part: str, reason: str, cause: str) -> None:
    """Before an event, the bid that was read out as the nth turns out not to open."""
    announced = scene.event("bid.opened", nth)
    about = {name: announced.facts[name] for name in ("bidder", "name", "manifest")}
    told = {**about, "part": part, "reason": reason, "cause": cause}
    insert(scene, then, Event("bid.unopened", announced.subject, announced.at, told))


def files_fail(scene: Scene) -> None:
    """The files of A do not open, by A's own fault."""
    scene.drop("bid.files-checked")
    unopened(scene, "draw.requested", 0, "technical", "seal.chunk", "bidder")


@forgery("evidence.files-unchecked")
def the_files_of_a_bid_are_never_checked(scene: Scene) -> None:
    scene.drop("bid.files-checked", 1)


@forgery("evidence.order")
def files_are_checked_when_judges_have_marked(scene: Scene) -> None:
    insert(scene, "marks.published", scene.drop("bid.files-checked", 2))


@forgery("evidence.left-out")
def files_are_checked_before_the_form_is_read_out(scene: Scene) -> None:
    scene.move("bid.files-checked", before="bid.opened")


@forgery("evidence.left-out")
def a_bid_that_is_left_out_has_its_files_checked(scene: Scene) -> None:
    scene.event("bid.files-checked", 1).subject = "bid-d"


@forgery("evidence.bid")
def a_part_is_left_out_of_the_check(scene: Scene) -> None:
    facts(scene, "bid.files-checked")["parts"] = ["technical"]


@forgery("evidence.not-opened")
def the_record_is_made_while_a_cause_is_unknown(scene: Scene) -> None:
    waits(scene, "opening.fault", "unknown")


@forgery("evidence.left-out")
def the_bidder_is_blamed_for_bytes_that_the_store_has_lost(scene: Scene) -> None:
    waits(scene)
    decided(scene, "bidder")


@forgery("evidence.left-out")
def a_cause_is_decided_without_reasons(scene: Scene) -> None:
    waits(scene, "opening.fault", "unknown")
    decided(scene, "platform", " ")


@forgery("evidence.left-out")
def a_cause_that_is_settled_is_decided_once_more(scene: Scene) -> None:
    decided(scene, "platform")


@forgery("evidence.left-out")
def bytes_are_restored_that_were_not_damaged(scene: Scene) -> None:
    before(scene, "section.opened", "bid.block-restored", "bid-d", part="technical", number=0, leaf="A" * 43 + "=")


@forgery("evidence.type")
def a_cause_is_named_that_there_is_not(scene: Scene) -> None:
    waits(scene, cause="weather")


@forgery("evidence.record")
def a_withdrawn_bid_is_recorded_as_revoked(scene: Scene) -> None:
    waits(scene)
    decided(scene, "platform")


@forgery("evidence.halted")
def two_bids_are_evaluated_without_a_decision(scene: Scene) -> None:
    files_fail(scene)


@forgery("evidence.halted")
def a_decision_for_more_bids_than_are_left_does_not_count(scene: Scene) -> None:
    files_fail(scene)
    before(scene, "marks.locked", "opening.continued", SECTION, remaining=3, reasons="继续")


@forgery("evidence.record")
def a_consortium_s_members_are_left_out_of_the_record(scene: Scene) -> None:
    del facts(scene, "section.opened")["record"][2]["form"]["consortium"]


@forgery("evidence.record")
def an_honest_bidder_is_said_to_stand_in_two_bids(scene: Scene) -> None:
    row = facts(scene, "section.opened")["record"][1]
    row["apart"] = [row["bidder"]]


@forgery("evidence.record")
def a_consortium_is_said_to_have_submitted_no_agreement(scene: Scene) -> None:
    facts(scene, "section.opened")["record"][2]["agreement"] = "missing"
