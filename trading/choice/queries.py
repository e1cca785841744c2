"""Which candidate the procuring entity chose, as the journal has it; nothing of it is ever changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event


@dataclass(frozen=True)
class Choice:
    """The chosen bid, the written reasons, when."""

    bid: str
    reasons: str
    at: datetime


async def choice_of(session: AsyncSession, section_id: str) -> Choice | None:
    """The choice that stands: one made before a candidate dropped out no longer does, for others are to be chosen among."""
    told = (Event.WINNER_CHOSEN, Event.CANDIDATE_PASSED_OVER, Event.EVALUATION_REOPENED)
    wanted = select(Line).where(Line.section == section_id, Line.event.in_(told)).order_by(Line.id.desc()).limit(1)
    line = (await session.execute(wanted)).scalar_one_or_none()
    if line is None or line.event != Event.WINNER_CHOSEN:
        return None
    return Choice(line.facts["bid"], line.facts["reasons"], line.at)
