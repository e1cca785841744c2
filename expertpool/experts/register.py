"""What the pool office looks at: the queue of applications, an expert with its history, appraisals that come due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.applications import visible_applications
from expertpool.experts.rules import NOTICE
from expertpool.experts.states import ExpertState
from expertpool.experts.tables import Expert, ExpertApplication, ExpertStanding
from infra.db.regions import within
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem

PAGE = 20
OFFICES = frozenset({Role.POOL})


@dataclass(frozen=True)
class Queue:
    """One page of applications; `page` counts from 1."""

    items: Sequence[ExpertApplication]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, ceil(self.total / PAGE))


@dataclass(frozen=True)
class Due:
    """One page of the experts whose appraisal is due, the earliest first."""

    items: Sequence[Expert]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, ceil(self.total / PAGE))


async def application_queue(
    session: AsyncSession, actor: Actor, *, states: Sequence[str], newest_first: bool, page: int
) -> Queue:
    """The applications in these states, or in any for none, the oldest first unless asked otherwise."""
    wanted = visible_applications(actor)
    if states:
        wanted = wanted.where(ExpertApplication.state.in_(states))
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    shown = min(max(1, page), max(1, ceil(total / PAGE)))
    order = ExpertApplication.submitted_at.desc() if newest_first else ExpertApplication.submitted_at
    rows = await session.scalars(wanted.order_by(order, ExpertApplication.id).limit(PAGE).offset((shown - 1) * PAGE))
    return Queue(rows.all(), total, shown)


def visible_experts(actor: Actor) -> Select[Expert]:
    """The experts an office may look at: those of its region and below; nobody else any."""
    mine = within(Expert.region, actor.region) if actor.role in OFFICES and actor.region else false()
    return select(Expert).where(mine)


async def expert_of(session: AsyncSession, actor: Actor, expert_id: str) -> Expert:
    """One expert; `expert.unknown` for a stranger's id."""
    wanted = visible_experts(actor).where(Expert.id == expert_id)
    found: Expert | None = None if "\0" in expert_id else await session.scalar(wanted)
    if found is None:
        raise Problem("expert.unknown")
    return found


async def standings_of(session: AsyncSession, expert_id: str) -> Sequence[ExpertStanding]:
    """Every step of an expert's life, the newest first."""
    wanted = select(ExpertStanding).where(ExpertStanding.expert == expert_id)
    return (await session.scalars(wanted.order_by(ExpertStanding.at.desc(), ExpertStanding.id))).all()


async def appraisals_due(session: AsyncSession, actor: Actor, now: datetime, page: int) -> Due:
    """The experts in the pool whose yearly appraisal is due within fifteen days."""
    wanted = visible_experts(actor).where(Expert.state == ExpertState.ACTIVE, Expert.valid_until <= now + NOTICE)
    total = await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    shown = min(max(1, page), max(1, ceil(total / PAGE)))
    rows = await session.scalars(wanted.order_by(Expert.valid_until, Expert.id).limit(PAGE).offset((shown - 1) * PAGE))
    return Due(rows.all(), total, shown)
