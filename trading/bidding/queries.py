"""A bidder's own bids, for its pages; whoever does not act for the bidder finds nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidPart
from trading.opening.tables import BidOpening
from trading.sections.states import SectionState
from trading.sections.tables import Section

STANDING = (BidState.SUBMITTED, BidState.OPENED, BidState.UNOPENED)
GONE = (BidState.REPLACED, BidState.WITHDRAWN, BidState.REFUSED)
SHOWN: Mapping[str, tuple[BidState, ...]] = {"standing": STANDING, "unfinished": (BidState.STARTED,), "gone": GONE}
"""The filters of the list of one's own bids."""
PAGE = 20


@dataclass(frozen=True)
class OwnBid:
    """One bid of the acting bidder with its section; `stage` tells how it came through the opening."""

    bid: Bid
    section: Section
    stage: str | None = None

    @property
    def open(self) -> bool:
        """Whether the section still takes bids; the server's clock decides at the moment of an act."""
        return self.section.state == SectionState.BIDDING


async def own_bids(
    session: AsyncSession, actor: Actor, shown: str = "", order: str = "", page: int = 1
) -> list[OwnBid]:
    """A page of the actor's bids, newest first (`deadline`: the section that ends first); one more than fits tells of more.

    An unknown filter shows all.
    """
    newest = (Bid.started_at.desc(), Bid.id)
    ordered = (Section.deadline, *newest) if order == "deadline" else newest
    rows = _own(actor, shown).order_by(*ordered).limit(PAGE + 1).offset(PAGE * (max(page, 1) - 1))
    return [OwnBid(bid, section, stage) for bid, section, stage in await session.execute(rows)]


async def count_own(session: AsyncSession, actor: Actor) -> dict[str, int]:
    """How many of the actor's bids each filter shows."""
    counted = select(Bid.state, func.count()).where(Bid.bidder == actor.organisation).group_by(Bid.state)
    found = {state: count for state, count in await session.execute(counted)}
    return {name: sum(found.get(state, 0) for state in states) for name, states in SHOWN.items()}


async def find_own(session: AsyncSession, actor: Actor, bid_id: str) -> OwnBid:
    """One's own bid with its section; `bid.unknown` for every other id."""
    row = (await session.execute(_own(actor, "").where(Bid.id == bid_id))).one_or_none()
    if row is None:
        raise Problem("bid.unknown", bid=bid_id)
    return OwnBid(*row)


async def own_in_section(session: AsyncSession, actor: Actor, section_id: str) -> list[OwnBid]:
    """The actor's bids for one section, the newest first."""
    rows = _own(actor, "").where(Bid.section == section_id).order_by(Bid.started_at.desc(), Bid.id)
    return [OwnBid(bid, section, stage) for bid, section, stage in await session.execute(rows)]


async def sealed_sizes(session: AsyncSession, bid_id: str) -> dict[str, int]:
    """The containers' sizes in bytes, by part."""
    rows = select(BidPart.part, BidPart.size).where(BidPart.bid == bid_id).order_by(BidPart.part)
    return {part: size for part, size in await session.execute(rows)}


def _own(actor: Actor, shown: str) -> Select[Bid, Section, str]:
    rows = (
        select(Bid, Section, BidOpening.stage)
        .join(Section, Section.id == Bid.section)
        .outerjoin(BidOpening, BidOpening.bid == Bid.id)
        .where(Bid.bidder == actor.organisation)
    )
    return rows.where(Bid.state.in_(SHOWN[shown])) if shown in SHOWN else rows
