"""Reading a committee: its seats, its locked sheets, its resolutions, and the bids before it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.db.work import Work
from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.evaluation.committee import Kind, Motion, Standing, standing
from trading.evaluation.marks import judge_id
from trading.evaluation.tables import Resolution, Sheet, Vote
from trading.examination.queries import settled
from trading.examination.rules import grounds
from trading.opening.queries import left_out
from trading.opening.states import LEFT_OUT
from trading.opening.tables import BidOpening
from trading.qualification.queries import qualification_of
from trading.sections.queries import lock_section
from trading.sections.tables import Section


class Committee(NamedTuple):
    """The seats by number, what they have resolved, the opened bids by id, what was moved, and what was examined."""

    seats: list[Seat]
    standing: Standing
    opened: list[Bid]
    motions: list[Motion]
    examined: dict[str, Any] | None = None
    unqualified: Mapping[str, str] = {}
    """Who is out by the purchaser's examination of qualification, and why (M87 44)."""

    @property
    def qualified(self) -> list[Bid]:
        """The bids that come before the committee."""
        return [bid for bid in self.opened if bid.id not in self.unqualified]

    @property
    def valid(self) -> list[Bid]:
        """The bids that take part: opened and not rejected."""
        return [bid for bid in self.opened if bid.id not in self.standing.rejected]

    def require_seated(self) -> None:
        """`panel.incomplete` while a seat is empty: nobody examines bids before the committee is whole (TBL 37)."""
        signed_in = sum(seat.signed_in_at is not None for seat in self.seats)
        if not self.seats or signed_in < len(self.seats):
            raise Problem("panel.incomplete", signed_in=signed_in, judges=len(self.seats))


async def committee_of(session: AsyncSession, section_id: str) -> Committee:
    """The section's committee as it is now."""
    seats = await seats_of(session, section_id)
    motions = await motions_of(session, seats)
    examination = await settled(session, section_id, {seat.draw for seat in seats})
    examined = None if examination is None else examination.result
    decided = standing(motions, len(seats))
    purchaser = await qualification_of(session, section_id)
    out = dict(purchaser.rejected) if purchaser else {}
    decided = decided._replace(rejected={**out, **grounds(examined), **decided.rejected})
    return Committee(seats, decided, await opened_bids(session, section_id), motions, examined, out)


async def own_seat(work: Work, seat_id: str) -> tuple[Seat, Section]:
    """The acting judge's seat after sign-in, and the section, locked first.

    `seat.unknown` for anybody else's, `evaluation.paused` while the committee is away.
    """
    seat = await work.session.get(Seat, seat_id)
    if seat is None or seat.id != work.ctx.actor.id:
        raise Problem("seat.unknown")
    section = await lock_section(work.session, seat.section)
    locked = select(Seat).where(Seat.id == seat_id).with_for_update().execution_options(populate_existing=True)
    held = (await work.session.execute(locked)).scalar_one_or_none()
    if held is None or held.certificate is None:
        raise Problem("seat.unknown")
    require_sitting(section)
    return held, section


def require_sitting(section: Section) -> None:
    """`evaluation.paused` while the room is sealed: no judge reads, marks, votes or locks."""
    if section.paused_at is not None:
        raise Problem("evaluation.paused", section=section.id, since=section.paused_at)


async def held_seat(session: AsyncSession, actor: Actor, seat_id: str) -> Seat:
    """The acting judge's seat to look from, nothing locked; `seat.unknown` for anybody else's or an empty one."""
    seat = await session.get(Seat, seat_id)
    if seat is None or seat.id != actor.id or seat.certificate is None:
        raise Problem("seat.unknown")
    return seat


async def seats_of(session: AsyncSession, section_id: str) -> list[Seat]:
    """The committee's seats by number."""
    found = select(Seat).where(Seat.section == section_id).order_by(Seat.number)
    return list((await session.execute(found)).scalars())


async def motions_of(session: AsyncSession, seats: list[Seat]) -> list[Motion]:
    """What was moved since these seats were drawn, by number, with the votes of those who hold them now."""
    judges = {seat.id: judge_id(seat.number) for seat in seats}
    draws = {seat.draw for seat in seats}
    rows = (
        select(Resolution, Vote)
        .outerjoin(Vote, Vote.resolution == Resolution.id)
        .where(Resolution.draw.in_(draws), Resolution.closed_at.is_(None))
        .order_by(Resolution.number)
    )
    found: dict[int, Motion] = {}
    votes: dict[int, dict[str, bool]] = {}
    for resolution, vote in await session.execute(rows):
        given = votes.setdefault(resolution.number, {})
        found[resolution.number] = Motion(resolution.number, Kind(resolution.kind), resolution.content, given)
        if vote is not None and vote.seat in judges:
            given[judges[vote.seat]] = vote.agrees
    return list(found.values())


async def sheets_of(session: AsyncSession, section_id: str) -> list[Sheet]:
    """The sheets locked so far; never to be shown before all are."""
    return list((await session.execute(select(Sheet).where(Sheet.section == section_id))).scalars())


async def opened_bids(session: AsyncSession, section_id: str) -> list[Bid]:
    """The opened bids whose files are whole, by id; which of them take part is `committee_of(...).valid`."""
    lost = await left_out(session, section_id)
    found = select(Bid).where(Bid.section == section_id, Bid.state == BidState.OPENED, Bid.id.not_in(lost))
    found = found.order_by(Bid.id)
    return list((await session.execute(found)).scalars())


async def takes_part(session: AsyncSession, section_id: str, bid: str) -> bool:
    """Whether a bid is one of the opened whose files are whole."""
    gone = select(BidOpening.bid).where(BidOpening.bid == Bid.id, BidOpening.stage.in_(LEFT_OUT)).exists()
    found = select(Bid.id).where(Bid.id == bid, Bid.section == section_id, Bid.state == BidState.OPENED, ~gone)
    return (await session.execute(found)).scalar_one_or_none() is not None
