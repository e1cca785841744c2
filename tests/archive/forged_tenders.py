"""Forgeries of the log, the tender, the bids and the opening."""

from dataclasses import replace
from datetime import timedelta

from evidence_forging import facts, forgery
from evidence_log import SECTION, Event, Scene, new_key
from evidence_scenes import a_scene, credit_code
from evidence_tender import METHOD
from test_evidence_withdrawals import by_another_key

from infra.crypto.keyset import parse_keyset, sign_keyset, with_signatures
from infra.crypto.seal_suite import SM2
from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64, canonical, digest, read
from trading.opening.form import make_form

# The chain and the log


@forgery("evidence.chain")
def an_event_is_cut_out_of_the_list(scene: Scene) -> None:
    scene.rows.append(lambda rows: rows.pop(6))


@forgery("evidence.chain")
def two_events_change_places_in_the_list(scene: Scene) -> None:
    scene.rows.append(lambda rows: rows.insert(6, rows.pop(5)))


@forgery("evidence.chain")
def the_last_events_are_cut_off(scene: Scene) -> None:
    scene.rows.append(lambda rows: rows.pop())


@forgery("evidence.link")
def a_link_is_opened_with_another_salt(scene: Scene) -> None:
    scene.rows.append(lambda rows: rows[3]["link"].update(salt=b64(bytes(32))))


@forgery("log.inclusion")
def an_event_is_told_otherwise_than_it_was_logged(scene: Scene) -> None:
    scene.rows.append(lambda rows: rows[0].update(event=rows[0]["event"].replace("一标段", "二标段")))


@forgery("log.inclusion")
def a_proof_names_another_place(scene: Scene) -> None:
    scene.rows.append(lambda rows: rows[9].update(proof=rows[9]["proof"].replace("index ", "index 1", 1)))


@forgery("evidence.section")
def an_event_of_another_section_stands_among_them(scene: Scene) -> None:
    scene.event("bid.refused").section = "YH-2026-001/S2"


@forgery("evidence.section")
def an_event_of_no_section_stands_among_them(scene: Scene) -> None:
    scene.event("section.created").section = None


@forgery("evidence.section")
def the_closing_is_about_another_section(scene: Scene) -> None:
    scene.event("section.closed").subject = "YH-2026-001/S2"


@forgery("evidence.event-unknown")
def an_event_of_a_foreign_kind_stands_among_them(scene: Scene) -> None:
    scene.events.insert(9, Event("price.corrected", SECTION, scene.events[9].at, {}))


@forgery("evidence.field-unknown")
def an_event_carries_a_fact_too_many(scene: Scene) -> None:
    facts(scene, "section.opened")["note"] = "checked"


@forgery("evidence.event-twice")
def the_list_is_frozen_twice(scene: Scene) -> None:
    closed = scene.event("section.closed")
    scene.events.insert(scene.events.index(closed) + 1, Event(closed.name, SECTION, closed.at, dict(closed.facts)))


@forgery("evidence.event-missing")
def no_award_was_published(scene: Scene) -> None:
    scene.drop("award.published")


@forgery("evidence.time")
def an_event_is_stamped_after_its_co_signing(scene: Scene) -> None:
    award = scene.event("award.published")
    award.cosigned = award.at - timedelta(minutes=5)


@forgery("evidence.time-order")
def an_event_is_stamped_long_before_the_one_before_it(scene: Scene) -> None:
    scene.event("bid.refused").moved(-300)


@forgery("evidence.seal")
def the_archive_event_stands_among_the_others(scene: Scene) -> None:
    scene.tell("section.archived", SECTION, index=b64(bytes(32)))


# The tender


@forgery("evidence.document")
def the_method_is_changed_after_freezing(scene: Scene) -> None:
    facts(scene, "document.frozen")["method"] = METHOD | {"places": 1}


