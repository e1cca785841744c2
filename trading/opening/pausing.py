"""Whether the host has paused an opening: its running times stand still, the opening of bids does not."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from trading.opening.tables import HallNote

PAUSE, RESUME = "pause", "resume"


async def last_pause(session: AsyncSession, section_id: str) -> datetime | None:
    """Since when the opening is paused, None while it is not."""
    latest = (
        select(HallNote)
        .where(HallNote.section == section_id, HallNote.kind.in_((PAUSE, RESUME)))
        .order_by(HallNote.id.desc())
    )
    note = (await session.execute(latest.limit(1))).scalar_one_or_none()
    return note.at if note is not None and note.kind == PAUSE else None
