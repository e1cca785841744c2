"""How a committee's sitting stands: the time set, how many ask for more, whether it pauses."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.db.journal import Line
from infra.kernel.events import Event
from trading.evaluation.tables import Sheet
from trading.sections.tables import Section
from trading.sitting.rules import due_to_extend, require_time
from trading.sitting.tables import TimeRequest


class Sitting(NamedTuple):
    """A sitting: until when is marked (None: no time is set), how many of the judges ask for more, since when it pauses."""

    until: datetime | None
    asked: int
    judges: int
    paused_at: datetime | None

    @property
    def due(self) -> bool:
        """Whether the time has to be extended (TBR 48)."""
        return due_to_extend(self.asked, self.judges)


NOT_SITTING = Sitting(None, 0, 0, None)


class Pause(NamedTuple):
    """One pause as it was told: why, under which seal, until about when; and, once it ended, how the seal was found."""

    at: datetime
    reason: str
    seal: str
    resumes: datetime
    ended_at: datetime | None = None
    intact: bool | None = None
    found: str = ""


async def sitting_of(session: AsyncSession, section: Section) -> Sitting:
    """How a section's committee sits now; who asks for more time is not told, only how many."""
    asked = select(func.count()).select_from(TimeRequest).where(TimeRequest.section == section.id)
    judges = select(func.count()).select_from(Seat).where(Seat.section == section.id)
    row = (await session.execute(select(asked.scalar_subquery(), judges.scalar_subquery()))).one()
    return Sitting(section.marking_until, row[0], row[1], section.paused_at)


async def require_time_left(session: AsyncSession, section: Section, now: datetime) -> None:
    """`marks.time-over` where the time set for marking is over and need not be extended."""
    found = await sitting_of(session, section)
    require_time(found.until, now, found.asked, found.judges)


async def has_asked(session: AsyncSession, seat_id: str) -> bool:
    """Whether this judge asks for more time than is set now."""
    return await session.get(TimeRequest, seat_id) is not None


async def all_locked(session: AsyncSession, section_id: str) -> bool:
    """Whether every judge has locked: then nothing is left to be marked in whatever time."""
    locked = select(func.count()).select_from(Sheet).where(Sheet.section == section_id)
    judges = select(func.count()).select_from(Seat).where(Seat.section == section_id)
    row = (await session.execute(select(locked.scalar_subquery(), judges.scalar_subquery()))).one()
    return bool(row[1]) and row[0] >= row[1]


async def pauses_of(session: AsyncSession, section_id: str) -> list[Pause]:
    """Every pause of a section in order, as the journal tells it."""
    told = (Event.EVALUATION_PAUSED, Event.EVALUATION_RESUMED)
    wanted = select(Line).where(Line.section == section_id, Line.event.in_(told)).order_by(Line.id)
    found: list[Pause] = []
    for line in (await session.execute(wanted)).scalars():
        facts: dict[str, Any] = line.facts
        if line.event == Event.EVALUATION_PAUSED:
            found.append(Pause(line.at, facts["reason"], facts["seal"], datetime.fromisoformat(facts["resumes"])))
        else:
            found[-1] = found[-1]._replace(ended_at=line.at, intact=facts["intact"], found=facts["found"])
    return found
