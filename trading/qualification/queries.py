"""Reading what the purchaser found of the bids' qualification, as the journal has it; nothing of it is ever changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.examination.queries import items_in
from trading.examination.rules import Items, Party, items_for
from trading.regimes.regime import DEMO, Rule
from trading.regimes.rules import REGIMES
from trading.sections.tables import Section


class Examined(NamedTuple):
    """The purchaser's answers, bid → item → `pass` or {reason, pages}; who is out and why; when it was signed."""

    answers: Mapping[str, Any]
    rejected: Mapping[str, str]
    at: datetime


async def qualification_of(session: AsyncSession, section_id: str) -> Examined | None:
    """What the purchaser signed; None before, and where the committee examines everything."""
    wanted = select(Line).where(Line.section == section_id, Line.event == Event.QUALIFICATION_EXAMINED)
    line = (await session.execute(wanted)).scalar_one_or_none()
    return None if line is None else Examined(line.facts["answers"], line.facts["rejected"], line.at)


async def purchaser_items(session: AsyncSession, section: Section) -> Items:
    """What the purchaser examines of this section's bids; empty where the committee does it, or the document asks nothing."""
    by = REGIMES.get(section.regime, mode=DEMO).words(Rule.QUALIFICATION_BY)
    return items_for(Party.PURCHASER, await items_in(session, section.id), by)


async def require_qualified(session: AsyncSession, section: Section) -> None:
    """`qualification.waiting` until the purchaser has examined what it is to examine: nobody judges before (M87 44)."""
    if await purchaser_items(session, section) and await qualification_of(session, section.id) is None:
        raise Problem("qualification.waiting", section=section.id)