@forgery("evidence.notice")
def the_notice_names_another_document(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["document"] = b64(bytes(32))


@forgery("evidence.notice")
def the_notice_names_another_keyset(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["keyset"] = b64(bytes(32))


@forgery("evidence.notice")
def the_notice_names_another_deadline(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["deadline"] = "2026-11-02T01:20:00Z"


@forgery("evidence.notice")
def the_notice_names_another_suite(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["suite"] = SM2


@forgery("evidence.notice")
def the_notice_names_a_suite_that_is_nothing(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["suite"] = None


@forgery("evidence.notice")
def the_notice_names_another_ceiling(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["ceiling"] = None


@forgery("evidence.order")
def the_document_is_frozen_after_the_notice(scene: Scene) -> None:
    scene.move("notice.published", before="document.frozen")


@forgery("evidence.order")
def the_keyset_is_published_after_the_notice(scene: Scene) -> None:
    scene.move("notice.published", before="keyset.published")


@forgery("notice.deadline-too-early")
def the_periods_of_the_law_are_not_kept(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"] |= {"regime": "eng-2022", "sale_ends": "2026-12-01T01:05:00Z"}


@forgery("regime.unknown")
def the_rule_set_is_invented(scene: Scene) -> None:
    facts(scene, "notice.published")["facts"]["regime"] = "our-own"


@forgery("seal.keyset")
def a_custodian_did_not_sign_the_keyset(scene: Scene) -> None:
    document = read(facts(scene, "keyset.published")["document"].encode())
    document["signatures"][2] = document["signatures"][1]
    facts(scene, "keyset.published")["document"] = canonical(document).decode()


@forgery("seal.keyset")
def a_keyset_lists_keys_that_are_no_points_of_its_curve(scene: Scene) -> None:
    told = scene.event("keyset.published")
    keyset = replace(parse_keyset(told.facts["document"].encode()), suite=SM2, signatures=())
    people = tuple(replace(one, key=b"\4" + 2 * one.key) for one in keyset.custodians)
    other = replace(keyset, custodians=people)
    signed = with_signatures(other, [sign_keyset(other, one.signer) for one in scene.keys.trustees])
    told.facts |= {"keyset": b64(signed.digest), "document": signed.encode().decode()}


@forgery("evidence.keyset")
def a_keyset_that_nothing_calls_for_is_published(scene: Scene) -> None:
    told = scene.event("keyset.published")
    document = parse_keyset(told.facts["document"].encode())
    other = replace(document, id=bytes(32), round="2", signatures=())
    signed = with_signatures(other, [sign_keyset(other, one.signer) for one in scene.keys.trustees])
    more = {"keyset": b64(signed.digest), "document": signed.encode().decode()}
    scene.events.insert(scene.events.index(told), Event(told.name, "keyset-2", told.at, more))


@forgery("evidence.keyset")
def a_keyset_opens_by_one_key_alone(scene: Scene) -> None:
    told = scene.event("keyset.published")
    weaker = replace(parse_keyset(told.facts["document"].encode()), threshold=1, signatures=())
    signed = with_signatures(weaker, [sign_keyset(weaker, one.signer) for one in scene.keys.trustees])
    told.facts |= {"keyset": b64(signed.digest), "document": signed.encode().decode()}


@forgery("evidence.keyset")
def the_keyset_event_states_another_hash(scene: Scene) -> None:
    facts(scene, "keyset.published")["keyset"] = b64(bytes(32))


# The bids


@forgery("evidence.list")
def a_standing_bid_is_left_out_of_the_frozen_list(scene: Scene) -> None:
    facts(scene, "section.closed")["bids"].pop()


@forgery("evidence.list")
def a_withdrawn_bid_is_in_the_frozen_list(scene: Scene) -> None:
    manifest = facts(scene, "bid.withdrawn")["manifest"]
    facts(scene, "section.closed")["bids"].append({"bid": "bid-e", "manifest": manifest})


@forgery("evidence.list")
def a_replaced_bid_is_listed_instead_of_its_successor(scene: Scene) -> None:
    facts(scene, "section.closed")["bids"][0] = {"bid": "bid-a1", "manifest": facts(scene, "bid.submitted")["manifest"]}


@forgery("evidence.list")
def a_bid_is_listed_twice(scene: Scene) -> None:
    bids = facts(scene, "section.closed")["bids"]
    bids[1] = bids[0]


@forgery("evidence.late")
def a_bid_is_stamped_at_the_deadline(scene: Scene) -> None:
    bid, closed = scene.event("bid.submitted", 4), scene.event("section.closed")
    bid.at = closed.at.replace(minute=10, second=0)


@forgery("evidence.order")
def a_bid_is_taken_in_after_the_closing(scene: Scene) -> None:
    scene.move("section.closed", before="bid.withdrawn")


@forgery("signing.bad-signature")
def a_withdrawal_is_signed_by_somebody_else(scene: Scene) -> None:
    facts(scene, "bid.withdrawn")["signature"] = b64(sign_p256(new_key("bidder A"), bytes(32)))


@forgery("evidence.bid-standing")
def a_bid_is_withdrawn_by_a_competitor_with_a_key_of_its_own(scene: Scene) -> None:
    by_another_key(scene, "A")


@forgery("evidence.type")
def a_withdrawal_brings_something_that_is_no_certificate(scene: Scene) -> None:
    facts(scene, "bid.withdrawn")["certificate"] = "no base64"


@forgery("evidence.bid-standing")
def a_bid_is_replaced_by_a_competitor(scene: Scene) -> None:
    facts(scene, "bid.replaced")["replaces"] = "bid-b"


@forgery("evidence.bid-standing")
def a_bidder_has_two_bids(scene: Scene) -> None:
    event = scene.event("bid.replaced")
    event.name = "bid.submitted"
    del event.facts["replaces"]


@forgery("evidence.bid-standing")
def a_bid_is_withdrawn_twice(scene: Scene) -> None:
    event = scene.event("bid.withdrawn")
    scene.events.insert(scene.events.index(event), Event(event.name, event.subject, event.at, dict(event.facts)))


@forgery("evidence.bid")
def a_bid_is_logged_with_another_manifest(scene: Scene) -> None:
    facts(scene, "bid.submitted", 1)["manifest"] = b64(bytes(32))


@forgery("signing.bad-signature")
def a_bid_is_signed_by_nobody(scene: Scene) -> None:
    signature = b64(sign_p256(new_key("nobody"), bytes(32)))
    facts(scene, "bid.submitted", 1)["signature"] = scene.bids["bid-b"]["signature"] = signature


@forgery("signing.not-certified")
def a_bidder_is_certified_by_a_foreign_authority(scene: Scene) -> None:
    certificate = a_scene("elsewhere").bids["bid-b"]["certificate"]
    scene.bids["bid-b"]["certificate"] = certificate
    facts(scene, "bid.submitted", 1)["certificate"] = b64(digest(certificate))


# The closing and the opening


@forgery("evidence.early")
def the_section_is_closed_before_the_deadline(scene: Scene) -> None:
    scene.event("section.closed").moved(-5)


@forgery("evidence.early")
def the_closing_was_co_signed_before_the_deadline(scene: Scene) -> None:
    scene.event("section.closed").cosigned = scene.event("section.closed").at - timedelta(seconds=5)


@forgery("evidence.closing")
def the_closing_states_another_deadline(scene: Scene) -> None:
    facts(scene, "section.closed")["deadline"] = "2026-11-02T01:09:00Z"


@forgery("evidence.outcome")
def a_section_with_enough_bids_is_called_failed(scene: Scene) -> None:
    facts(scene, "section.closed")["outcome"] = "failed"
    scene.failure = {}


@forgery("evidence.minimum")
def the_minimum_is_raised_at_the_closing(scene: Scene) -> None:
    facts(scene, "section.closed")["minimum"] = 5


@forgery("evidence.too-few-keys")
def one_key_alone_opened_the_bids(scene: Scene) -> None:
    scene.drop("key.released")


@forgery("evidence.not-cosigned")
def a_key_was_released_before_the_closing_was_co_signed(scene: Scene) -> None:
    closed = scene.event("section.closed")
    for event in scene.events[scene.events.index(closed) :][:2]:
        event.together = True


@forgery("evidence.release")
def a_release_is_signed_by_nobody(scene: Scene) -> None:
    facts(scene, "key.released")["signature"] = b64(bytes(64))


@forgery("evidence.type")
def the_record_of_a_released_key_is_no_hash(scene: Scene) -> None:
    facts(scene, "key.released")["record"] = "no base64"


@forgery("evidence.release")
def one_custodian_counts_twice(scene: Scene) -> None:
    facts(scene, "key.released", 1).update(facts(scene, "key.released"))


@forgery("evidence.release")
def a_key_of_a_foreign_keyset_is_released(scene: Scene) -> None:
    facts(scene, "key.released")["keyset"] = b64(bytes(32))


@forgery("evidence.not-opened")
def a_listed_bid_is_never_spoken_of(scene: Scene) -> None:
    scene.drop("bid.unopened")
    facts(scene, "section.opened")["record"].pop()


@forgery("evidence.opened-twice")
def a_bid_is_opened_and_unopened(scene: Scene) -> None:
    event = scene.event("bid.unopened")
    event.subject = "bid-c"


@forgery("evidence.bidder")
def a_bid_is_read_out_under_another_name(scene: Scene) -> None:
    facts(scene, "bid.opened", 2)["name"] = "云湖建设A有限公司"


@forgery("evidence.bidder")
def a_bid_is_read_out_under_another_code(scene: Scene) -> None:
    facts(scene, "bid.opened", 2)["bidder"] = credit_code("A")


@forgery("evidence.form")
def the_price_read_out_is_not_the_sealed_one(scene: Scene) -> None:
    lower = make_form("9290000.00", "300", "合格", "项目经理C")
    facts(scene, "bid.opened", 2)["form"] = lower.decode()
    facts(scene, "section.opened")["record"][2]["form"] = read(lower)


@forgery("evidence.form")
def two_bidders_forms_are_swapped(scene: Scene) -> None:
    one, other = facts(scene, "bid.opened", 1), facts(scene, "bid.opened", 2)
    for name in ("form", "form_salt"):
        one[name], other[name] = other[name], one[name]


@forgery("evidence.record")
def the_opening_record_states_another_price(scene: Scene) -> None:
    facts(scene, "section.opened")["record"][1]["form"]["price"] = "9310000.00"


@forgery("evidence.record")
def the_opening_record_is_shorter(scene: Scene) -> None:
    facts(scene, "section.opened")["record"].pop()


@forgery("evidence.order")
def the_record_stands_before_the_last_opening(scene: Scene) -> None:
    scene.move("section.opened", before="bid.unopened")
