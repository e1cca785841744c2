"""What has been decided about a result that could not stand, as the journal has it; nothing of it is ever changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from infra.db.journal import Line
from infra.kernel.events import Event
from trading.objections.tables import ResultObjection
from trading.sections.tables import Section
from trading.ways.rules import NO_AWARD, Way

WAYS = {Event.CANDIDATE_PASSED_OVER: Way.NEXT, Event.EVALUATION_REOPENED: Way.REEVALUATE}
"""The decisions after which a section lives on."""


@dataclass(frozen=True)
class Decided:
    """One decision: which way, the candidate that dropped out (None where the tender ended), on what grounds, when."""

    way: Way
    bid: str | None
    cause: str
    objections: tuple[int, ...]
    reasons: str
    at: datetime


async def ways_of(session: AsyncSession, section_id: str) -> tuple[Decided, ...]:
    """Every decision of a section in its order."""
    told = (*WAYS, Event.SECTION_FAILED)
    wanted = select(Line).where(Line.section == section_id, Line.event.in_(told)).order_by(Line.id)
    return tuple(
        Decided(
            WAYS.get(Event(line.event), Way.RETENDER),
            line.facts.get("bid"),
            line.facts["cause"],
            tuple(line.facts["objections"]),
            line.facts["reasons"],
            line.at,
        )
        for line in (await session.execute(wanted)).scalars()
        if line.event in WAYS or line.facts["reason"] == NO_AWARD
    )


def passed_in(ways: tuple[Decided, ...]) -> tuple[str, ...]:
    """The bids that dropped out, in order, of the candidates of the evaluation in force."""
    again = [place for place, one in enumerate(ways, 1) if one.way is Way.REEVALUATE]
    return tuple(one.bid for one in ways[again[-1] if again else 0 :] if one.bid is not None)


def upheld_without_way(section: InstrumentedAttribute[str]) -> ScalarSelect[int]:
    """How many upheld objections of a section no decision rests on yet; above zero, the procuring entity has to decide."""
    cited = func.coalesce(func.sum(func.jsonb_array_length(Line.facts["objections"])), 0)
    done = select(cited).where(Line.section == section, Line.event.in_(WAYS)).correlate(Section)
    upheld = select(func.count()).where(ResultObjection.section == section, ResultObjection.upheld.is_(True))
    return (
        select(upheld.correlate(Section).scalar_subquery() - done.scalar_subquery())
        .correlate(Section)
        .scalar_subquery()
    )
