"""An expert's own times away."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.availability.tables import Absence

SHOWN = 100


async def absences_of(session: AsyncSession, expert_id: str) -> Sequence[Absence]:
    """The newest hundred, the latest first."""
    found = select(Absence).where(Absence.expert == expert_id).order_by(func.lower(Absence.during).desc())
    return (await session.scalars(found.limit(SHOWN))).all()
