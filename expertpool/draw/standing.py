"""What stands of a section's committee: the draws it comes from, and the expert seats nobody holds."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat

DRAWN = (DrawState.REVEALED, DrawState.DISCLOSED)


async def committee_draws(session: AsyncSession, section: str) -> list[Draw]:
    """The draws whose seats and alternates count now, the oldest first: the last whole one and its supplements."""
    drawn = select(Draw).where(Draw.section == section, Draw.state.in_(DRAWN)).order_by(Draw.number.desc())
    found: list[Draw] = []
    for draw in (await session.execute(drawn)).scalars():
        found.append(draw)
        if not draw.supplement:
            break
    return found[::-1]


async def vacancies(session: AsyncSession, section: str) -> Sequence[Seat]:
    """The seats of experts that nobody holds because no alternate was left, by number."""
    empty = select(Seat).where(Seat.section == section, Seat.kind == "expert", Seat.vacant_since.is_not(None))
    return (await session.execute(empty.order_by(Seat.number))).scalars().all()
