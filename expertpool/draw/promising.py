"""What a body is shown before it commits: the frozen event, and for a further attempt the supervisor's signed reason."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event


async def commit_lines(session: AsyncSession, frozen: Event, draw_id: str) -> list[int]:
    """The journal lines to be proven, `frozen` first. A body that had no part in an attempt that failed knows only by
    `redraw.allowed` that its number was passed lawfully."""
    wanted = select(Line.event, Line.id).where(Line.event.in_((frozen, Event.REDRAW_ALLOWED)), Line.subject == draw_id)
    found = {event: number for event, number in await session.execute(wanted.order_by(Line.id))}
    return [found[event] for event in (frozen, Event.REDRAW_ALLOWED) if event in found]
