"""Sections that failed, and whose evidence holds: at the closing, over the forms, over the files."""

from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache

from evidence_log import SECTION, Keys, Scene
from evidence_scenes import a_scene, manifest_hash, submit
from evidence_tender import DEADLINE, TITLE, publish_tender
from forged_openings import files_fail

from infra.kernel.canonical import b64

REASONS = "剩余投标明显缺乏竞争"


@cache
def _few_bids() -> Scene:
    scene = Scene(Keys("yunhu"))
    keyset = publish_tender(scene)
    for bidder, bid, replaces in (("A", "bid-a1", None), ("A", "bid-a2", "bid-a1"), ("B", "bid-b", None)):
        submit(scene, keyset, bidder, bid, "9600000.00", replaces).hidden = True
    scene.at = datetime.fromisoformat(DEADLINE) - timedelta(seconds=9)
    listed = [{"bid": bid, "manifest": manifest_hash(scene, bid)} for bid in ("bid-a2", "bid-b")]
    told = {"outcome": "failed", "deadline": DEADLINE, "keyset": b64(keyset.digest), "minimum": 3, "bids": listed}
    scene.tell("section.closed", SECTION, **told)
    scene.tell("bid.refused", "bid-late", reason="bid.late", manifest=b64(bytes(32)))
    scene.bids = {}
    tell_failure(scene, "too-few-bids", 2, source="TBR 44")
    return scene


def few_bids() -> Scene:
    """Two bids stood at the deadline where three are needed; A had replaced its own."""
    return deepcopy(_few_bids())


def few_forms() -> Scene:
    """The forms of C and D do not open; the centre ends the section before there is a record."""
    scene = a_scene()
    _cut(scene, "section.opened")
    announced = scene.drop("bid.opened", 2)
    about = {name: announced.facts[name] for name in ("bidder", "name", "manifest")}
    scene.tell("bid.unopened", announced.subject, **about, part="opening-form", reason="seal.share", cause="bidder")
    _end(scene)
    return scene


def few_files() -> Scene:
    """After the record A's files do not open; the centre ends the section while its draw is under way."""
    scene = a_scene()
    files_fail(scene)
    _cut(scene, "draw.commitment-given")
    _end(scene)
    return scene


def tell_failure(scene: Scene, reason: str, bids: int, **more: str) -> None:
    """The published notice of the failure."""
    scene.failure = {
        "kind": "failed",
        "title": f"{TITLE}流标公告",
        "project": TITLE,
        "section": SECTION,
        "facts": {"reason": reason, "bids": bids, **more},
    }


def _cut(scene: Scene, name: str) -> None:
    """Nothing from the first event of this name on has happened."""
    del scene.events[scene.events.index(scene.event(name)) :]
    scene.at, scene.draw = scene.events[-1].at, {}


def _end(scene: Scene) -> None:
    scene.tell("opening.halted", SECTION, remaining=2, minimum=3)
    scene.tell("section.failed", SECTION, reason="too-few-opened", remaining=2, minimum=3, reasons=REASONS)
    tell_failure(scene, "too-few-opened", 2, text=REASONS, source="EBM 31")
