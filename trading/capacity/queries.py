"""Reading what was asked and resolved about candidates' capacity; what is open or found lacking bars an award."""

from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.capacity.rules import Capacity, Request
from trading.evaluation.queries import committee_of
from trading.evaluation.questions import questions_of


async def capacity_of(session: AsyncSession, section_id: str) -> Capacity:
    """What was asked of the committee whose evaluation is in force, with its answers."""
    lines = await questions_of(session, section_id)
    requests = [Request(one.facts["number"], one.facts["bid"], one.facts["reasons"], one.at) for one in lines]
    if not requests:
        return Capacity()
    return Capacity(requests, (await committee_of(session, section_id)).standing.capacity)


async def require_able(session: AsyncSession, section_id: str, bid: str | None = None) -> Capacity:
    """`capacity.open` while the committee has not answered; `capacity.lacking` where it found that this bid cannot perform."""
    found = await capacity_of(session, section_id)
    if found.open is not None:
        raise Problem("capacity.open", number=found.open.number)
    if bid in found.incapable:
        raise Problem("capacity.lacking", bid=bid)
    return found
