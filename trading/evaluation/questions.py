"""What the procuring entity has asked the committee after its report, and what of it waits for an answer (TBR 56)."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event
from trading.evaluation.rounds import reopened_line
from trading.sections.states import SectionState

ASKABLE = (SectionState.PUBLICITY, SectionState.DETERMINED)
"""When a question about a candidate's capacity may be asked and answered: between the result and the award notice."""


async def questions_of(session: AsyncSession, section_id: str) -> list[Line]:
    """The journal's lines of what was asked of the committee whose evaluation is in force."""
    asked = Line.section == section_id, Line.event == Event.CAPACITY_ASKED, Line.id > reopened_line(section_id)
    return list((await session.execute(select(Line).where(*asked).order_by(Line.id))).scalars())


async def open_question(session: AsyncSession, section_id: str, resolved: Collection[int]) -> tuple[int, str] | None:
    """The number and the bid of the question that no resolution has answered; there is one at most."""
    lines = await questions_of(session, section_id)
    open_ones = [(one.facts["number"], one.facts["bid"]) for one in lines if one.facts["number"] not in resolved]
    return open_ones[0] if open_ones else None


async def next_question(session: AsyncSession, section_id: str) -> int:
    """The number that the section's next question has: who asks signs it."""
    asked = select(func.count()).select_from(Line).where(Line.section == section_id, Line.event == Event.CAPACITY_ASKED)
    return (await session.execute(asked)).scalar_one() + 1
