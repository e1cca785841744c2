"""What can be told of a panel before and while it is drawn: whether the pool suffices, and how far the draw has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.eligible import Reach, reach
from expertpool.directory.tables import ReachTotal
from expertpool.draw.audit import need_of
from expertpool.draw.gathering import LASTING
from expertpool.draw.needs import Need
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from expertpool.professions.tables import Profession
from expertpool.recusal.tables import PanelRequest
from infra.crypto import lottery
from infra.custody import duties
from infra.custody.tables import Duty
from infra.db.journal import Line
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.trustee.duties import BODIES
from trading.evaluation.panel import involved
from trading.projects.tables import Project
from trading.sections.states import SectionState
from trading.sections.tables import Section

AT_ONCE = 30
DEEPER_MOST = 1000
SECOND_LEVEL = 3
"""Characters of a profession's code that name its second level."""
EVALUATIONS = (
    SectionState.OPENED,
    SectionState.EVALUATING,
    SectionState.PRICING,
    SectionState.MARKED,
    SectionState.REPORTED,
)


class Phase(NamedTuple):
    """One phase of a draw: requested, frozen, audited, committed or revealed; None while it is to come."""

    name: str
    at: datetime | None


class Deeper(NamedTuple):
    """A profession below the second level by code and names, and what the province holds of it."""

    code: str
    name_zh: str
    name_en: str
    experts: int
    bodies: int


async def section_for(session: AsyncSession, actor: Actor, section_id: str) -> Section:
    """A section as those may see it who deal with its panel; `section.unknown` for a stranger's or another region's."""
    found = select(Section).where(Section.id == section_id)
    if actor.role in (Role.AGENT, Role.PROCURING):
        found = found.join(Project, Project.id == Section.project)
        found = found.where((Project.agent == actor.organisation) | (Project.procuring_entity == actor.organisation))
    elif actor.role in (Role.CENTRE, Role.SUPERVISOR):
        found = found.where(Section.region == actor.region)
    else:
        raise Problem("section.unknown", section=section_id)
    section = None if "\0" in section_id else (await session.execute(found)).scalar_one_or_none()
    if section is None:
        raise Problem("section.unknown", section=section_id)
    return section


async def suffices(
    session: AsyncSession, section: Section, quota: Mapping[str, int], avoid: Sequence[str], at: datetime | None = None
) -> bool:
    """Whether a draw for this quota would find enough, with everybody avoided who has to be; nothing more is told.

    `at` is when the evaluation begins: who is away then does not count.
    """
    needs = {name: need_of(name, section.region) for name in quota}
    during = None if at is None else (at, at + LASTING)
    avoided = [*avoid, *await involved(session, section)]
    counts = await reach(session, list(needs.values()), during, avoided)
    employers = {name: counts[need.code].employers for name, need in needs.items()}
    try:
        lottery.require_enough(lottery.order_of(employers), quota, employers)
    except Problem:
        return False
    return True


async def offered(session: AsyncSession, region: str) -> dict[str, dict[str, Reach]]:
    """By profession of the second level, what its own region, its city and its province hold, nobody avoided."""
    regions = (region, region[:4], region[:2])
    named = select(ReachTotal.profession).where(
        ReachTotal.region == region[:2], ReachTotal.bodies > 0, func.length(ReachTotal.profession) == SECOND_LEVEL
    )
    found = sorted((await session.execute(named)).scalars())
    needs = [Need(profession, one) for profession in found for one in regions]
    counts = await reach(session, needs, None)
    return {name: {one: counts[Need(name, one).code] for one in regions} for name in found}


async def deeper(session: AsyncSession, region: str) -> list[Deeper]:
    """The professions below the second level that somebody of the region's province has, by code, with the counts there."""
    found = select(ReachTotal, Profession.name_zh, Profession.name_en).outerjoin(
        Profession, Profession.code == ReachTotal.profession
    )
    found = found.where(
        ReachTotal.region == region[:2], ReachTotal.bodies > 0, func.length(ReachTotal.profession) > SECOND_LEVEL
    )
    rows = await session.execute(found.order_by(ReachTotal.profession).limit(DEEPER_MOST))
    return [Deeper(one.profession, zh or "", en or zh or "", one.experts, one.bodies) for one, zh, en in rows]


async def draws_of(session: AsyncSession, section_id: str) -> list[Draw]:
    """The attempts of a section, the newest first."""
    found = select(Draw).where(Draw.section == section_id).order_by(Draw.number.desc())
    return list((await session.execute(found)).scalars())


async def phases_of(session: AsyncSession, draw: Draw) -> list[Phase]:
    """How far a draw has come, without a name: an auditor's answer and the bodies' escrows are times only."""
    asked = select(Duty.kind, func.count(Duty.answered_at), func.max(Duty.answered_at)).where(Duty.subject == draw.id)
    found = {kind: (done, last) for kind, done, last in await session.execute(asked.group_by(Duty.kind))}
    audited = found.get(duties.AUDIT, (0, None))
    given = found.get(duties.ESCROW, (0, None))
    return [
        Phase("requested", draw.requested_at),
        Phase("frozen", draw.frozen_at),
        Phase("audited", audited[1] if audited[0] else None),
        Phase("committed", given[1] if given[0] == len(BODIES) else None),
        Phase("revealed", draw.revealed_at),
    ]


async def refusal_of(session: AsyncSession, draw: Draw) -> Mapping[str, Any] | None:
    """Why the pool was not frozen when a draw was last ordered: specialty, bodies eligible and needed; else None."""
    if draw.state != DrawState.REQUESTED:
        return None
    asked = await session.get(PanelRequest, draw.id)
    since = draw.requested_at if asked is None else asked.asked_at
    told = select(Line.facts).where(Line.event == Event.DRAW_REFUSED, Line.subject == draw.id, Line.at >= since)
    return (await session.execute(told.order_by(Line.id.desc()).limit(1))).scalar_one_or_none()


def is_running(draw: Draw) -> bool:
    """Whether a draw goes on by itself."""
    return draw.state in (DrawState.ORDERED, DrawState.FROZEN, DrawState.COMMITTED)


async def evaluations(
    session: AsyncSession, actor: Actor, state: SectionState | None = None, after: str = ""
) -> list[tuple[Section, int | None, str | None]]:
    """Sections of the actor's region to be evaluated with their last draw's number and state, by id downwards.

    One more than `AT_ONCE`, to tell whether others follow; `after` is the id of the last one shown.
    """
    newest = select(Draw.section, func.max(Draw.number).label("number")).group_by(Draw.section).subquery()
    found = (
        select(Section, newest.c.number, Draw.state)
        .outerjoin(newest, newest.c.section == Section.id)
        .outerjoin(Draw, (Draw.section == Section.id) & (Draw.number == newest.c.number))
        .where(Section.region == actor.region)
        .order_by(Section.id.desc())
        .limit(AT_ONCE + 1)
    )
    shown = Section.state.in_(EVALUATIONS) if state is None else Section.state == state
    found = found.where(shown | ((Draw.state == DrawState.REQUESTED) if state is None else false()))
    if after and "\0" not in after:
        found = found.where(Section.id < after)
    return [(section, number, drawn) for section, number, drawn in await session.execute(found)]
