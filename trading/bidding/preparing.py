"""What a bidder has under way: the open sections of its tenders, and how much of each part has arrived."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.bidding.wire import block_count
from trading.sections.envelopes import second_parts
from trading.sections.states import SectionState
from trading.sections.tables import Section

MOST = 60
LIVING = (BidState.STARTED, BidState.SUBMITTED)


class Arrived(NamedTuple):
    """Blocks of a part that are there, of all."""

    there: int
    all: int


@dataclass(frozen=True)
class Preparing:
    """An open section: its newest living bid of the actor's (None before the upload began), and its parts' blocks."""

    section: Section
    bid: str | None = None
    state: BidState | None = None
    parts: Mapping[str, Arrived] = field(default_factory=dict)

    @property
    def handed_in(self) -> bool:
        """Whether a bid stands; a started one beside it is its replacement."""
        return self.state == BidState.SUBMITTED

    @property
    def wanted(self) -> tuple[str, ...]:
        """The parts that the section asks for, those of a second envelope last."""
        return (*self.section.parts, *second_parts(two_envelope=self.section.two_envelope))

    def arrived(self, part: str) -> bool:
        """Whether every block of a part is there."""
        found = self.parts.get(part)
        return found is not None and found.there == found.all


async def preparing(session: AsyncSession, actor: Actor, now: datetime, known: Collection[str] = ()) -> list[Preparing]:
    """The open sections of every tender in which the actor has a living bid or knows a section, by their numbers.

    `known` are sections that the bidder's browser has something of; ids that are no open section's are passed over.
    """
    if actor.organisation is None:
        return []
    tender, own = func.split_part(Section.id, "/", 1), func.split_part(Bid.section, "/", 1)
    begun = select(own).where(Bid.bidder == actor.organisation, Bid.state.in_(LIVING))
    of_known = tender.in_({one.partition("/")[0] for one in known})
    rows = select(Section).where(Section.state == SectionState.BIDDING, Section.deadline > now)
    found = await session.scalars(rows.where(or_(tender.in_(begun), of_known)).order_by(Section.id).limit(MOST))
    sections = {section.id: section for section in found}
    bids = await _living(session, actor, sections)
    parts = await _arrived(session, [bid.id for bid in bids.values()])
    return [_one(section, bids.get(section.id), parts) for section in sections.values()]


def _one(section: Section, bid: Bid | None, parts: Mapping[str, Mapping[str, Arrived]]) -> Preparing:
    if bid is None:
        return Preparing(section)
    return Preparing(section, bid.id, BidState(bid.state), parts.get(bid.id, {}))


async def _living(session: AsyncSession, actor: Actor, sections: Collection[str]) -> dict[str, Bid]:
    """By section the bid that stands, else the one begun last."""
    rows = select(Bid).where(Bid.bidder == actor.organisation, Bid.section.in_(sections), Bid.state.in_(LIVING))
    found: dict[str, Bid] = {}
    for bid in await session.scalars(rows.order_by(Bid.started_at, Bid.id)):
        if bid.section not in found or found[bid.section].state != BidState.SUBMITTED:
            found[bid.section] = bid
    return found


async def _arrived(session: AsyncSession, bids: Collection[str]) -> dict[str, dict[str, Arrived]]:
    there = (
        select(BidBlock.bid, BidBlock.part, func.count().label("there"))
        .where(BidBlock.bid.in_(bids))
        .group_by(BidBlock.bid, BidBlock.part)
        .subquery()
    )
    rows = await session.execute(
        select(BidPart.bid, BidPart.part, BidPart.size, func.coalesce(there.c.there, 0))
        .outerjoin(there, (there.c.bid == BidPart.bid) & (there.c.part == BidPart.part))
        .where(BidPart.bid.in_(bids))
    )
    found: dict[str, dict[str, Arrived]] = {}
    for bid, part, size, count in rows:
        found.setdefault(bid, {})[part] = Arrived(count, block_count(size))
    return found
