"""The opening record answered, in the evidence: who confirmed or objected, what the host said, when it became final."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from infra.kernel.canonical import unb64
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.archive.verify_dossier import SLACK, Dossier, Logged, in_order, placed
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import Tender
from trading.opening.record import LONGEST, MOST_OBJECTIONS, confirmation_message, record_digest, record_document
from trading.regimes.regime import Rule

CONFIRMED, SETTLED = "opening-record.confirmed", "opening-record.settled"
RAISED, ANSWERED = "opening-objection.raised", "opening-objection.answered"
NOTED, PAUSED, RESUMED = "hall.noted", "hall.paused", "hall.resumed"
SAID = (RAISED, ANSWERED, NOTED, PAUSED, RESUMED)
ENDS = ("marks.published", "section.failed")
"""What ends the answering of a record that was not final before."""


class Answers(NamedTuple):
    """A record's digest in hex as printed, how many bidders confirmed it (`signed`: with a key), and what became of it."""

    record: str
    confirmed: int
    signed: int
    silent: int
    objections: int
    answered: int
    final: bool


def check_record(dossier: Dossier, tender: Tender, opened: Mapping[str, Opened]) -> Answers | None:
    """Every answer to the opening record is its bidder's and in time, and it became final when it might; None without one.

    `evidence.confirmation`, `.objection`, `.hall`, `.settled`, `.early`, `.order` and `signing.…` refuse.
    """
    _check_order(dossier)
    answered = _check_objections(dossier, opened)
    paused = check_hall(dossier)
    recorded = dossier.all("section.opened")
    if not recorded:
        _refuse_answers(dossier)
        return None
    digest = _digest(dossier, recorded[0])
    confirmed = _check_confirmations(dossier, opened, digest)
    final = _settled(dossier)
    if final is not None:
        _check_settled(final, digest, opened.keys(), confirmed)
        _hold({"objection": answered == len(dossier.all(RAISED)), "pause": not paused}, "evidence.settled", final)
        earliest = _limit(dossier, tender, recorded[0])
        if final.facts["silent"] and final.at < earliest:
            raise Problem("evidence.early", name=final.name, earliest=earliest, where=final.where)
    return Answers(
        record=digest.hex(),
        confirmed=len(confirmed),
        signed=sum(one.facts["signature"] is not None for one in dossier.all(CONFIRMED)),
        silent=len(opened) - len(confirmed),
        objections=len(dossier.all(RAISED)),
        answered=answered,
        final=final is not None,
    )


def check_hall(dossier: Dossier) -> bool:
    """What the host said is about this section and in words, and pauses alternate; gives whether one has no end."""
    paused = False
    for event in dossier.all(NOTED, PAUSED, RESUMED):
        right = {
            "section": event.subject == dossier.section,
            "text": is_written(event.facts["text"], LONGEST),
            "pause": event.name == NOTED or paused == (event.name == RESUMED),
        }
        _hold(right, "evidence.hall", event, name=event.name)
        paused = paused if event.name == NOTED else event.name == PAUSED
    return paused


def _check_order(dossier: Dossier) -> None:
    """All is said after the closing (a record is answered once it is made) and nothing when it is final or marks are out."""
    closed, recorded, final = dossier.one("section.closed"), dossier.all("section.opened")[:1], _settled(dossier)
    ends = dossier.all(*ENDS)[:1]
    if final is not None:
        in_order(*(recorded or [closed]), final, *ends)
        ends = [final]
    for event in dossier.all(*SAID):
        in_order(closed, event, *ends)
    for event in dossier.all(CONFIRMED):
        in_order(*(recorded or [closed]), event, *ends)


def _settled(dossier: Dossier) -> Logged | None:
    return dossier.one(SETTLED) if dossier.all(SETTLED) else None


def _refuse_answers(dossier: Dossier) -> None:
    for event in dossier.all(CONFIRMED, SETTLED):
        raise Problem("evidence.order", first="section.opened", then=event.name, where=event.where)


def _digest(dossier: Dossier, recorded: Logged) -> bytes:
    closing, rows = dossier.one("section.closed").facts, recorded.facts["record"]
    return record_digest(record_document(dossier.section, closing, rows))


def _check_confirmations(dossier: Dossier, opened: Mapping[str, Opened], digest: bytes) -> set[str]:
    found: set[str] = set()
    for event in dossier.all(CONFIRMED):
        bid, facts = event.subject, event.facts
        one = opened.get(bid)
        right = {
            "bid": one is not None and bid not in found,
            "bidder": one is not None and facts["bidder"] == one.bid.bidder.serial,
            "record": unb64(facts["record"]) == digest,
            "signature": (facts["signature"] is None) == (facts["certificate"] is None),
        }
        _hold(right, "evidence.confirmation", event, bid=bid)
        if facts["signature"] is not None:
            _check_signature(dossier, event, digest)
        found.add(bid)
    return found


def _check_signature(dossier: Dossier, event: Logged, digest: bytes) -> None:
    """The key that signed is certified, then in force, and of the body that confirms."""
    facts, message = event.facts, confirmation_message(digest)
    with placed(event.where):
        signer = dossier.signed(unb64(facts["certificate"]), unb64(facts["signature"]), message, event.at)
    _hold({"certificate": signer.serial == facts["bidder"]}, "evidence.confirmation", event, bid=event.subject)


def _check_objections(dossier: Dossier, opened: Mapping[str, Opened]) -> int:
    """Each objection is a listed bidder's own and in words, each answer belongs to one; gives how many are answered."""
    raised: dict[str, str] = {}
    answered: set[str] = set()
    for event in dossier.all(RAISED, ANSWERED):
        facts, one = event.facts, opened.get(event.facts["bid"])
        if event.name == RAISED:
            right = {
                "bid": one is not None and event.subject not in raised,
                "bidder": one is not None and facts["bidder"] == one.bid.bidder.serial,
                "reasons": is_written(facts["reasons"], LONGEST),
                "number": list(raised.values()).count(facts["bid"]) < MOST_OBJECTIONS,
            }
            raised[event.subject] = facts["bid"]
        else:
            right = {
                "bid": raised.get(event.subject) == facts["bid"] and event.subject not in answered,
                "answer": is_written(facts["answer"], LONGEST),
            }
            answered.add(event.subject)
        _hold(right, "evidence.objection", event, objection=event.subject)
    return len(answered)


def _check_settled(final: Logged, digest: bytes, listed: Collection[str], confirmed: Collection[str]) -> None:
    facts = final.facts
    right = {
        "subject": final.subject == final.section,
        "record": unb64(facts["record"]) == digest,
        "confirmed": facts["confirmed"] == sorted(confirmed),
        "silent": facts["silent"] == sorted(set(listed) - set(confirmed)),
    }
    _hold(right, "evidence.settled", final)


def _limit(dossier: Dossier, tender: Tender, recorded: Logged) -> datetime:
    """The earliest time at which silence may count as assent: the rule set's minutes, and each pause's own length.

    `SLACK` in all is allowed between these stamps and the times that the use-cases read.
    """
    limit = recorded.at - SLACK + timedelta(minutes=tender.regime.count(Rule.OPENING_CONFIRMATION))
    since = recorded.at
    for event in dossier.all(PAUSED, RESUMED):
        if event.name == PAUSED:
            since = max(event.at, recorded.at)
        elif event.number > recorded.number:
            limit += max(event.at - since, timedelta(0))
    return limit


def _hold(right: Mapping[str, bool], code: str, event: Logged, **facts: Any) -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem(code, **facts, field=field, where=event.where)
