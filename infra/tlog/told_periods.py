"""Periods of dummies as everybody may know them: where each begins and ends, and its key once the log has opened it."""

from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from infra.db.journal import Line
from infra.kernel.canonical import unb64
from infra.kernel.events import Event
from infra.tlog.tables import Period


class ToldPeriod(NamedTuple):
    """A period: its first leaf, that of the next (None: it runs), the event that began it, its key if that is open."""

    first: int
    end: int | None
    begun: Line
    key: bytes | None


async def told_periods(session: AsyncSession, low: int = 0, high: int | None = None) -> list[ToldPeriod]:
    """Those periods, in order, that hold a leaf from `low` to before `high`; without bounds all of them."""
    end = func.lead(Period.first).over(order_by=Period.first).label("end")
    known = select(Period.first, end).subquery()
    begun, opened = aliased(Line), aliased(Line)
    subject = "log-period:" + known.c.first.cast(Line.subject.type)
    wanted = (
        select(known.c.first, known.c.end, begun, opened.facts)
        .join(begun, (begun.subject == subject) & (begun.event == Event.PERIOD_BEGUN))
        .outerjoin(
            opened, (opened.subject == subject) & (opened.event == Event.PERIOD_OPENED) & opened.leaf.is_not(None)
        )
        .where(begun.leaf.is_not(None), or_(known.c.end.is_(None), known.c.end > low))
        .order_by(known.c.first)
    )
    if high is not None:
        wanted = wanted.where(known.c.first < high)
    rows = await session.execute(wanted)
    return [
        ToldPeriod(first, end, line, None if facts is None else unb64(facts["key"])) for first, end, line, facts in rows
    ]
