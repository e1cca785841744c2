"""Forgeries about second envelopes: a price known too early, another list, another keyset, another price."""

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Scene
from evidence_scenes import a_scene_in_two_envelopes, manifest_hash
from evidence_tender import release_keys
from failed_scenes import tell_failure
from forged_openings import insert

from infra.kernel.canonical import b64

SECONDS: Table = {}
NONE_LEFT: Table = {}


def none_priced() -> Scene:
    """No price opens, by the bidders' own fault; an officer ends the section with reasons."""
    scene = a_scene_in_two_envelopes()
    while scene.events[-1].name != "price.opened":
        scene.events.pop()
    for event in [one for one in scene.events if one.name == "price.opened"]:
        about = {name: event.facts[name] for name in ("bidder", "name")}
        manifest = manifest_hash(scene, event.subject)
        told = {**about, "manifest": manifest, "part": "price", "reason": "opening-form.fields", "cause": "bidder"}
        event.name, event.facts = "bid.unopened", told
    scene.at = scene.events[-1].at
    counts = {"remaining": 0, "minimum": 1}
    scene.tell("opening.halted", SECTION, **counts)
    scene.tell("section.failed", SECTION, reason="too-few-opened", **counts, reasons="没有一份报价能够开启")
    tell_failure(scene, "too-few-opened", 0, text="没有一份报价能够开启", source="EBM 31")
    return scene


@forgery("evidence.failure", NONE_LEFT)
def the_section_fails_with_another_minimum(scene: Scene) -> None:
    for name in ("opening.halted", "section.failed"):
        facts(scene, name)["minimum"] = 3


@forgery("evidence.failure", NONE_LEFT)
def the_section_fails_though_a_price_was_read_out(scene: Scene) -> None:
    for name in ("opening.halted", "section.failed"):
        facts(scene, name)["remaining"] = 1


@forgery("evidence.opened-twice", NONE_LEFT)
def a_form_is_said_not_to_open_when_prices_are_opened(scene: Scene) -> None:
    facts(scene, "bid.unopened", 1)["part"] = "opening-form"


@forgery("evidence.order", SECONDS)
def a_price_is_opened_before_the_marks_are_locked(scene: Scene) -> None:
    scene.move("price.opened", before="marks.locked")


@forgery("evidence.order", SECONDS)
def a_price_is_opened_before_the_list_of_those_that_go_on(scene: Scene) -> None:
    scene.move("price.opened", before="technical.locked")


@forgery("evidence.order", SECONDS)
def a_judge_locks_when_the_second_envelopes_are_being_opened(scene: Scene) -> None:
    scene.move("technical.locked", before="marks.locked")


@forgery("evidence.not-cosigned", SECONDS)
def the_list_is_logged_before_the_last_marks_are_cosigned(scene: Scene) -> None:
    scene.event("marks.locked", 4).together = True


@forgery("evidence.order", SECONDS)
def a_key_of_the_second_envelopes_is_released_before_the_list(scene: Scene) -> None:
    insert(scene, "technical.locked", scene.drop("key.released", 5))


@forgery("evidence.not-cosigned", SECONDS)
def a_key_of_the_second_envelopes_is_released_before_the_list_is_cosigned(scene: Scene) -> None:
    scene.event("technical.locked").together = True


@forgery("evidence.too-few-keys", SECONDS)
def the_second_envelopes_open_with_one_key(scene: Scene) -> None:
    scene.drop("key.released", 6)


@forgery("evidence.second", SECONDS)
def a_bid_that_goes_on_is_left_out_of_the_list(scene: Scene) -> None:
    facts(scene, "technical.locked")["bids"].pop()


@forgery("evidence.second", SECONDS)
def the_list_names_another_second_envelope(scene: Scene) -> None:
    facts(scene, "technical.locked")["bids"][0]["manifest"] = b64(bytes(32))


@forgery("evidence.second", SECONDS)
def a_bid_stands_twice_in_the_list(scene: Scene) -> None:
    rows = facts(scene, "technical.locked")["bids"]
    rows.append(rows[0])


