"""Forgeries of failed sections: of one that too few bids stood in, and of one that an officer ended."""

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene
from evidence_scenes import a_scene
from evidence_tender import release_keys
from failed_scenes import REASONS, tell_failure
from forged_openings import before, insert

from infra.crypto.keyset import parse_keyset
from infra.kernel.canonical import b64

CLOSED: Table = {}
HALTED: Table = {}


def claim(scene: Scene, bids: int) -> None:
    """The notice tells another number of bids than the record."""
    assert scene.failure is not None
    scene.failure["facts"]["bids"] = bids


@forgery("evidence.member-missing", CLOSED)
def the_notice_of_the_failure_is_left_out(scene: Scene) -> None:
    scene.failure = None


@forgery("evidence.failure-notice", CLOSED)
def the_notice_claims_fewer_bids_than_the_list(scene: Scene) -> None:
    claim(scene, 1)


@forgery("evidence.failure-notice", CLOSED)
def the_notice_claims_more_bids_than_the_list(scene: Scene) -> None:
    claim(scene, 3)


@forgery("evidence.failure-notice", CLOSED)
def the_notice_tells_another_reason(scene: Scene) -> None:
    tell_failure(scene, "all-rejected", 2, source="TBL 42")


@forgery("evidence.failure-notice", CLOSED)
def the_notice_is_another_sections(scene: Scene) -> None:
    assert scene.failure is not None
    scene.failure["section"] = "YH-2026-001/S2"


@forgery("evidence.field-unknown", CLOSED)
def the_notice_names_a_bidder(scene: Scene) -> None:
    tell_failure(scene, "too-few-bids", 2, source="TBR 44", bidder="云湖建设A有限公司")


@forgery("evidence.chain", CLOSED)
def the_closing_is_turned_into_an_opening(scene: Scene) -> None:
    facts(scene, "section.closed")["outcome"] = "open"
    scene.failure = None


@forgery("evidence.outcome", CLOSED)
def enough_bids_are_listed_and_the_section_fails_all_the_same(scene: Scene) -> None:
    facts(scene, "section.closed")["bids"].append({"bid": "bid-c", "manifest": b64(bytes(32))})
    claim(scene, 3)


@forgery("evidence.list", CLOSED)
def a_bid_is_listed_twice(scene: Scene) -> None:
    rows = facts(scene, "section.closed")["bids"]
    rows[1] = rows[0]


@forgery("evidence.list", CLOSED)
def more_bids_are_listed_than_ever_were_recorded(scene: Scene) -> None:
    scene.drop("bid.submitted")
    scene.drop("bid.replaced")


@forgery("evidence.minimum", CLOSED)
def the_minimum_is_raised(scene: Scene) -> None:
    facts(scene, "section.closed")["minimum"] = 5


@forgery("evidence.minimum", CLOSED)
def the_minimum_is_lowered(scene: Scene) -> None:
    facts(scene, "section.closed")["minimum"] = 2


@forgery("evidence.early", CLOSED)
def the_section_is_closed_before_its_deadline(scene: Scene) -> None:
    scene.event("section.closed").moved(-60)


@forgery("evidence.closing", CLOSED)
def the_closing_names_another_keyset(scene: Scene) -> None:
    facts(scene, "section.closed")["keyset"] = b64(bytes(32))


@forgery("evidence.failed-section", CLOSED)
def keys_are_released_after_the_failure(scene: Scene) -> None:
    release_keys(scene, parse_keyset(facts(scene, "keyset.published")["document"].encode()))


@forgery("evidence.chain", CLOSED)
def a_release_after_the_failure_is_hidden(scene: Scene) -> None:
    release_keys(scene, parse_keyset(facts(scene, "keyset.published")["document"].encode()), 1)
    scene.events[-1].hidden = True


@forgery("evidence.chain", CLOSED)
def a_refusal_after_the_closing_is_hidden(scene: Scene) -> None:
    scene.tell("bid.refused", "bid-late-2", reason="bid.late", manifest=b64(bytes(32)))
    scene.event("bid.refused").hidden = True


@forgery("evidence.chain", CLOSED)
def something_before_the_notice_is_hidden(scene: Scene) -> None:
    insert(scene, "notice.published", Event("notice.corrected", SECTION, scene.at, {}, hidden=True))


@forgery("evidence.failed-section", CLOSED)
def a_bid_is_opened_after_the_failure(scene: Scene) -> None:
    told = a_scene().event("bid.opened")
    scene.tell("bid.opened", "bid-a2", **told.facts)


@forgery("evidence.failed-section", CLOSED)
def an_opening_record_is_made(scene: Scene) -> None:
    scene.tell("section.opened", SECTION, record=[])


