"""What a bidder is still asked for so that its own bid opens: a factor, a part in plain; until when, how often."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from trading.bidding.tables import Bid, BidPart
from trading.bidding.uploads import own_bid
from trading.opening.giving import FACTOR
from trading.opening.pausing import last_pause
from trading.opening.rules import MOST_TRIES
from trading.opening.states import LEFT_OUT, Stage
from trading.opening.tables import BidFactor, BidOpening, OpeningWindow, Remedy
from trading.sections.envelopes import PRICE


@dataclass(frozen=True)
class FactorAsked:
    """The factor of a bid: asked for `until`, unless it was `given_at`; `left` tries. `over` once nothing is taken."""

    until: datetime
    left: int
    given_at: datetime | None
    over: bool


@dataclass(frozen=True)
class PartAsked:
    """A part that may be shown: bytes of its container, the commitment its bidder signed, whether it is there."""

    part: str
    size: int
    commit: bytes
    done: bool


@dataclass(frozen=True)
class RemedyAsked:
    """The remedy of a bid: its parts may be shown `until`."""

    until: datetime
    parts: tuple[PartAsked, ...]
    over: bool

    @property
    def missing(self) -> tuple[PartAsked, ...]:
        """The parts that are not there yet."""
        return tuple(one for one in self.parts if not one.done)


@dataclass(frozen=True)
class Rescue:
    """What stands between a bid and its opening, as far as its bidder can do something about it."""

    bid: str
    stage: Stage | None
    factor: FactorAsked | None
    remedy: RemedyAsked | None

    @property
    def wants_factor(self) -> bool:
        """Whether the factor may be given now."""
        one = self.factor
        return one is not None and one.given_at is None and not one.over and one.left > 0

    @property
    def wants_remedy(self) -> bool:
        """Whether a part may be shown now."""
        return self.remedy is not None and not self.remedy.over and bool(self.remedy.missing)


async def rescue_of(session: AsyncSession, actor: Actor, bid_id: str, now: datetime) -> Rescue:
    """What the actor's own bid still needs; `bid.unknown` for every other id. While the hall is paused no limit passes."""
    bid = await own_bid(session, actor, bid_id)
    now = await last_pause(session, bid.section) or now
    opening = await session.get(BidOpening, bid_id)
    return Rescue(
        bid_id,
        None if opening is None else Stage(opening.stage),
        await _factor(session, bid),
        None if opening is None else await _remedy(session, bid, opening, now),
    )


async def _factor(session: AsyncSession, bid: Bid) -> FactorAsked | None:
    window = await session.get(OpeningWindow, (bid.section, FACTOR))
    if window is None:
        return None
    known = await session.get(BidFactor, bid.id)
    left, given_at = (MOST_TRIES, None) if known is None else (MOST_TRIES - known.refused, known.given_at)
    return FactorAsked(window.until, left, given_at, window.closed_at is not None)


async def _remedy(session: AsyncSession, bid: Bid, opening: BidOpening, now: datetime) -> RemedyAsked | None:
    if opening.remedy_until is None:
        return None
    parts = await session.scalars(select(BidPart).where(BidPart.bid == bid.id).order_by(BidPart.part))
    shown = set(await session.scalars(select(Remedy.part).where(Remedy.bid == bid.id)))
    asked = tuple(
        PartAsked(one.part, one.size, one.commit, one.part in shown or one.wrapped_key is not None)
        for one in parts
        if one.part != PRICE or opening.stage == Stage.PRICE_WAITS
    )
    settled = Stage(opening.stage) in (*LEFT_OUT, Stage.CHECKED, Stage.PRICED)
    return RemedyAsked(opening.remedy_until, asked, settled or now >= opening.remedy_until)
