"""Inquiries in the evidence: drafted by a judge or low in price, answered once, in time and signed, or silent to the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from infra.kernel.canonical import unb64
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.archive.verify_committee import Committee
from trading.archive.verify_dossier import SLACK, Dossier, Logged, in_order, placed, utc
from trading.archive.verify_opening import Opened
from trading.archive.verify_tender import Tender
from trading.inquiries.rules import LONGEST_ANSWER, LONGEST_QUESTION, LONGEST_REASON, Ground, reply_message
from trading.regimes.regime import Rule

DRAFTED, REFUSED, SENT = "inquiry.drafted", "inquiry.refused", "inquiry.sent"
ANSWERED, UNANSWERED = "inquiry.answered", "inquiry.unanswered"
ALL = (DRAFTED, REFUSED, SENT, ANSWERED, UNANSWERED)
BEFORE: Mapping[str, tuple[list[str], ...]] = {
    DRAFTED: ([],),
    REFUSED: ([DRAFTED],),
    SENT: ([], [DRAFTED]),
    ANSWERED: ([SENT], [DRAFTED, SENT]),
    UNANSWERED: ([SENT], [DRAFTED, SENT]),
}
"""What may have happened to an inquiry before each of its events."""


def check_inquiries(
    dossier: Dossier, tender: Tender, opened: Mapping[str, Opened], committee: Committee
) -> dict[str, int]:
    """Every inquiry went its whole way before any lock that counts; gives how many were sent, answered and silent."""
    followed = _Followed(dossier, tender, opened, committee)
    for event in dossier.all(*ALL):
        followed.follow(event)
    for way in followed.ways.values():
        last = list(way.values())[-1]
        _hold(last, ended=last.name in (REFUSED, ANSWERED, UNANSWERED))
    return {name.partition(".")[2]: len(dossier.all(name)) for name in (SENT, ANSWERED, UNANSWERED)}


@dataclass
class _Followed:
    dossier: Dossier
    tender: Tender
    opened: Mapping[str, Opened]
    committee: Committee
    ways: dict[str, dict[str, Logged]] = field(default_factory=dict)

    def follow(self, event: Logged) -> None:
        """One more event of an inquiry: about one bid that was read out, in its order, before the locks."""
        for lock in self.committee.locks.values():
            in_order(event, lock)
        way = self.ways.setdefault(event.facts["inquiry"], {})
        one = self.opened.get(event.subject)
        same = all(earlier.subject == event.subject for earlier in way.values())
        _hold(event, bid=one is not None and one.form is not None and same, order=list(way) in BEFORE[event.name])
        match event.name:
            case "inquiry.drafted":
                _hold(event, judge=event.facts["judge"] in self.committee.judges)
                _check_words(event)
            case "inquiry.refused":
                _hold(event, reasons=is_written(event.facts["reasons"], LONGEST_REASON))
            case "inquiry.sent":
                self._sent(event, way.get(DRAFTED))
            case "inquiry.answered":
                self._answered(event, way[SENT])
            case _:
                _hold(event, time=event.at >= utc(way[SENT].facts["until"], way[SENT].where))
        way[event.name] = event

    def _sent(self, event: Logged, draft: Logged | None) -> None:
        """As it was drafted; without a judge's draft only about a price that is abnormally low."""
        told = event.facts
        _check_words(event)
        if draft is None:
            _hold(event, ground=told["ground"] == Ground.LOW_PRICE)
        else:
            _hold(event, **{name: told[name] == draft.facts[name] for name in ("ground", "question")})
        window = timedelta(seconds=self.tender.regime.count(Rule.INQUIRY_WINDOW))
        _hold(event, until=event.at - SLACK + window <= utc(told["until"], event.where) <= event.at + window)

    def _answered(self, event: Logged, sent: Logged) -> None:
        """Once, in the time, under the signature of the bid's own body over just this answer to this question."""
        told, bid = event.facts, event.subject
        _hold(event, answer=is_written(told["answer"], LONGEST_ANSWER))
        _hold(event, time=event.at <= utc(sent.facts["until"], sent.where) + SLACK)
        message = reply_message(told["inquiry"], bid, sent.facts["question"], told["answer"])
        with placed(event.where):
            signer = self.dossier.signed(unb64(told["certificate"]), unb64(told["signature"]), message, event.at)
        _hold(event, certificate=signer.serial == self.opened[bid].bid.bidder.serial)


def _check_words(event: Logged) -> None:
    told = event.facts
    _hold(event, ground=told["ground"] in set(Ground), question=is_written(told["question"], LONGEST_QUESTION))


def _hold(event: Logged, **right: bool) -> None:
    for name, holds in right.items():
        if not holds:
            raise Problem("evidence.inquiry", field=name, where=event.where)
