"""A draw is ordered at the desk and frozen by the system, which alone sees every region a need reaches."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from expertpool.draw.actions import freeze_draw
from expertpool.draw.limits import fail
from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects

FREEZE = "freeze-draw"
TOO_FEW = "draw.too-few"
NOT_FILLED = "supplement.too-few"
"""Why a supplementary draw failed that the pool cannot serve: its professions and numbers are those of the vacant seats."""
REFUSALS = 5
DAY = timedelta(hours=24)


async def order_draw(work: Work, draw_id: str) -> None:
    """Order what was asked for to be drawn: pool, audit, commitments and the draw follow by themselves.

    `draw.unknown`; `draw.tried-often` after five refusals within a day, for each tells how many a specialty holds.
    """
    require(work.ctx.actor, "draw.order")
    draw = await work.session.get(Draw, draw_id, with_for_update=True)
    if draw is None:
        raise Problem("draw.unknown", draw=draw_id)
    state = LIFE.move("order", DrawState(draw.state), work.ctx.actor.role)
    refused = select(func.count()).where(
        Line.event == Event.DRAW_REFUSED, Line.section == draw.section, Line.at > work.ctx.now - DAY
    )
    if (await work.session.execute(refused)).scalar_one() >= REFUSALS:
        raise Problem("draw.tried-often", most=REFUSALS)
    draw.state, draw.ordered_at = state, work.ctx.now
    work.record(Event.DRAW_ORDERED, draw.id, section=draw.section, region=draw.region)
    await enqueue(work, FREEZE, draw=draw.id)


async def freeze_ordered(database: Database, objects: Objects, keys: KeyService, draw_id: str) -> None:
    """Freeze an ordered draw, once however often it is called; a pool that cannot serve is refused, and asked for anew."""
    try:
        async with database.work(SYSTEM) as work:
            if await _is_ordered(work, draw_id):
                await freeze_draw(work, objects, keys, draw_id)
    except Problem as problem:
        if problem.code != TOO_FEW:
            raise
        async with database.work(SYSTEM) as work:
            await _refuse(work, draw_id, problem.facts)


async def _is_ordered(work: Work, draw_id: str) -> bool:
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    return draw.state == DrawState.ORDERED


async def _refuse(work: Work, draw_id: str, facts: dict[str, Any]) -> None:
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    if draw.state != DrawState.ORDERED:
        return
    if not draw.supplement:
        draw.state = LIFE.move("refuse", DrawState(draw.state), work.ctx.actor.role)
    named = {name: facts[name] for name in ("specialty", "eligible", "needed")}
    work.record(Event.DRAW_REFUSED, draw.id, section=draw.section, region=draw.region, **named)
    if draw.supplement:
        # It can be asked for in no other way: the supervisor decides between waiting and a new committee.
        await fail(work, draw, NOT_FILLED, None)
