"""What a judge sees of the own section: who sits, what is decided, the own marks; never anybody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from litestar import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.tables import Organisation
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.blind.queries import blindfold_of
from trading.blind.rules import Blindfold
from trading.evaluation.actions import own_sheet
from trading.evaluation.bands import reason_below
from trading.evaluation.committee import Kind
from trading.evaluation.consolidating import Asked, asked_of
from trading.evaluation.drafts import Draft, own_drafts, sheet_of_drafts
from trading.evaluation.leader import Election, election_of
from trading.evaluation.marks import Reasoned, judge_id
from trading.evaluation.method import ANCHORS, Label
from trading.evaluation.queries import Committee, committee_of, held_seat
from trading.evaluation.reading import read_method
from trading.evaluation.rules import Item, ItemKind, Method
from trading.evaluation.tables import Evaluation, Sheet
from trading.evaluation.words import reasons_missing
from trading.examination.queries import Examining, examining
from trading.inquiries.queries import inquiries_of
from trading.inquiries.states import OPEN as WAITING
from trading.inquiries.tables import Inquiry
from trading.opening.queries import Progress, opening_progress
from trading.regimes.regime import Regime, Rule
from trading.review.queries import Review, review_of
from trading.sections.actions import regime_of
from trading.sections.queries import document_of
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.sitting.queries import NOT_SITTING, Sitting, has_asked, sitting_of
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import Visit

JUDGE = {"audience": "judge"}
BEFORE_THE_REPORT = (SectionState.OPENED, SectionState.EVALUATING, SectionState.PRICING)
REPORT_OPEN = (SectionState.MARKED, SectionState.REPORTED)
"""While a report can be signed; a dissent is taken in the first of them only."""


class Row(NamedTuple):
    """What a judge marks together: under a label or a bid's id, its name as shown, and the items."""

    key: str
    name: str
    blind: bool
    items: list[Item]
    price: str | None = None


