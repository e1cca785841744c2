"""Who was drawn how often: one sealed row for each seat filled, so that no count on an expert tells of a draw."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import delete, select

from expertpool.draw.tables import Draw, Drawing
from infra.auth.keys import KeyService
from infra.db.work import Work

DRAWING = "drawing"
_RECENT = "SELECT id, sealed_expert FROM drawings WHERE counted_at > $1::timestamptz - interval '12 months'"


async def note_drawing(work: Work, keys: KeyService, draw: str, place: int, specialty: str, expert: str) -> None:
    """Count a seat that this expert fills, for twelve months; `place` is the seat's number."""
    drawing = work.ctx.new_id("drawing")
    work.session.add(
        Drawing(
            id=drawing,
            draw=draw,
            region=(await work.session.get_one(Draw, draw)).region,
            place=place,
            specialty=specialty,
            sealed_expert=keys.wrap(DRAWING, drawing, expert.encode(), work.ctx.random),
            counted_at=work.ctx.now,
        )
    )


async def uncount_drawing(work: Work, draw: str, place: int) -> None:
    """Whoever was called to this seat and never took it up was not drawn: what was counted last for it goes."""
    newest = select(Drawing.id).where(Drawing.draw == draw, Drawing.place == place)
    found = newest.order_by(Drawing.counted_at.desc()).limit(1).scalar_subquery()
    await work.session.execute(delete(Drawing).where(Drawing.id == found))


async def times_drawn(connection: "asyncpg.Connection[Any]", keys: KeyService, now: datetime) -> Counter[str]:
    """How often each expert was drawn in the last 12 months, by id; whoever was not is missing."""
    rows = await connection.fetch(_RECENT, now)
    return await asyncio.to_thread(_counted, keys, rows)


def _counted(keys: KeyService, rows: Sequence[Any]) -> Counter[str]:
    return Counter(keys.unwrap(DRAWING, row["id"], row["sealed_expert"]).decode() for row in rows)
