"""Reading letters on the result: each bidder its own, the procuring side how many there are."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.letters.tables import ResultLetter


async def own_letter(session: AsyncSession, actor: Actor, section_id: str) -> ResultLetter:
    """The letter to the actor's own body; `letter.none` for whoever has none there, stranger or not."""
    found = await find_own_letter(session, actor, section_id)
    if found is None:
        raise Problem("letter.none", section=section_id)
    return found


async def find_own_letter(session: AsyncSession, actor: Actor, section_id: str) -> ResultLetter | None:
    """The letter to the actor's own body, None where there is none."""
    if "\0" in section_id or actor.organisation is None:
        return None
    wanted = select(ResultLetter).where(ResultLetter.section == section_id, ResultLetter.bidder == actor.organisation)
    return (await session.execute(wanted)).scalars().first()


async def count_letters(session: AsyncSession, section_id: str) -> int:
    """How many bidders were written to."""
    wanted = select(func.count()).select_from(ResultLetter).where(ResultLetter.section == section_id)
    return int((await session.execute(wanted)).scalar_one())
