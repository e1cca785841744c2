"""The evaluations of a section: those that were set aside, which round is in force, and where the journal says so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from infra.db.journal import Line
from infra.kernel.events import Event
from trading.evaluation.tables import SetAside


class Earlier(NamedTuple):
    """One evaluation that was set aside: its number, its evidence file, when it was published and when set aside."""

    number: int
    evidence: Mapping[str, Any]
    published_at: datetime
    set_aside_at: datetime


def reopened_line(section: Any) -> ScalarSelect[int]:
    """The journal's last line that had a section's committee evaluate again; 0 where none did."""
    told = aliased(Line)  # the query around it may be over the journal too
    last = select(func.coalesce(func.max(told.id), 0))
    return last.where(told.section == section, told.event == Event.EVALUATION_REOPENED).scalar_subquery()


async def earlier_evaluations(session: AsyncSession, section_id: str) -> list[Earlier]:
    """Every evaluation of a section that was set aside, in order; each had been public."""
    wanted = select(SetAside).where(SetAside.section == section_id).order_by(SetAside.number)
    rows = (await session.execute(wanted)).scalars()
    return [Earlier(one.number, one.evidence, one.published_at, one.set_aside_at) for one in rows]


async def how_often(session: AsyncSession, section_id: str) -> int:
    """How many evaluations of a section were set aside."""
    counted = select(func.count()).select_from(SetAside).where(SetAside.section == section_id)
    return (await session.execute(counted)).scalar_one()


async def of_round(session: AsyncSession, section_id: str) -> str:
    """The section as the timers of its evaluation in force know it: `<section>`, and `<section>#E<n>` after the first."""
    often = await how_often(session, section_id)
    return f"{section_id}#E{often + 1}" if often else section_id
