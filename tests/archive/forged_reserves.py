"""A section with a sealed reserve price 标底, replaced once; and forgeries of it."""

from copy import deepcopy
from functools import cache
from hashlib import sha256
from typing import Any

from evidence_forging import Table, facts, forgery
from evidence_log import SECTION, Event, Scene, Stream, new_key
from evidence_scenes import a_scene, credit_code
from forged_openings import before

from infra.crypto.keyset import parse_keyset
from infra.crypto.manifest import Client, Manifest, PartEntry, bidder_line
from infra.crypto.seal import seal_bytes
from infra.crypto.sign import sign_p256
from infra.kernel.canonical import b64
from trading.reserve.rules import PART, make_reserve

RESERVES: Table = {}
AGENT, NAME = "91420500MA490AGENT", "云湖工程咨询有限公司"


def sealed(scene: Scene, price: str, *, who: str = AGENT, plain: bytes | None = None, **changed: Any) -> dict[str, Any]:
    """The facts of a sealed reserve price; its plaintext and salt stay in `scene.signers` for the opening."""
    keyset = parse_keyset(facts(scene, "keyset.published")["document"].encode())
    salt, key = sha256(f"reserve {price}".encode()).digest(), new_key(f"body {who}")
    data = make_reserve(price) if plain is None else plain
    _, found = seal_bytes(data, keyset, PART, bidder_line(salt, who), None, Stream(f"reserve {price}"))
    told = {"section": SECTION, "round": "1", "parts": (found.entry(PART),), **changed}
    manifest = Manifest(bidder_salt=salt, client=Client("test 1", bytes(32)), **told)
    scene.signers["reserve"], scene.signers["reserve salt"] = data, found.commit_salt
    scene.signers["reserve digest"] = manifest.digest
    return {
        "manifest": manifest.encode().decode(),
        "signature": b64(sign_p256(key, manifest.digest)),
        "certificate": b64(scene.keys.certificate(key, NAME, who)),
    }


def told(scene: Scene) -> dict[str, Any]:
    """The facts of the reserve price that was sealed last, as it is told."""
    return {
        "manifest": b64(scene.signers["reserve digest"]),
        "body": AGENT,
        "form": scene.signers["reserve"].decode(),
        "form_salt": b64(scene.signers["reserve salt"]),
    }


@cache
def _reserved() -> Scene:
    scene = a_scene()
    before(scene, "bid.withdrawn", "reserve-price.sealed", SECTION, **sealed(scene, "9500000.00"))
    before(scene, "bid.withdrawn", "reserve-price.sealed", SECTION, **sealed(scene, "9400000.00"))
    after(scene, "section.opened", "reserve-price.opened", **told(scene))
    return scene


def reserved() -> Scene:
    """The honest section with a reserve price of 9,400,000.00 yuan."""
    return deepcopy(_reserved())


def unopened() -> Scene:
    """The same section, whose reserve price did not open."""
    scene = reserved()
    event = scene.event("reserve-price.opened")
    event.name, event.facts = "reserve-price.unopened", {"manifest": event.facts["manifest"], "reason": "seal.share"}
    return scene


def after(scene: Scene, first: str, name: str, **told_: Any) -> None:
    """One more event about the section just after the first of another name."""
    there = scene.event(first)
    scene.events.insert(scene.events.index(there) + 1, Event(name, SECTION, there.at, told_))


def resealed(scene: Scene, **changed: Any) -> None:
    """Another reserve price was sealed last, and that one is told."""
    facts(scene, "reserve-price.sealed", 1).update(sealed(scene, "9400000.00", **changed))
    facts(scene, "reserve-price.opened").update(told(scene))


@forgery("evidence.reserve", RESERVES)
def another_amount_is_told(scene: Scene) -> None:
    facts(scene, "reserve-price.opened")["form"] = make_reserve("9300000.00").decode()


@forgery("evidence.reserve", RESERVES)
def the_one_that_was_replaced_is_told(scene: Scene) -> None:
    sealed(scene, "9500000.00")
    facts(scene, "reserve-price.opened").update(told(scene))


@forgery("evidence.reserve", RESERVES)
def it_is_never_told(scene: Scene) -> None:
    scene.drop("reserve-price.opened")


@forgery("evidence.reserve", RESERVES)
def two_are_told(scene: Scene) -> None:
    after(scene, "section.opened", "reserve-price.opened", **told(scene))


@forgery("evidence.reserve", RESERVES)
def one_is_told_that_nobody_sealed(scene: Scene) -> None:
    scene.drop("reserve-price.sealed", 1)
    scene.drop("reserve-price.sealed", 0)


@forgery("evidence.order", RESERVES)
def it_is_told_before_the_prices(scene: Scene) -> None:
    scene.move("reserve-price.opened", before="bid.opened")


@forgery("evidence.order", RESERVES)
def it_is_told_when_judges_have_marked(scene: Scene) -> None:
    scene.move("reserve-price.opened", before="marks.published")


@forgery("evidence.order", RESERVES)
def it_is_sealed_after_the_closing(scene: Scene) -> None:
    closed = scene.event("section.closed")
    scene.events.remove(event := scene.event("reserve-price.sealed", 1))
    event.at = closed.at
    scene.events.insert(scene.events.index(closed) + 1, event)


@forgery("signing.bad-signature", RESERVES)
def what_was_sealed_is_exchanged(scene: Scene) -> None:
    facts(scene, "reserve-price.sealed", 1)["manifest"] = facts(scene, "reserve-price.sealed", 0)["manifest"]


@forgery("evidence.reserve", RESERVES)
def a_bidder_seals_it(scene: Scene) -> None:
    facts(scene, "reserve-price.sealed", 1).update(sealed(scene, "9400000.00", who=credit_code("B")))


@forgery("seal.section", RESERVES)
def it_was_sealed_for_another_section(scene: Scene) -> None:
    resealed(scene, section="YH-2026-001/S2")


@forgery("reserve.parts", RESERVES)
def more_than_a_reserve_price_was_sealed(scene: Scene) -> None:
    resealed(scene, parts=(PartEntry("technical", 10, bytes(32), bytes(32)),))


@forgery("reserve.price", RESERVES)
def it_says_nothing_that_is_an_amount(scene: Scene) -> None:
    resealed(scene, plain=b'{"format":"reserve-price/v1","price":"0.00"}')


@forgery("evidence.reserve", RESERVES)
def somebody_else_is_said_to_have_sealed_it(scene: Scene) -> None:
    facts(scene, "reserve-price.opened")["body"] = credit_code("A")
