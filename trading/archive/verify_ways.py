"""From the candidates to the award in the evidence: publicities that ran, objections settled, candidates who dropped out.

A tender that is called anew ends here too: the procuring entity's signed decision is then the section's failure.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.kernel.canonical import b64, unb64
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.archive.verify_committee import CAPACITY_ASKED, Able
from trading.archive.verify_dossier import SLACK, Dossier, Logged, in_order, placed, utc
from trading.archive.verify_opening import Opened
from trading.archive.verify_purchase import determination
from trading.archive.verify_review import versions
from trading.archive.verify_rounds import REOPENED
from trading.archive.verify_tender import Tender
from trading.capacity.rules import capacity_message
from trading.choice.rules import choice_message
from trading.evaluation.marks import report_message
from trading.notices.rules import publicity_window
from trading.ways.rules import (
    LONGEST_REASONS,
    NO_AWARD,
    Grounds,
    Way,
    causes_of,
    standing,
    unanswered,
    way_message,
)

ENDED, AWARD = "publicity.ended", "award.published"
PASSED, FAILED = "candidate.passed-over", "section.failed"
CHOSEN = "winner.chosen"
RAISED = "result-objection.raised"
SETTLED = ("result-objection.answered", "result-objection.withdrawn")

Row = Mapping[str, Any]


def ended_without_award(dossier: Dossier) -> bool:
    """Whether the section failed after its candidates were published."""
    return any(one.facts["reason"] == NO_AWARD for one in dossier.all(FAILED))


def check_publicities(
    dossier: Dossier,
    tender: Tender,
    opened: Mapping[str, Opened],
    candidates: Sequence[Row],
    end: Logged,
    capacity: Mapping[int, Able],
) -> Row | None:
    """Everything from the candidates to `end` (award or failure) in its order: who wins, None where nobody is chosen yet.

    `evidence.objection`, `evidence.way`, `evidence.choice`, `evidence.capacity`, `evidence.early`, `evidence.order`,
    `publicity.too-short`.
    """
    published = determination(dossier, tender)
    settled = {} if tender.regime.reviewed else _settled(dossier, published)
    path = _Path(dossier, tender, opened, list(candidates), settled, capacity)
    if not tender.regime.reviewed:
        path.begin(published)
    for event in dossier.all(PASSED, ENDED, AWARD, FAILED, RAISED, CHOSEN, REOPENED, CAPACITY_ASKED):
        if event.number < published.number:
            raise Problem("evidence.order", first=event.name, then=published.name, where=event.where)
        path.follow(event)
    for event in dossier.all(AWARD):
        if event is not end:
            raise Problem("evidence.order", first=event.name, then=end.name, where=end.where)
    return path.chosen if tender.by_choice else path.left[0]


class _Path:
    """Where the candidates stand at each event: who is left, whether a publicity runs, and what was decided on what."""

    def __init__(
        self,
        dossier: Dossier,
        tender: Tender,
        opened: Mapping[str, Opened],
        left: list[Row],
        settled: Mapping[int, tuple[Logged, Logged]],
        capacity: Mapping[int, Able],
    ) -> None:
        self.dossier, self.tender, self.left, self.settled = dossier, tender, left, settled
        self.bidders = {one.bid.bidder.serial for one in opened.values()}
        self.report = report_message(versions(dossier, tender)[-1].report)
        self.capacity = capacity
        self.asked: list[int] = []
        self.chosen: Row | None = None
        self.followed: list[Sequence[int]] = []
        self.ends: datetime | None = None
        self.runs = False

    def begin(self, event: Logged) -> None:
        """A publicity of no less than the lawful time begins."""
        self.ends, self.runs = utc(event.facts["publicity_ends"], event.where), True
        with placed(event.where):
            publicity_window(self.tender.regime, event.at - SLACK, self.ends)

    def follow(self, event: Logged) -> None:
        """One event after the candidates' publication."""
        if event.name == CAPACITY_ASKED:
            return self._ask(event)
        if event.name == RAISED:
            return self._raised(event)
        if event.name == ENDED:
            return self._end(event)
        self._none_waits(event)
        match event.name:
            case "candidate.passed-over":
                self._decide(event, Way.NEXT, event.facts["bid"])
                self.begin(event)
            case "section.failed":
                self._decide(event, Way.RETENDER, None)
            case "evaluation.reopened":
                self._decide(event, Way.REEVALUATE, None)
            case "winner.chosen":
                self._choose(event)
            case _:
                self._end(event)

    def _raised(self, event: Logged) -> None:
        if self.tender.regime.reviewed:
            self._challenged(event)
        elif not self.runs:
            raise Problem("evidence.order", first=ENDED, then=event.name, where=event.where)

    def _end(self, event: Logged) -> None:
        """The publicity is over, or the award is told."""
        if not self.tender.regime.reviewed:
            self._late_enough(event)
        self._none_open(event)
        if numbers := self._unanswered(event):
            raise Problem("evidence.objection", number=numbers[0], where=event.where)
        if event.name == ENDED and not self.runs:
            raise Problem("evidence.event-twice", name=ENDED, where=event.where)
        if event.name == AWARD and self.runs:
            raise Problem("evidence.order", first=AWARD, then=ENDED, where=event.where)
        if event.name == AWARD and event.facts["winner"]["bid"] in self._unable:
            raise Problem("evidence.capacity", field="lacking", where=event.where)
        self.runs = False

    @property
    def _unable(self) -> set[str]:
        """The bids whose last answer, of what was asked of these candidates, says that they cannot perform (TBR 56)."""
        last = {self.capacity[number].bid: self.capacity[number].capable for number in self.asked}
        return {bid for bid, capable in last.items() if not capable}

    def _ask(self, event: Logged) -> None:
        """A signed question about a candidate that is left, on the report as it stands."""
        facts = event.facts
        right = {
            "bid": facts["bid"] in [one["bid"] for one in self.left],
            "report": facts["report"] == b64(self.report),
            "reasons": is_written(facts["reasons"], LONGEST_REASONS),
        }
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.capacity", field=field, where=event.where)
        with placed(event.where):
            message = capacity_message(
                self.dossier.section, self.report, facts["number"], facts["bid"], facts["reasons"]
            )
            signed = unb64(facts["certificate"]), unb64(facts["signature"])
            signer = self.dossier.signed(*signed, message, event.at)
        if signer.serial in self.bidders:
            raise Problem("evidence.capacity", field="signer", where=event.where)
        self.asked.append(facts["number"])

    def _none_waits(self, event: Logged) -> None:
        """Nothing is decided while the committee has not answered."""
        for number in self.asked:
            if number not in self.capacity or self.capacity[number].number > event.number:
                raise Problem("evidence.capacity", field="open", where=event.where)

    def _challenged(self, event: Logged) -> None:
        """A purchase is challenged after its result notice, in time (GPR 53)."""
        award = self.dossier.one(AWARD)
        in_order(award, event)
        until = utc(award.facts["result"]["challenge_until"], award.where)
        if event.at - SLACK >= until:
            raise Problem("evidence.result", field="challenge", where=event.where)

    def _decide(self, event: Logged, way: Way, bid: str | None) -> None:
        self._none_open(event)
        facts, numbers = event.facts, self._unanswered(event)
        grounds = Grounds(facts["cause"], tuple(facts["objections"]), facts["reasons"])
        bids = [one["bid"] for one in self.left]
        right = {
            "bid": way is not Way.NEXT or (bid in bids and len(bids) > 1),
            "cause": grounds.cause in causes_of(self.tender.regime, numbers, way, incapable=self._is_unable(bid)),
            "objections": grounds.objections == numbers,
            "reasons": is_written(grounds.reasons, LONGEST_REASONS),
            "report": facts["report"] == b64(self.report),
            "remaining": way is not Way.RETENDER or facts["remaining"] == len(bids),
        }
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.way", field=field, where=event.where)
        with placed(event.where):
            message = way_message(self.dossier.section, self.report, way, bid, grounds)
            signed = unb64(facts["certificate"]), unb64(facts["signature"])
            signer = self.dossier.signed(*signed, message, event.at)
        if signer.serial in self.bidders:
            raise Problem("evidence.way", field="signer", where=event.where)
        self.followed.append(numbers)
        self.left, self.chosen = [one for one in standing(self.left, [] if bid is None else [bid])], None

    def _is_unable(self, bid: str | None) -> bool:
        return bool(self._unable) if bid is None else bid in self._unable

    def _choose(self, event: Logged) -> None:
        """A winner is chosen where the notice leaves it, once the publicity has ended, of those who are left, once."""
        if self.runs:
            raise Problem("evidence.order", first=event.name, then=ENDED, where=event.where)
        facts = event.facts
        row = next((one for one in self.left if one["bid"] == facts["bid"]), None)
        right = {
            "left": self.tender.by_choice,
            "once": self.chosen is None,
            "bid": row is not None,
            "report": facts["report"] == b64(self.report),
            "reasons": is_written(facts["reasons"], LONGEST_REASONS),
            "capacity": facts["bid"] not in self._unable,
        }
        for field, holds in right.items():
            if not holds:
                raise Problem("evidence.choice", field=field, where=event.where)
        with placed(event.where):
            message = choice_message(self.dossier.section, self.report, facts["bid"], facts["reasons"])
            signed = unb64(facts["certificate"]), unb64(facts["signature"])
            signer = self.dossier.signed(*signed, message, event.at)
        if signer.serial in self.bidders:
            raise Problem("evidence.choice", field="signer", where=event.where)
        self.chosen = row

    def _late_enough(self, event: Logged) -> None:
        assert self.ends is not None
        if event.at < self.ends or not self.dossier.cosigned_since(event, self.ends):
            raise Problem("evidence.early", name=event.name, earliest=self.ends, where=event.where)

    def _none_open(self, event: Logged) -> None:
        for raised, settled in self.settled.values():
            if raised.number < event.number < settled.number:
                raise Problem("evidence.order", first=event.name, then=settled.name, where=settled.where)

    def _unanswered(self, event: Logged) -> tuple[int, ...]:
        upheld = [
            number
            for number, (_, settled) in self.settled.items()
            if settled.number < event.number and settled.facts.get("upheld")
        ]
        return unanswered(upheld, self.followed)


def _settled(dossier: Dossier, published: Logged) -> dict[int, tuple[Logged, Logged]]:
    """Each objection to the result with what settled it, once, after it was raised; `evidence.objection`, `.order`."""
    raised, settled = dossier.all(RAISED), dossier.all(*SETTLED)
    numbers = sorted(one.facts["number"] for one in settled)
    for place, one in enumerate(raised, dossier.objections_before + 1):
        if one.facts["number"] != place or place not in numbers:
            raise Problem("evidence.objection", number=one.facts["number"], where=one.where)
    by_number = {one.facts["number"]: one for one in raised}
    found = {}
    for one in settled:
        number = one.facts["number"]
        if number not in by_number or numbers.count(number) > 1:
            raise Problem("evidence.objection", number=number, where=one.where)
        in_order(published, by_number[number], one)
        found[number] = (by_number[number], one)
    return found
