"""The reserve price 标底 in the evidence: sealed in time by the procuring side, told after the prices as it was sealed."""

from collections.abc import Mapping
from typing import NamedTuple

from infra.auth.signing import Certified
from infra.crypto.manifest import Manifest, parse_manifest
from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_key import commitment
from infra.kernel.canonical import b64, unb64
from infra.kernel.money import yuan
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import Dossier, Logged, in_order, placed
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import ROUND, Tender
from trading.reserve.rules import PART, check_reserve, read_reserve
from trading.sections.envelopes import SECOND

SEALED, OPENED, UNOPENED = "reserve-price.sealed", "reserve-price.opened", "reserve-price.unopened"


class Reserve(NamedTuple):
    """Who sealed it, what it says in yuan, or (the code) why it was not opened."""

    name: str
    price: str | None
    reason: str | None


def check_reserves(dossier: Dossier, tender: Tender, opened: Mapping[str, Opened]) -> Reserve | None:
    """The reserve price as told, None where none was sealed or no price told; `evidence.reserve`, `.late`, `.order`."""
    sealed = [_sealed(dossier, tender, opened, event) for event in dossier.all(SEALED)]
    told = dossier.all(OPENED, UNOPENED)
    first, last = ("section.opened",) * 2 if tender.second is None else ("price.opened", "marks.published")
    may, must = (bool(sealed and dossier.all(name)) for name in (first, last))
    for event in told[1:] if may else told:
        raise Problem("evidence.reserve", field="told", where=event.where)
    if must and not told:
        raise Problem("evidence.reserve", field="untold", where=dossier.all(SEALED)[-1].where)
    if not told:
        return None
    [event], (manifest, signer) = told, sealed[-1]
    _check_place(dossier, tender, event)
    _hold({"manifest": event.facts["manifest"] == b64(manifest.digest)}, event)
    if event.name == UNOPENED:
        return Reserve(signer.subject, None, event.facts["reason"])
    data = str(event.facts["form"]).encode()
    promised = commitment(unb64(event.facts["form_salt"]), block_root([data], PLAINTEXT_BLOCK))
    _hold({"form": promised == manifest.entry(PART).commit, "body": event.facts["body"] == signer.serial}, event)
    with placed(event.where):
        return Reserve(signer.subject, yuan(read_reserve(data)), None)


def _sealed(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], event: Logged
) -> tuple[Manifest, Certified]:
    """What was sealed, for this section alone and in time, and who signed for it: none of the bidders."""
    in_order(tender.notice, event, dossier.one("section.closed"))
    if event.at >= tender.deadline:
        raise Problem("evidence.late", at=event.at, deadline=tender.deadline, where=event.where)
    with placed(event.where):
        manifest = parse_manifest(str(event.facts["manifest"]).encode())
        check_reserve(manifest, dossier.section, ROUND if tender.second is None else SECOND)
        certificate, signature = unb64(event.facts["certificate"]), unb64(event.facts["signature"])
        signer = dossier.signed(certificate, signature, manifest.digest, event.at)
    _hold({"signer": signer.serial not in {one.bid.bidder.serial for one in opened.values()}}, event)
    return manifest, signer


def _check_place(dossier: Dossier, tender: Tender, event: Logged) -> None:
    """After the last price, before the first mark; of two envelopes before the marks are published."""
    prices = "bid.opened" if tender.second is None else "price.opened"
    for price in dossier.all(prices):
        in_order(price, event)
    if tender.second is None:
        in_order(dossier.one("section.opened"), event, *dossier.all("marks.locked")[:1])
    for published in dossier.all("marks.published"):
        in_order(event, published)


def _hold(right: Mapping[str, bool], event: Logged) -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.reserve", field=field, where=event.where)
