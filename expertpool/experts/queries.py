"""How many experts a draw could reach: counts only, never who."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.tables import Expert


class Reach(NamedTuple):
    """Of one specialty: how many experts are available, and of how many employers (one a committee, TBR 46)."""

    experts: int
    employers: int


async def reach(session: AsyncSession, region: str, avoid: Collection[str] = ()) -> dict[str, Reach]:
    """By specialty, what a region's pool holds without the employees of these credit codes, in order of its code."""
    specialty = func.unnest(Expert.specialties).label("specialty")
    body = func.coalesce(Expert.employer, Expert.id).label("body")
    pool = select(specialty, body, Expert.id).where(Expert.available, Expert.region == region).subquery()
    counted = select(pool.c.specialty, func.count(), func.count(pool.c.body.distinct())).where(
        pool.c.body.not_in(list(avoid))
    )
    rows = await session.execute(counted.group_by(pool.c.specialty).order_by(pool.c.specialty))
    return {name: Reach(experts, employers) for name, experts, employers in rows}
