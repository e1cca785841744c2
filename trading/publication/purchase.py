"""The result notice of a government purchase 中标结果公告: winner, experts by name, its own period, the challenge (M87 69)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.lists import named
from infra.auth.keys import KeyService
from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.problems import Problem
from trading.evaluation.queries import seats_of
from trading.notices.rules import Window, publicity_window
from trading.projects.tables import Project
from trading.publication.periods import challenge_until
from trading.regimes.regime import Regime, Rule
from trading.sections.actions import stamp
from trading.sections.tables import Section


class Result(NamedTuple):
    """What the notice and the journal tell besides the winner; `judges` are names by number of the seat."""

    window: Window
    challenge_until: datetime
    judges: dict[str, str]

    @property
    def logged(self) -> dict[str, Any]:
        """For the award's journal line."""
        return {
            "notice_ends": stamp(self.window.end),
            "challenge_until": stamp(self.challenge_until),
            "judges": self.judges,
        }


async def result_of(work: Work, keys: KeyService | None, section: Section, regime: Regime) -> Result:
    """The periods that begin now, and who judged; `award.no-names` where nobody can read the sealed names here."""
    if keys is None:
        raise Problem("award.no-names", section=section.id)
    window = publicity_window(regime, work.ctx.now)
    seats = await seats_of(work.session, section.id)
    judges = {f"J{one.number}": one.name for one in await named(work.session, keys, seats)}
    return Result(window, challenge_until(regime, window.end), judges if regime.allows(Rule.JUDGES_NAMED) else {})


async def notice_facts(
    session: AsyncSession, section: Section, regime: Regime, result: Result, winner: Mapping[str, Any]
) -> dict[str, str]:
    """The fields of M87 69 that the platform knows, for the notice."""
    project = await session.get_one(Project, section.project)
    entity = await session.get_one(Organisation, project.procuring_entity)
    agent = await session.get(Organisation, project.agent) if project.agent else None
    told = {
        "winner": winner["bidder"],
        "price": winner["price_text"],
        "plan_number": project.plan_number or "",
        "object": project.object or "",
        "procuring_entity": entity.name,
        "agent": agent.name if agent else "",
        "judges": "、".join(result.judges.values()),
        "notice_ends": stamp(result.window.end),
        "challenge_until": stamp(result.challenge_until),
        "source": regime.parameter(Rule.PUBLICITY).source,
    }
    return {name: text for name, text in told.items() if text}
