"""Reading contracts: public as soon as they are there."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event
from infra.kernel.money import Fen, fen
from trading.contracts.tables import Contract, Milestone


class Awarded(NamedTuple):
    """What the contract has to follow: to whom, at which price, since when."""

    winner: str
    price: Fen
    at: datetime


async def contract_of(session: AsyncSession, section_id: str) -> Contract | None:
    """The contract of a section, None where none is recorded yet."""
    return await session.get(Contract, section_id)


async def milestones_of(session: AsyncSession, section_id: str) -> list[Milestone]:
    """The milestones of a section's contract by the day they are due."""
    wanted = select(Milestone).where(Milestone.section == section_id).order_by(Milestone.due_on, Milestone.number)
    return list((await session.execute(wanted)).scalars())


async def awarded_in(session: AsyncSession, section_id: str) -> Awarded | None:
    """The award as it was logged, None before."""
    wanted = select(Line).where(Line.section == section_id, Line.event == Event.AWARD_PUBLISHED)
    line = (await session.execute(wanted)).scalar_one_or_none()
    if line is None:
        return None
    return Awarded(line.facts["winner"]["bidder"], fen(line.facts["winner"]["price_text"]), line.at)
