"""Forgeries about factors, remedies and late keys; and the honest openings that they are forged from."""

from datetime import timedelta
from typing import Any

from evidence_forging import facts, forgery
from evidence_log import SECTION, Event, Scene
from forged_openings import before, insert

from infra.crypto.manifest import parse_manifest
from infra.kernel.canonical import b64

ANNOUNCED = ("bid-a2", "bid-b", "bid-c")
MINUTES_LONG = timedelta(minutes=2)


def stamp(scene: Scene, name: str, **later: float) -> str:
    """The time of an event, later by so much, as it stands in facts."""
    return (scene.event(name).at + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


def delay(scene: Scene, name: str, by: timedelta = MINUTES_LONG) -> None:
    """Everything from the first event of a name on happens later."""
    for one in scene.events[scene.events.index(scene.event(name)) :]:
        one.at += by


def asked(scene: Scene, **told: str) -> None:
    """The notice asks for factors and permits remedies."""
    facts(scene, "notice.published")["facts"] |= {"bidder_factor": "yes", "remedy": "yes"} | told


def manifest_of(scene: Scene, bid: str) -> str:
    """The hash of a bid's manifest as events tell it."""
    return b64(parse_manifest(scene.bids[bid]["manifest"].encode()).digest)


def shown(scene: Scene, then: str, bid: str, part: str = "opening-form", **told: Any) -> None:
    """Before an event a bid's part is shown in plain, and is the one that was sealed."""
    commit = b64(parse_manifest(scene.bids[bid]["manifest"].encode()).entry(part).commit)
    about = {"part": part, "manifest": manifest_of(scene, bid), "promised": commit, "found": commit} | told
    before(scene, then, "bid.remedy-given", bid, **about)


def factors(scene: Scene) -> None:
    """A, B and C gave their factors, C at the second try; D did not, and nothing was shown in its remedy's time."""
    asked(scene)
    insert(scene, "bid.opened", Event("factor-window.opened", SECTION, scene.at, {}))
    facts(scene, "factor-window.opened")["until"] = stamp(scene, "factor-window.opened", minutes=2)
    before(scene, "bid.opened", "bid.factor-refused", "bid-c", manifest=manifest_of(scene, "bid-c"), left=4)
    for bid in ANNOUNCED:
        before(scene, "bid.opened", "bid.factor-given", bid, manifest=manifest_of(scene, bid))
    before(scene, "bid.unopened", "factor-window.closed", SECTION, missing=["bid-d"])
    delay(scene, "factor-window.closed")
    failed = facts(scene, "bid.unopened")
    failed |= {"reason": "factor.missing", "remedy": stamp(scene, "bid.unopened", minutes=5)}
    before(scene, "section.opened", "bid.remedy-ended", "bid-d")
    delay(scene, "bid.remedy-ended", timedelta(minutes=5))


def remedied(scene: Scene) -> None:
    """B gave no factor either, but showed form and files as it had sealed them."""
    factors(scene)
    scene.events.remove(next(one for one in scene.events if (one.name, one.subject) == ("bid.factor-given", "bid-b")))
    told = dict(scene.event("bid.opened", 1).facts)
    opened = scene.drop("bid.opened", 1)
    scene.events.remove(next(one for one in scene.events if (one.name, one.subject) == ("bid.files-checked", "bid-b")))
    facts(scene, "factor-window.closed")["missing"] = ["bid-b", "bid-d"]
    about = {name: told[name] for name in ("bidder", "name", "manifest")}
    about |= {"part": "opening-form", "reason": "factor.missing", "cause": "bidder"}
    failed = Event("bid.unopened", "bid-b", scene.at, about | {"remedy": facts(scene, "bid.unopened")["remedy"]})
    insert(scene, "bid.unopened", failed)
    shown(scene, "bid.remedy-ended", "bid-b")
    insert(scene, "bid.remedy-ended", opened)
    for part in ("commercial", "technical"):
        shown(scene, "bid.remedy-ended", "bid-b", part)
    checked = {"parts": ["commercial", "technical"], "manifest": told["manifest"]}
    before(scene, "draw.requested", "bid.files-checked", "bid-b", **checked)


def late(scene: Scene) -> None:
    """The keys came three minutes after the closing: A had shown its form by then, the others waited for a decision."""
    scene.events.remove(scene.event("bid.refused"))
    insert(scene, "key.released", Event("key-release.overdue", SECTION, scene.at, {"released": 0, "needed": 2}))
    delay(scene, "key-release.overdue", timedelta(minutes=3))
    told = scene.event("bid.opened").facts
    about = {name: told[name] for name in ("bidder", "name", "manifest")}
    about |= {"part": "opening-form", "reason": "release.overdue", "cause": "platform"}
    about["remedy"] = stamp(scene, "key.released", minutes=5)
    insert(scene, "key.released", Event("bid.unopened", "bid-a2", scene.at, about))
    shown(scene, "key.released", "bid-a2")
    insert(scene, "key.released", scene.drop("bid.opened"))


def paused(scene: Scene) -> None:
    """The host paused the hall for two minutes while factors were taken: the window ended so much later."""
    factors(scene)
    for name in ("hall.paused", "hall.resumed"):
        before(scene, "factor-window.closed", name, SECTION, text="停电")
    delay(scene, "hall.resumed")
    facts(scene, "bid.unopened")["remedy"] = stamp(scene, "bid.unopened", minutes=5)


@forgery("evidence.early")
def a_pause_does_not_make_the_window_longer(scene: Scene) -> None:
    paused(scene)
    delay(scene, "hall.resumed", -MINUTES_LONG)
    delay(scene, "hall.paused", -timedelta(minutes=1))
    delay(scene, "hall.resumed", timedelta(minutes=2))
    delay(scene, "factor-window.closed", -timedelta(minutes=1))


@forgery("evidence.report")
def judges_sign_a_report_from_before_the_factors_were_given(scene: Scene) -> None:
    factors(scene)


@forgery("evidence.report")
def judges_sign_a_report_from_before_a_bid_was_shown(scene: Scene) -> None:
    remedied(scene)


@forgery("evidence.report")
def judges_sign_a_report_from_before_the_late_keys_came(scene: Scene) -> None:
    late(scene)


@forgery("evidence.factor")
def a_bid_is_opened_without_the_factor_that_the_notice_asks_for(scene: Scene) -> None:
    factors(scene)
    scene.drop("bid.factor-given", 1)


@forgery("evidence.factor")
def factors_are_taken_that_the_notice_does_not_ask_for(scene: Scene) -> None:
    factors(scene)
    del facts(scene, "notice.published")["facts"]["bidder_factor"]


@forgery("evidence.factor")
def a_factor_is_given_twice(scene: Scene) -> None:
    factors(scene)
    before(scene, "bid.opened", "bid.factor-given", "bid-b", manifest=manifest_of(scene, "bid-b"))


@forgery("evidence.factor")
def a_factor_is_given_when_the_window_is_over(scene: Scene) -> None:
    factors(scene)
    facts(scene, "factor-window.closed")["missing"] = []
    before(scene, "bid.unopened", "bid.factor-given", "bid-d", manifest=manifest_of(scene, "bid-d"))


@forgery("evidence.factor")
def the_window_is_shorter_than_the_rule_set_allows(scene: Scene) -> None:
    factors(scene)
    facts(scene, "factor-window.opened")["until"] = stamp(scene, "factor-window.opened", seconds=5)


@forgery("evidence.early")
def the_window_ends_before_its_time(scene: Scene) -> None:
    factors(scene)
    delay(scene, "factor-window.closed", -timedelta(seconds=100))


@forgery("evidence.factor")
def whose_factor_is_missing_is_told_wrongly(scene: Scene) -> None:
    factors(scene)
    facts(scene, "factor-window.closed")["missing"] = ["bid-c"]


@forgery("evidence.factor")
def a_bidder_is_blamed_for_a_factor_that_it_gave(scene: Scene) -> None:
    factors(scene)
    before(scene, "factor-window.closed", "bid.factor-given", "bid-d", manifest=manifest_of(scene, "bid-d"))
    facts(scene, "factor-window.closed")["missing"] = []


@forgery("evidence.factor")
def a_refused_factor_costs_two_tries(scene: Scene) -> None:
    factors(scene)
    facts(scene, "bid.factor-refused")["left"] = 3


@forgery("evidence.too-few-keys")
def factors_are_asked_for_before_the_keys_are_there(scene: Scene) -> None:
    factors(scene)
    scene.move("factor-window.opened", before="key.released")


@forgery("evidence.remedy")
def the_remedy_that_the_notice_permits_is_denied(scene: Scene) -> None:
    factors(scene)
    del facts(scene, "bid.unopened")["remedy"]
    scene.drop("bid.remedy-ended")


@forgery("evidence.remedy")
def a_remedy_is_given_that_the_notice_does_not_permit(scene: Scene) -> None:
    factors(scene)
    del facts(scene, "notice.published")["facts"]["remedy"]


@forgery("evidence.remedy")
def a_remedy_is_shorter_than_the_rule_set_allows(scene: Scene) -> None:
    factors(scene)
    facts(scene, "bid.unopened")["remedy"] = stamp(scene, "bid.unopened", seconds=30)


@forgery("evidence.early")
def a_bid_is_revoked_while_its_remedy_runs(scene: Scene) -> None:
    factors(scene)
    delay(scene, "bid.remedy-ended", -timedelta(minutes=4))


@forgery("evidence.remedy")
def a_bid_that_was_shown_is_revoked_all_the_same(scene: Scene) -> None:
    factors(scene)
    shown(scene, "bid.remedy-ended", "bid-d")


@forgery("evidence.remedy")
def another_file_counts_as_the_one_that_was_sealed(scene: Scene) -> None:
    remedied(scene)
    facts(scene, "bid.remedy-given")["found"] = b64(bytes(32))


@forgery("evidence.remedy")
def the_commitment_of_another_part_is_what_was_shown(scene: Scene) -> None:
    remedied(scene)
    facts(scene, "bid.remedy-given").update(promised=b64(bytes(32)), found=b64(bytes(32)))


@forgery("evidence.remedy")
def what_is_the_same_is_refused_as_another_file(scene: Scene) -> None:
    remedied(scene)
    scene.event("bid.remedy-given").name = "bid.remedy-refused"


@forgery("evidence.factor")
def files_are_checked_that_nobody_could_open(scene: Scene) -> None:
    remedied(scene)
    scene.drop("bid.remedy-given", 2)


@forgery("evidence.left-out")
def a_bid_that_is_left_out_is_shown_in_plain(scene: Scene) -> None:
    factors(scene)
    shown(scene, "section.opened", "bid-d")


@forgery("evidence.overdue")
def late_keys_are_an_excuse_though_no_limit_passed(scene: Scene) -> None:
    late(scene)
    scene.drop("key-release.overdue")


@forgery("evidence.overdue")
def fewer_late_keys_are_told_than_the_log_holds(scene: Scene) -> None:
    late(scene)
    facts(scene, "key-release.overdue")["released"] = 1


@forgery("evidence.early")
def the_limit_for_the_keys_is_over_before_its_time(scene: Scene) -> None:
    late(scene)
    delay(scene, "key-release.overdue", -timedelta(minutes=3))


@forgery("evidence.left-out")
def a_bidder_is_blamed_for_late_keys(scene: Scene) -> None:
    late(scene)
    told = facts(scene, "bid.unopened") | {"part": "opening-form"}
    scene.drop("bid.opened")
    scene.drop("bid.remedy-given")
    before(scene, "section.opened", "bid.cause-decided", "bid-a2", cause="bidder", reasons="密钥迟到")
    assert told["reason"] == "release.overdue"


@forgery("evidence.type")
def how_a_share_compares_is_no_word(scene: Scene) -> None:
    facts(scene, "bid.unopened")["shares"] = [{"custodian": 1, "state": 2}]