@dataclass(frozen=True)
class Room:
    """The room of one judge at one moment; `locked` are the own locked marks, `drafts` the saved ones before that."""

    seat: Seat
    section: Section
    committee: Committee
    names: dict[str, str]
    method: Method
    labels: dict[str, Label]
    regime: Regime
    progress: Progress
    election: Election
    drafts: dict[str, dict[str, Draft]]
    locked: Reasoned | None
    evaluation: Evaluation | None
    answered: bool
    fold: Blindfold | None
    asked: Asked | None = None
    examination: Examining | None = None
    inquiries: Sequence[Inquiry] = ()
    review: Review = field(default_factory=Review)
    sitting: Sitting = NOT_SITTING
    wants_time: bool = False

    @property
    def judge(self) -> str:
        """How the public knows this judge: `J3`."""
        return judge_id(self.seat.number)

    @property
    def bids(self) -> Sequence[Bid]:
        """The bids that take part, by id."""
        return self.committee.valid

    @property
    def items(self) -> list[Item]:
        """What this judge marks alone, in the method's order."""
        return list(self.method.of_kind(ItemKind.SUBJECTIVE).values())

    @property
    def found_items(self) -> list[Item]:
        """What the committee finds together."""
        return list(self.method.of_kind(ItemKind.OBJECTIVE).values())

    @cached_property
    def sheet(self) -> Reasoned:
        """The own sheet as it stands, of the rows and items that are marked now."""
        if self.locked is not None:
            return self.locked
        return sheet_of_drafts(self.drafts, {row.key: [item.id for item in row.items] for row in self.rows})

    @property
    def marks(self) -> Mapping[str, Mapping[str, str]]:
        """The own marks as they stand."""
        return self.sheet.marks

    def share(self, item: str) -> Decimal:
        """The share of an item's maximum below which a mark needs a written reason."""
        return reason_below(self.labels.get(item, Label()), self.regime)

    @property
    def unexplained(self) -> list[tuple[str, str]]:
        """Where a written reason is due and there is none, as (bid or label, item)."""
        return reasons_missing(self.sheet, self.method.of_kind(ItemKind.SUBJECTIVE), self.share)

    @cached_property
    def rows(self) -> list[Row]:
        """The sheet row by row: blind parts under their labels in this judge's own order, then what bids are known by."""
        fold, bids = self.fold or Blindfold(), {bid.id: bid for bid in self.bids}
        items = [item for item in self.items if item.id not in fold.items]
        labels = [label for label in fold.order(self.judge) if fold.labels[label] in bids]
        blind = [Row(label, label, True, [item for item in self.items if item.id in fold.items]) for label in labels]
        known = [Row(bid, self.name(bid), False, items, (one.form or {}).get("price")) for bid, one in bids.items()]
        return [*blind, *known]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What the own sheet still lacks, as (bid or label, item)."""
        return [
            (row.key, item.id) for row in self.rows for item in row.items if item.id not in self.marks.get(row.key, {})
        ]

    @property
    def whole(self) -> bool:
        """Whether every seat is taken."""
        return all(one.signed_in_at is not None for one in self.committee.seats)

    @property
    def checked(self) -> bool:
        """Whether the files of all bids are checked and nothing about them waits for anybody."""
        told = self.progress
        whole = told.checked + told.left_out == told.listed and not told.waiting and not told.halted
        return whole and self.fold is not None

    @property
    def examined(self) -> bool:
        """Whether the preliminary examination is settled, or none is asked for."""
        return self.examination is None or self.examination.result is not None

    @property
    def needs_finding(self) -> bool:
        """Whether objective marks have still to be found."""
        return bool(self.found_items) and not self.committee.standing.finds([bid.id for bid in self.bids])

    @property
    def needs_competition(self) -> bool:
        """Whether so few bids are valid that the committee must say whether competition is lacking."""
        few = len(self.bids) < self.regime.count(Rule.VALID_BIDS_MINIMUM)
        return few and self.committee.standing.lacking([bid.id for bid in self.bids]) is None

    @property
    def may_mark(self) -> bool:
        """Whether the sheet is open."""
        return self.section.state == SectionState.EVALUATING and self.checked and self.examined and self.locked is None

    @property
    def settled(self) -> bool:
        """Whether nothing is left open that must be decided before anybody locks."""
        open_ones = self.committee.standing.undecided or self.needs_finding or self.needs_competition
        return self.whole and self.checked and self.examined and not open_ones

    @property
    def sign_until(self) -> datetime | None:
        """When whoever has not answered the report has consented; None while there is no report."""
        if self.evaluation is None:
            return None
        return self.review.until or self.regime.end(self.evaluation.published_at, Rule.REPORT_SIGNING)

    @property
    def may_sign(self) -> bool:
        """Whether the own signature under the report is still taken."""
        return self.evaluation is not None and not self.answered and self.section.state in REPORT_OPEN

    @property
    def may_dissent(self) -> bool:
        """Whether reasons against the report are still taken: until silence has been counted."""
        return self.may_sign and self.section.state == SectionState.MARKED

    def name(self, bid: str) -> str:
        """The bidder behind a bid."""
        return self.names[bid]

    def anchors(self, item: str) -> list[str]:
        """What each range of an item's marks means, as the tender document has it; empty where it says nothing."""
        return [line for line in self.labels.get(item, Label()).get(ANCHORS, "").splitlines() if line.strip()]

    def label(self, item: str, language: str) -> str:
        """An item's name in a language, else in Chinese, else its id."""
        names = self.labels.get(item, Label())
        return str(names.get(language) or names.get("zh") or item)


class Station(NamedTuple):
    """One station of the way through the room: its msgid, where it is, where it stands, and in a word (msgid) why."""

    text: str
    path: str
    status: str
    note: str


DONE, NOW, LATER, SPARED = "done", "now", "todo", "spared"
NOTES = {DONE: N_("done"), NOW: N_("due now"), LATER: N_("later"), SPARED: N_("not needed")}
CONSENTED = N_("silence counted as consent")


def stations(room: Room) -> list[Station]:
    """The way through the room; the first that is neither done nor spared is what is due."""
    standing = {
        "/judge": DONE,
        "/judge/leader": _leader(room),
        **({} if room.examination is None else {"/judge/examination": _examination(room)}),
        **({"/judge/inquiries": _inquiries(room)} if room.inquiries else {}),
        "/judge/committee": _committee(room),
        "/judge/marks": _marks(room),
        **({} if room.asked is None else {"/judge/explanations": _explanations(room)}),
        "/judge/report": _report(room),
    }
    texts = {
        "/judge": N_("Sign-in and recusal"),
        "/judge/leader": N_("Leader"),
        "/judge/examination": N_("Preliminary examination"),
        "/judge/inquiries": N_("Written inquiries"),
        "/judge/committee": N_("Decide together"),
        "/judge/marks": N_("Mark alone"),
        "/judge/explanations": N_("Explain own marks"),
        "/judge/report": N_("Report and signature"),
    }
    due = next((path for path, status in standing.items() if status == LATER), None)
    if due is not None:
        standing[due] = NOW
    silent = standing["/judge/report"] == SPARED and room.evaluation is not None
    return [
        Station(texts[path], path, status, CONSENTED if silent and path == "/judge/report" else NOTES[status])
        for path, status in standing.items()
    ]


