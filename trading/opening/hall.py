"""What an opening hall shows: who is announced and with what, the record and its answers, notes; nothing before the closing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Organisation
from infra.db.journal import Line
from infra.kernel.channels import OF_A_SECTION
from infra.kernel.context import Actor
from infra.kernel.events import Event
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.opening.giving import windows_of
from trading.opening.pausing import PAUSE, RESUME
from trading.opening.states import Cause, Stage
from trading.opening.tables import (
    BidFactor,
    BidOpening,
    Confirmation,
    HallNote,
    Objection,
    OpeningRecord,
    OpeningWindow,
)
from trading.sections.tables import Section

TOLD = (*(OF_A_SECTION - {Event.BID_FILES_CHECKED}), Event.KEY_RELEASED, Event.KEY_REFUSED)
LATEST = 12


@dataclass(frozen=True)
class Announced:
    """One bid of the frozen list whose form was tried: read out (`form`), or not, with the reason and whose it is."""

    bid: str
    bidder: str
    name: str
    stage: Stage
    at: datetime
    form: Mapping[str, str] | None
    trouble: Mapping[str, Any] | None
    cause: Cause | None
    reasons: str | None
    remedy_until: datetime | None = None


@dataclass(frozen=True)
class Scene:
    """An opening at one moment; everything is empty until the section is closed."""

    announced: tuple[Announced, ...] = ()
    record: OpeningRecord | None = None
    confirmed: Mapping[str, Confirmation] = field(default_factory=dict)
    objections: tuple[Objection, ...] = ()
    notes: tuple[HallNote, ...] = ()
    latest: tuple[Line, ...] = ()
    windows: Mapping[str, OpeningWindow] = field(default_factory=dict)
    given: int = 0
    """How many bidders' factors are there."""
    second_released: Mapping[str, datetime] = field(default_factory=dict)
    """When each custodian released its key of the second envelopes, by name."""
    priced_at: datetime | None = None
    """When the last price envelope so far was opened."""

    @property
    def paused(self) -> HallNote | None:
        """The note that paused the confirming, while it is paused."""
        turns = [note for note in self.notes if note.kind in (PAUSE, RESUME)]
        return turns[-1] if turns and turns[-1].kind == PAUSE else None

    @property
    def open_objections(self) -> tuple[Objection, ...]:
        """Objections without an answer, oldest first."""
        return tuple(one for one in self.objections if one.answer is None)

    @property
    def names(self) -> dict[str, str]:
        """The bidder's name by bid."""
        return {one.bid: one.name for one in self.announced}


@dataclass(frozen=True)
class OwnBid:
    """A bidder's own bid in a section: never shown to anybody else before its announcement."""

    id: str
    state: BidState
    submitted_at: datetime | None
    digest: bytes


async def scene(session: AsyncSession, section: Section) -> Scene:
    """The opening of a section as everybody may see it now."""
    if section.closed_at is None:
        return Scene()
    given = select(Confirmation).where(Confirmation.section == section.id)
    return Scene(
        announced=await _announced(session, section.id),
        record=await session.get(OpeningRecord, section.id),
        confirmed={one.bid: one for one in await session.scalars(given)},
        objections=tuple(
            await session.scalars(
                select(Objection).where(Objection.section == section.id).order_by(Objection.at, Objection.id)
            )
        ),
        notes=tuple(
            await session.scalars(select(HallNote).where(HallNote.section == section.id).order_by(HallNote.id))
        ),
        latest=await _latest(session, section),
        windows=await windows_of(session, section.id),
        given=await _given(session, section.id) if section.bidder_factor else 0,
        second_released=await _second_released(session, section) if section.two_envelope else {},
        priced_at=await _priced_at(session, section.id) if section.two_envelope else None,
    )


async def own_bid_in(session: AsyncSession, actor: Actor, section_id: str) -> OwnBid | None:
    """The bid with which the actor's body takes part in a section, if any stands."""
    own = select(Bid).where(
        Bid.section == section_id,
        Bid.bidder == actor.organisation,
        Bid.state.in_((BidState.SUBMITTED, BidState.OPENED, BidState.UNOPENED)),
    )
    bid = (await session.execute(own.order_by(Bid.submitted_at.desc()).limit(1))).scalar_one_or_none()
    return None if bid is None else OwnBid(bid.id, BidState(bid.state), bid.submitted_at, bid.digest)


async def _given(session: AsyncSession, section_id: str) -> int:
    given = select(func.count()).select_from(BidFactor)
    there = given.where(BidFactor.section == section_id, BidFactor.given_at.is_not(None))
    return (await session.execute(there)).scalar_one()


async def _second_released(session: AsyncSession, section: Section) -> dict[str, datetime]:
    told = select(Line).where(Line.section == section.id, Line.event == Event.KEY_RELEASED)
    lines = await session.scalars(told.where(Line.subject == section.second_keyset))
    return {str(line.facts["custodian"]): line.at for line in lines}


async def _priced_at(session: AsyncSession, section_id: str) -> datetime | None:
    opened = select(func.max(Line.at)).where(Line.section == section_id, Line.event == Event.PRICE_OPENED)
    at: datetime | None = await session.scalar(opened)
    return at


async def _announced(session: AsyncSession, section_id: str) -> tuple[Announced, ...]:
    """In the order in which they were announced; a bid whose form nobody has tried yet has no name."""
    first = (
        select(Line.subject, func.min(Line.id).label("id"), func.min(Line.at).label("at"))
        .where(Line.section == section_id, Line.event.in_((Event.BID_OPENED, Event.BID_UNOPENED)))
        .group_by(Line.subject)
        .subquery()
    )
    rows = await session.execute(
        select(Bid, BidOpening, Organisation, first.c.at)
        .join(BidOpening, BidOpening.bid == Bid.id)
        .join(Organisation, Organisation.id == Bid.bidder)
        .join(first, first.c.subject == Bid.id)
        .where(BidOpening.section == section_id, BidOpening.stage != Stage.SEALED)
        .order_by(first.c.id)
    )
    return tuple(
        Announced(
            bid=bid.id, bidder=body.credit_code, name=body.name, stage=Stage(opening.stage), at=at, form=bid.form,
            trouble=bid.trouble, cause=None if opening.cause is None else Cause(opening.cause), reasons=opening.reasons,
            remedy_until=opening.remedy_until,
        )
        for bid, opening, body, at in rows
    )  # fmt: skip


async def _latest(session: AsyncSession, section: Section) -> tuple[Line, ...]:
    """Keys of a draw are left out: that there is one is secret until the marks are published."""
    of_bids = or_(Line.event.not_in((Event.KEY_RELEASED, Event.KEY_REFUSED)), Line.subject.in_(section.keysets))
    lines = select(Line).where(Line.section == section.id, Line.event.in_(TOLD), of_bids)
    return tuple(await session.scalars(lines.order_by(Line.id.desc()).limit(LATEST)))


def silent(scene: Scene) -> Sequence[str]:
    """The bids whose bidders have not confirmed the record, in the order of the announcement."""
    return [one.bid for one in scene.announced if one.bid not in scene.confirmed]
