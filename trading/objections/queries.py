"""Reading objections to a result: their numbers by everybody, their words by who raised them and the procuring side."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.objections.states import ObjectionState
from trading.objections.tables import ResultObjection


async def objections_of(session: AsyncSession, section_id: str) -> list[ResultObjection]:
    """All objections to a section's result by number; the caller shows words to nobody who may not read them."""
    wanted = select(ResultObjection).where(ResultObjection.section == section_id).order_by(ResultObjection.number)
    return list((await session.execute(wanted)).scalars())


def open_ones(found: list[ResultObjection]) -> list[ResultObjection]:
    """Those nobody has answered yet."""
    return [one for one in found if one.state == ObjectionState.RAISED]


def upheld_ones(found: list[ResultObjection]) -> list[ResultObjection]:
    """Those found right: the result cannot stand as it is."""
    return [one for one in found if one.upheld]


async def require_bid(session: AsyncSession, actor: Actor, section_id: str) -> None:
    """`section.unknown` for whoever has no opened bid in the section."""
    own = select(Bid.id).where(Bid.section == section_id, Bid.bidder == actor.organisation, Bid.form.is_not(None))
    if "\0" in section_id or (await session.execute(own.limit(1))).scalar_one_or_none() is None:
        raise Problem("section.unknown", section=section_id)
