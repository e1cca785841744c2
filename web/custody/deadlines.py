"""The deadlines that keys are awaited for: sections open for bids, soonest first, as far as the reader answers for them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.custody import duties
from infra.custody.tables import Duty, Keyset
from infra.kernel.context import Actor, Role
from trading.projects.queries import visible_projects
from trading.projects.tables import Project
from trading.sections.states import SectionState
from trading.sections.tables import Section

PAGE = 20


class Deadline(NamedTuple):
    """A section's deadline in force. `later` says that it was extended, `promised` how many custodians keep to that."""

    section: str
    title: str
    at: datetime
    later: bool
    promised: int


class Awaited(NamedTuple):
    """One page of deadlines; `page` counts from 1."""

    deadlines: list[Deadline]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // PAGE))


async def awaited_deadlines(session: AsyncSession, actor: Actor, asked: str) -> Awaited:
    """The page asked for, or the first one where that makes no sense."""
    wanted = select(Section, Keyset.deadline).join(Keyset, Keyset.id == Section.keyset)
    wanted = wanted.where(Section.state == SectionState.BIDDING, Section.deadline.is_not(None))
    if actor.role is Role.AGENT:
        wanted = wanted.where(Section.project.in_(visible_projects(actor).with_only_columns(Project.id)))
    counted = select(func.count()).select_from(wanted.subquery("found"))
    total = (await session.execute(counted)).scalar_one()
    number = min(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1, -(-total // PAGE)) or 1
    ordered = wanted.order_by(Section.deadline, Section.id).offset((number - 1) * PAGE).limit(PAGE)
    rows = [(section, own) for section, own in await session.execute(ordered)]
    promises = await _promises(session, [section for section, _ in rows])
    return Awaited([_deadline(section, own, promises) for section, own in rows], total, number)


async def _promises(session: AsyncSession, sections: list[Section]) -> dict[str, int]:
    """How many custodians have promised each later deadline, by the duty's subject."""
    subjects = [_subject(one) for one in sections]
    given = select(Duty.subject, func.count()).where(
        Duty.kind == duties.EXTEND, Duty.subject.in_(subjects), Duty.answered_at.is_not(None)
    )
    return {subject: count for subject, count in await session.execute(given.group_by(Duty.subject))}


def _deadline(section: Section, own: datetime, promises: dict[str, int]) -> Deadline:
    assert section.deadline is not None
    later = section.deadline > own
    return Deadline(section.id, section.title, section.deadline, later, promises.get(_subject(section), 0))


def _subject(section: Section) -> str:
    assert section.deadline is not None
    return f"{section.keyset}/{section.deadline:%Y-%m-%dT%H:%M:%SZ}"