def _leader(room: Room) -> str:
    if room.election.elected is not None:
        return DONE
    return LATER if room.section.state in BEFORE_THE_REPORT else SPARED


def _examination(room: Room) -> str:
    if room.examined:
        return DONE
    return LATER if room.section.state in BEFORE_THE_REPORT else SPARED


def _inquiries(room: Room) -> str:
    waits = room.section.state == SectionState.EVALUATING and any(one.state in WAITING for one in room.inquiries)
    return LATER if waits else DONE


def _committee(room: Room) -> str:
    """Spared where nothing was moved and nothing had to be."""
    if room.section.state in BEFORE_THE_REPORT and not room.settled:
        return LATER
    return DONE if room.committee.motions else SPARED


def _marks(room: Room) -> str:
    if room.locked is not None:
        return DONE
    return LATER if room.section.state in BEFORE_THE_REPORT else SPARED


def _explanations(room: Room) -> str:
    if room.asked is not None and room.asked.texts is not None:
        return DONE
    return LATER if room.section.state == SectionState.EVALUATING else SPARED


def _report(room: Room) -> str:
    if room.answered:
        return DONE
    return LATER if room.section.state in (*BEFORE_THE_REPORT, *REPORT_OPEN) else SPARED


async def enter(stack: Stack, visit: Visit) -> Room:
    """The room of the judge who asks; `seat.unknown` where the seat is another's by now."""
    async with stack.database.reading() as session:
        return await room_of(session, stack, visit)


async def room_of(session: AsyncSession, stack: Stack, visit: Visit) -> Room:
    """The same within a session."""
    seat = await held_seat(session, visit.actor, visit.actor.id)
    section = await session.get_one(Section, seat.section)
    committee, document = await committee_of(session, section.id), await document_of(session, section.id)
    sheet, method = await session.get(Sheet, seat.id), read_method(document.method)
    fold = await blindfold_of(session, stack.keys.service, section, method)
    drafts = await own_drafts(session, stack.keys.service, seat.id)
    return Room(
        seat=seat,
        section=section,
        committee=committee,
        names=await _names(session, section.id),
        method=method,
        labels={item: Label(names) for item, names in document.labels.items()},
        regime=regime_of(section, stack.settings.mode),
        progress=await opening_progress(session, section.id),
        election=await election_of(session, committee.seats),
        drafts=drafts if fold is None else fold.shown(drafts),
        locked=await own_sheet(session, stack.keys.service, seat.id),
        evaluation=await session.get(Evaluation, section.id),
        answered=sheet is not None and sheet.report_signature is not None,
        fold=fold,
        asked=await asked_of(session, stack.keys.service, seat.id),
        examination=await examining(session, stack.keys.service, seat, committee.seats, _examiners(section, stack)),
        inquiries=await inquiries_of(session, section.id),
        review=await review_of(session, section.id),
        sitting=await sitting_of(session, section),
        wants_time=await has_asked(session, seat.id),
    )


def _examiners(section: Section, stack: Stack) -> tuple[str, ...]:
    return regime_of(section, stack.settings.mode).words(Rule.QUALIFICATION_BY)


async def room_page(visit: Visit, stack: Stack) -> Response[Any]:
    """The first page behind the door."""
    try:
        room = await enter(stack, visit)
    except Problem as problem:
        if problem.code != "seat.unknown":
            raise
        return page(visit, "judge/gone.html", demo=stack.demo, status=404)
    return show(visit, stack, "judge/room.html", room)


def show(visit: Visit, stack: Stack, template: str, room: Room, *, status: int = 200, **facts: Any) -> Response[str]:
    """A page of the room."""
    return page(
        visit, template, demo=stack.demo, status=status, room=room, stations=stations(room), kinds=Kind, **facts
    )


async def _names(session: AsyncSession, section_id: str) -> dict[str, str]:
    rows = select(Bid.id, Organisation.name).join(Organisation, Organisation.id == Bid.bidder)
    found = await session.execute(rows.where(Bid.section == section_id, Bid.form.is_not(None)))
    return {bid: name for bid, name in found}