@forgery("evidence.failed-section", CLOSED)
def an_unopened_bid_is_shown(scene: Scene) -> None:
    scene.event("bid.submitted").hidden = False
    scene.bids["bid-a1"] = a_scene().bids["bid-a1"]


@forgery("evidence.member-unknown", CLOSED)
def an_unopened_bids_manifest_is_added(scene: Scene) -> None:
    scene.bids["bid-b"] = a_scene().bids["bid-b"]


@forgery("evidence.member-unknown", CLOSED)
def an_evaluation_is_added(scene: Scene) -> None:
    scene.override["evaluation.json"] = b"{}"


@forgery("evidence.member-missing", CLOSED)
def the_readable_page_is_left_out(scene: Scene) -> None:
    scene.override["report.html"] = None


@forgery("evidence.event-missing", CLOSED)
def the_notice_of_the_tender_is_left_out(scene: Scene) -> None:
    scene.drop("notice.published")
    for event in scene.events:
        event.hidden = False
    scene.bids = {bid: a_scene().bids[bid] for bid in ("bid-a1", "bid-a2", "bid-b")}


@forgery("evidence.event-missing", HALTED)
def the_failure_is_left_out(scene: Scene) -> None:
    scene.drop("section.failed")
    scene.failure = None


@forgery("evidence.member-missing", HALTED)
def the_notice_is_left_out(scene: Scene) -> None:
    scene.failure = None


@forgery("evidence.failure", HALTED)
def the_section_never_halted(scene: Scene) -> None:
    scene.drop("opening.halted")


@forgery("evidence.failure", HALTED)
def fewer_bids_are_said_to_be_left(scene: Scene) -> None:
    facts(scene, "opening.halted")["remaining"] = 1
    facts(scene, "section.failed")["remaining"] = 1
    claim(scene, 1)


@forgery("evidence.failure", HALTED)
def another_number_fails_than_was_halted(scene: Scene) -> None:
    facts(scene, "section.failed")["remaining"] = 1
    claim(scene, 1)


@forgery("evidence.failure", HALTED)
def the_minimum_is_raised_at_the_halt(scene: Scene) -> None:
    facts(scene, "opening.halted")["minimum"] = 4
    facts(scene, "section.failed")["minimum"] = 4


@forgery("evidence.failure", HALTED)
def the_officer_gives_no_reasons(scene: Scene) -> None:
    facts(scene, "section.failed")["reasons"] = " "


@forgery("evidence.failure", HALTED)
def the_officer_had_let_it_go_on(scene: Scene) -> None:
    before(scene, "section.failed", "opening.continued", SECTION, remaining=2, reasons=REASONS)


@forgery("evidence.failure-notice", HALTED)
def the_notice_gives_other_reasons(scene: Scene) -> None:
    tell_failure(scene, "too-few-opened", 2, text="招标人取消", source="EBM 31")


@forgery("evidence.field-missing", HALTED)
def the_notice_keeps_the_reasons_to_itself(scene: Scene) -> None:
    tell_failure(scene, "too-few-opened", 2, source="EBM 31")


@forgery("evidence.order", HALTED)
def the_section_goes_on_after_its_failure(scene: Scene) -> None:
    scene.tell("opening.continued", SECTION, remaining=2, reasons=REASONS)


@forgery("evidence.too-few-keys", HALTED)
def a_key_is_left_out(scene: Scene) -> None:
    scene.drop("key.released")


@forgery("evidence.member-missing", HALTED)
def a_manifest_is_left_out(scene: Scene) -> None:
    scene.override["bids/bid-d.json"] = None


@forgery("evidence.member-unknown", HALTED)
def a_draw_is_added(scene: Scene) -> None:
    scene.override["draw-1.json"] = b"{}"


@forgery("evidence.chain", HALTED)
def a_bid_is_hidden(scene: Scene) -> None:
    scene.event("bid.submitted", 2).hidden = True
    del scene.bids["bid-e"]


@forgery("evidence.left-out", HALTED)
def a_bid_that_is_left_out_is_checked_after_all(scene: Scene) -> None:
    told = scene.event("bid.unopened").facts["manifest"]
    before(scene, "opening.halted", "bid.files-checked", "bid-d", parts=["commercial", "technical"], manifest=told)


@forgery("evidence.failed-section", CLOSED)
def the_confirming_of_a_record_that_there_is_not_is_paused(scene: Scene) -> None:
    scene.tell("hall.paused", SECTION, text="暂停签认")


@forgery("evidence.hall", CLOSED)
def the_host_of_a_failed_section_says_nothing(scene: Scene) -> None:
    scene.tell("hall.noted", SECTION, text=" ")


@forgery("evidence.order", HALTED)
def the_host_speaks_when_an_officer_has_ended_the_section(scene: Scene) -> None:
    scene.tell("hall.noted", SECTION, text="散会")
