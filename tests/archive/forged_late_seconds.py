"""Second keys that came too late: one price shown, the others opened by late keys, or all shown; and forgeries of that."""

from copy import deepcopy
from datetime import datetime, timedelta

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene
from evidence_scenes import a_scene_in_two_envelopes
from forged_rescues import delay, manifest_of, stamp

from infra.crypto.manifest import parse_manifest
from infra.kernel.canonical import b64

LATE_SECONDS: Table = {}
OVERDUE = "key-release.overdue"
LIMIT = timedelta(minutes=3)


def late_second() -> Scene:
    """The keys came three minutes after the list: A had shown its price by then, the others waited."""
    scene = a_scene_in_two_envelopes()
    _overdue(scene, ["bid-a2"])
    return scene


def never_second() -> Scene:
    """No second key ever came: all three showed their prices."""
    scene = a_scene_in_two_envelopes()
    for one in _second_keys(scene):
        scene.events.remove(one)
    _overdue(scene, ["bid-a2", "bid-b", "bid-c"])
    return scene


def _overdue(scene: Scene, bids: list[str]) -> None:
    """After the list the limit passes; these bids are told not to open, shown in plain, and read out."""
    place = scene.events.index(scene.event("technical.locked")) + 1
    prices = {one.subject: one for one in scene.events if one.name == "price.opened"}
    at = scene.events[place].at
    told = [Event(OVERDUE, SECTION, at, {"released": 0, "needed": 2})]
    for bid in bids:
        about = {name: prices[bid].facts[name] for name in ("bidder", "name")} | {"manifest": manifest_of(scene, bid)}
        fault = {"part": "price", "reason": "release.overdue", "cause": "platform"}
        told.append(Event("bid.unopened", bid, at, about | fault))
    for bid in bids:
        commit = b64(parse_manifest(scene.bids[bid]["second"]["manifest"].encode()).entry("price").commit)
        shown = {"part": "price", "manifest": manifest_of(scene, bid), "promised": commit, "found": commit}
        told.append(Event("bid.remedy-given", bid, at, shown))
        scene.events.remove(prices[bid])
        prices[bid].at = at
        told.append(prices[bid])
    scene.events[place:place] = told
    delay(scene, OVERDUE, LIMIT)
    publicity = facts(scene, "candidates.published")
    ends = datetime.fromisoformat(publicity["publicity_ends"]) + LIMIT
    publicity["publicity_ends"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    for one in told:
        if one.name == "bid.unopened":
            one.facts["remedy"] = stamp(scene, OVERDUE, minutes=5)


def _second_keys(scene: Scene) -> list[Event]:
    subject = scene.event("technical.locked").facts["keyset"]
    return [one for one in scene.events if one.name == "key.released" and one.facts["keyset"] == subject]


@forgery("evidence.overdue", LATE_SECONDS)
def late_second_keys_are_an_excuse_though_no_limit_passed(scene: Scene) -> None:
    scene.drop(OVERDUE)


@forgery("evidence.overdue", LATE_SECONDS)
def fewer_second_keys_are_missing_than_is_told(scene: Scene) -> None:
    facts(scene, OVERDUE)["released"] = 1


@forgery("evidence.early", LATE_SECONDS)
def the_limit_for_the_second_keys_is_over_before_its_time(scene: Scene) -> None:
    delay(scene, OVERDUE, -LIMIT)


@forgery("evidence.overdue", LATE_SECONDS)
def the_limit_of_the_first_keys_is_an_excuse_for_the_second(scene: Scene) -> None:
    scene.move(OVERDUE, before="technical.locked")


@forgery("evidence.event-twice", LATE_SECONDS)
def the_limit_for_the_second_keys_passes_twice(scene: Scene) -> None:
    event = scene.event(OVERDUE)
    scene.events.insert(scene.events.index(event), deepcopy(event))


@forgery("evidence.too-few-keys", LATE_SECONDS)
def a_price_that_nobody_showed_is_opened_by_one_late_key(scene: Scene) -> None:
    scene.events.remove(_second_keys(scene)[0])


@forgery("evidence.remedy", LATE_SECONDS)
def another_price_is_shown_than_was_sealed(scene: Scene) -> None:
    facts(scene, "bid.remedy-given")["found"] = b64(bytes(32))


@forgery("evidence.left-out", LATE_SECONDS)
def a_bidder_is_blamed_for_late_second_keys(scene: Scene) -> None:
    scene.event("bid.remedy-given").name = "bid.cause-decided"
    facts(scene, "bid.cause-decided").clear()
    facts(scene, "bid.cause-decided").update(cause="bidder", reasons="密钥迟到")


@forgery("evidence.order", LATE_SECONDS)
def a_second_key_is_released_before_the_list_and_the_limit_passes_all_the_same(scene: Scene) -> None:
    keys = _second_keys(scene)
    for one in keys:
        scene.events.remove(one)
    place = scene.events.index(scene.event("technical.locked"))
    keys[0].at = scene.events[place].at
    scene.events.insert(place, keys[0])
    facts(scene, OVERDUE)["released"] = 1