@forgery("evidence.second", SECONDS)
def the_list_is_for_the_keyset_of_the_first_envelopes(scene: Scene) -> None:
    facts(scene, "technical.locked")["keyset"] = facts(scene, "section.closed")["keyset"]


@forgery("evidence.second", SECONDS)
def the_list_says_that_nothing_is_to_be_opened(scene: Scene) -> None:
    facts(scene, "technical.locked")["outcome"] = "failed"


@forgery("evidence.second", SECONDS)
def the_list_states_another_minimum(scene: Scene) -> None:
    facts(scene, "technical.locked")["minimum"] = 2


@forgery("evidence.section", SECONDS)
def the_list_is_of_another_section(scene: Scene) -> None:
    scene.event("technical.locked").subject = "YH-2026-001/S2"


@forgery("evidence.notice", SECONDS)
def the_notice_names_another_second_keyset(scene: Scene) -> None:
    told = facts(scene, "notice.published")["facts"]
    told["second_keyset"] = told["keyset"]


@forgery("evidence.order", SECONDS)
def the_second_keyset_is_published_after_the_notice(scene: Scene) -> None:
    event = scene.drop("keyset.published", 1)
    scene.events.insert(scene.events.index(scene.event("notice.published")) + 1, event)


@forgery("evidence.event-missing", SECONDS)
def the_second_keyset_is_never_published(scene: Scene) -> None:
    scene.drop("keyset.published", 1)


@forgery("evidence.field-unknown", SECONDS)
def the_notice_says_nothing_of_a_second_envelope(scene: Scene) -> None:
    del facts(scene, "notice.published")["facts"]["second_keyset"]


@forgery("evidence.form", SECONDS)
def another_price_is_read_out_than_was_sealed(scene: Scene) -> None:
    told = facts(scene, "price.opened")
    told["form"] = told["form"].replace("9600000.00", "9600000.01")


@forgery("evidence.bid", SECONDS)
def a_price_is_of_another_second_envelope(scene: Scene) -> None:
    facts(scene, "price.opened")["manifest"] = facts(scene, "price.opened", 1)["manifest"]


@forgery("evidence.bidder", SECONDS)
def a_price_is_read_out_under_another_name(scene: Scene) -> None:
    facts(scene, "price.opened")["name"] = facts(scene, "price.opened", 1)["name"]


@forgery("evidence.opened-twice", SECONDS)
def a_price_is_opened_twice(scene: Scene) -> None:
    insert(scene, "marks.published", scene.event("price.opened", 2))


@forgery("evidence.opened-twice", SECONDS)
def a_price_of_a_bid_that_did_not_open_is_read_out(scene: Scene) -> None:
    scene.event("price.opened").subject = "bid-d"


@forgery("evidence.not-opened", SECONDS)
def a_listed_price_is_never_read_out(scene: Scene) -> None:
    scene.drop("price.opened", 1)


@forgery("evidence.bid", SECONDS)
def a_bid_was_logged_with_another_second_envelope(scene: Scene) -> None:
    facts(scene, "bid.submitted")["second"]["manifest"] = b64(bytes(32))


@forgery("evidence.list", SECONDS)
def the_frozen_list_names_another_second_envelope(scene: Scene) -> None:
    facts(scene, "section.closed")["bids"][0]["second"] = b64(bytes(32))


@forgery("signing.bad-signature", SECONDS)
def nobody_signed_a_second_envelope(scene: Scene) -> None:
    signature = scene.bids["bid-b"]["signature"]
    scene.bids["bid-b"]["second"]["signature"] = signature
    facts(scene, "bid.submitted", 1)["second"]["signature"] = signature


@forgery("evidence.evaluation", SECONDS)
def the_evaluation_takes_another_price(scene: Scene) -> None:
    facts(scene, "marks.published")["evaluation"]["bids"]["bid-b"]["price"] = "9300000.01"


@forgery("evidence.second", SECONDS)
def keys_are_released_though_the_marks_are_not_said_to_be_locked(scene: Scene) -> None:
    scene.drop("technical.locked")
    for _ in range(3):
        scene.drop("price.opened")


@forgery("evidence.release", SECONDS)
def a_custodian_releases_its_second_key_twice(scene: Scene) -> None:
    release_keys(scene, scene.second, 1)
