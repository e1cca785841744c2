"""Reads of draws: those that are disclosed, page by page."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.kernel.problems import Problem

PAGE = 20


class Disclosed(NamedTuple):
    """Disclosed draws, the newest first, and the time before which there are more."""

    draws: list[Draw]
    before: datetime | None


async def disclosed_draws(session: AsyncSession, before: datetime | None) -> Disclosed:
    """Twenty draws disclosed before a time, or the newest."""
    wanted = select(Draw).where(Draw.state == DrawState.DISCLOSED).order_by(Draw.disclosed_at.desc()).limit(PAGE + 1)
    if before is not None:
        wanted = wanted.where(Draw.disclosed_at < before)
    found = list(await session.scalars(wanted))
    return Disclosed(found[:PAGE], found[PAGE - 1].disclosed_at if len(found) > PAGE else None)


async def disclosed_draw(session: AsyncSession, draw_id: str) -> Draw:
    """A disclosed draw; `draw.unknown` for any other, whether there is one or not."""
    draw = await session.get(Draw, draw_id)
    if draw is None or draw.state != DrawState.DISCLOSED:
        raise Problem("draw.unknown", draw=draw_id)
    return draw
