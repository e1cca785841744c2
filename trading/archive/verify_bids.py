"""Bids in the evidence: each manifest signed by a certified bidder in time, and the frozen list complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.auth.signing import Certified
from infra.crypto.manifest import Manifest, parse_manifest
from infra.kernel.canonical import b64, digest, unb64
from infra.kernel.fields import members_at, text_at
from infra.kernel.problems import Problem
from trading.archive.verify_changes import Standing
from trading.archive.verify_dossier import Dossier, Logged, in_order, json_member, placed
from trading.archive.verify_shapes import SIGNATURE, raw
from trading.archive.verify_tender import ROUND, Tender
from trading.bidding.wire import withdrawal_message
from trading.clarifications.rules import confirmation_message
from trading.regimes.regime import Rule
from trading.sections.envelopes import PRICE, SECOND, second_parts

SUBMISSIONS = ("bid.submitted", "bid.replaced")
CONFIRMED = "bid.confirmed"
CHANGES = (*SUBMISSIONS, "bid.withdrawn", CONFIRMED)
FORM = "opening-form"


@dataclass(frozen=True)
class Bid:
    """One submitted bid: its manifest and the bidder its certificate names."""

    id: str
    manifest: Manifest
    bidder: Certified
    certificate: bytes
    submitted: Logged
    second: Manifest | None = None
    """That of the second envelope."""

    def manifest_of(self, part: str) -> Manifest:
        """The manifest that lists a part."""
        return self.second if self.second is not None and part == PRICE else self.manifest


def member_name(bid: str) -> str:
    """The member that holds a bid's manifest, signature and certificate."""
    return f"bids/{bid}.json"


def check_bids(dossier: Dossier, tender: Tender) -> dict[str, Bid]:
    """Every bid ever accepted, by id, each signed, certified and stamped before the deadline; `evidence.bid-…`."""
    closed = dossier.one("section.closed")
    found: dict[str, Bid] = {}
    for event in dossier.all(*CHANGES):
        in_order(tender.notice, event, closed)
        if event.at >= tender.deadline:
            raise Problem("evidence.late", at=event.at, deadline=tender.deadline, where=event.where)
        if event.name not in SUBMISSIONS:
            continue
        if event.subject in found:
            raise Problem("evidence.bid-twice", bid=event.subject, where=event.where)
        found[event.subject] = _read_bid(dossier, event, two=tender.second is not None)
    return found


def check_closing(dossier: Dossier, tender: Tender, bids: Mapping[str, Bid]) -> list[Bid]:
    """The frozen list: exactly the bids that stood at the deadline, closed after it, with the right outcome."""
    closed, standing = check_closed(dossier, tender), _standing(dossier, tender, bids)
    listed = [(row["bid"], row["manifest"], row.get("second", "")) for row in closed.facts["bids"]]
    expected_list = [
        (one.id, b64(one.manifest.digest), "" if one.second is None else b64(one.second.digest)) for one in standing
    ]
    if sorted(listed) != sorted(expected_list):
        missing = ", ".join(sorted(bid for bid, *_ in set(expected_list) - set(listed))) or "none"
        raise Problem("evidence.list", listed=len(listed), standing=len(standing), missing=missing, where=closed.where)
    return standing


def check_closed(dossier: Dossier, tender: Tender) -> Logged:
    """The closing: after the deadline, under the rule set's minimum, its outcome following from the listed bids."""
    closed = dossier.one("section.closed")
    facts = closed.facts
    if closed.at < tender.deadline or not dossier.cosigned_since(closed, tender.deadline):
        raise Problem("evidence.early", name=closed.name, earliest=tender.deadline, where=closed.where)
    for name, expected in (("deadline", tender.stated), ("keyset", tender.keyset.hash)):
        if facts[name] != expected:
            raise Problem("evidence.closing", field=name, where=closed.where)
    minimum = tender.regime.count(Rule.BIDS_MINIMUM)
    if not facts["minimum"] == tender.keyset.document.release.minimum == minimum:
        raise Problem("evidence.minimum", stated=facts["minimum"], minimum=minimum, where=closed.where)
    outcome = "open" if len(facts["bids"]) >= minimum else "failed"
    if facts["outcome"] != outcome:
        raise Problem("evidence.outcome", stated=facts["outcome"], expected=outcome, where=closed.where)
    return closed


def held_versions(dossier: Dossier, tender: Tender, bids: Iterable[Bid]) -> dict[str, int]:
    """For which version of the document each bid holds: that in force when it came, or the last that its bidder confirmed.

    Empty while there was but one, for the record says nothing of it then.
    """
    if tender.states[-1].version == 1:
        return {}
    confirmed = {event.subject: int(event.facts["version"]) for event in dossier.all(CONFIRMED)}
    return {bid.id: confirmed.get(bid.id, _in_force(tender, bid.submitted).version) for bid in bids}


def _in_force(tender: Tender, event: Logged) -> Standing:
    """Document and deadline as they stood when the event happened."""
    return [one for one in tender.states if one.since.number < event.number][-1]


def _read_bid(dossier: Dossier, event: Logged, *, two: bool) -> Bid:
    member, facts = member_name(event.subject), event.facts
    value = json_member(dossier.members, member)
    with placed(f"{member}; {event.where}"):
        found = members_at(value, "$", ("manifest", "signature", "certificate", *(("second",) if two else ())))
        manifest = parse_manifest(text_at(found["manifest"], "$.manifest").encode())
        SIGNATURE(found["signature"], "$.signature")
        raw()(found["certificate"], "$.certificate")
        right = {
            "manifest": b64(manifest.digest) == facts["manifest"],
            "signature": found["signature"] == facts["signature"],
            "certificate": b64(digest(found["certificate"])) == facts["certificate"],
            "section": (manifest.section, manifest.round) == (dossier.section, ROUND),
            "parts": any(one.part == FORM for one in manifest.parts),
            "second": ("second" in facts) == two,
        }
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.bid", field=field)
        certificate = unb64(found["certificate"])
        bidder = dossier.signed(certificate, unb64(found["signature"]), manifest.digest, event.at)
        second = _read_second(dossier, event, found["second"], certificate) if two else None
    return Bid(event.subject, manifest, bidder, certificate, event, second)


def _read_second(dossier: Dossier, event: Logged, value: Any, certificate: bytes) -> Manifest:
    """The second envelope's manifest: of the second round, the price alone, signed with the same key."""
    found = members_at(value, "$.second", ("manifest", "signature"))
    manifest = parse_manifest(text_at(found["manifest"], "$.second.manifest").encode())
    SIGNATURE(found["signature"], "$.second.signature")
    told = {"manifest": b64(manifest.digest), "signature": found["signature"]}
    right = {
        "second": event.facts["second"] == told,
        "section": (manifest.section, manifest.round) == (dossier.section, SECOND),
        "parts": tuple(one.part for one in manifest.parts) == second_parts(two_envelope=True),
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.bid", field=field)
    dossier.signed(certificate, unb64(found["signature"]), manifest.digest, event.at)
    return manifest


def _standing(dossier: Dossier, tender: Tender, bids: Mapping[str, Bid]) -> list[Bid]:
    """What stands after every submission, replacement and withdrawal, one bid for each bidder."""
    standing: dict[str, Bid] = {}
    for event in dossier.all(*CHANGES):
        if event.name == "bid.withdrawn":
            _withdraw(dossier, event, standing)
            continue
        if event.name == CONFIRMED:
            _check_confirmed(dossier, tender, event, standing)
            continue
        bid = bids[event.subject]
        own = next((one.id for one in standing.values() if one.bidder.serial == bid.bidder.serial), None)
        if own != event.facts.get("replaces"):
            raise Problem("evidence.bid-standing", bid=bid.id, where=event.where)
        if own is not None:
            del standing[own]
        standing[bid.id] = bid
    return list(standing.values())


def _withdraw(dossier: Dossier, event: Logged, standing: dict[str, Bid]) -> None:
    bid: Any = standing.pop(event.subject, None)
    if bid is None or event.facts["manifest"] != b64(bid.manifest.digest):
        raise Problem("evidence.bid-standing", bid=event.subject, where=event.where)
    with placed(event.where):
        if _signer(dossier, event, bid, withdrawal_message(bid.manifest.digest)) != bid.bidder.serial:
            raise Problem("evidence.bid-standing", bid=bid.id)


def _check_confirmed(dossier: Dossier, tender: Tender, event: Logged, standing: Mapping[str, Bid]) -> None:
    """A bid that stood was confirmed by its own bidder for the document in force just then; `evidence.confirmation`."""
    bid, facts = standing.get(event.subject), event.facts
    state = _in_force(tender, event)
    right = {
        "bid": bid is not None and facts["manifest"] == b64(bid.manifest.digest),
        "document": (facts["document"], facts["version"]) == (state.document, state.version),
    }
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.confirmation", field=field, where=event.where)
    assert bid is not None
    with placed(event.where):
        message = confirmation_message(bid.manifest.digest, unb64(facts["document"]))
        if _signer(dossier, event, bid, message) != bid.bidder.serial:
            raise Problem("evidence.confirmation", field="signature")


def _signer(dossier: Dossier, event: Logged, bid: Bid, message: bytes) -> str:
    """Who signed, with the key of the bid or with the one whose certificate the event brings."""
    other = event.facts.get("certificate")
    certificate = bid.certificate if other is None else unb64(other)
    return dossier.signed(certificate, unb64(event.facts["signature"]), message, event.at).serial
