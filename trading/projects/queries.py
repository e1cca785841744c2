"""Finding projects: only those of the actor's own body, or of the centre's region; a stranger's id is unknown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.tables import Membership, Organisation
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from trading.projects.tables import Project

PAGE = 20
SUGGESTED = 200
_SERIES = re.compile(r"(.*-)(\d{4})-(\d{1,8})")
ORDERS = {
    "-submitted": (func.coalesce(Project.submitted_at, Project.accepted_at).desc(), Project.id.desc()),
    "submitted": (func.coalesce(Project.submitted_at, Project.accepted_at), Project.id),
    "code": (Project.id,),
    "name": (Project.name, Project.id),
}


@dataclass(frozen=True)
class ProjectFilter:
    """What a list is asked for; `page` counts from 1. Unknown states find nothing, unknown orders count as none."""

    q: str = ""
    state: str | None = None
    order: str = "-submitted"
    page: int = 1


@dataclass(frozen=True)
class ProjectPage:
    """One page of a list with the bodies that stand behind its projects, by id."""

    projects: Sequence[Project]
    bodies: dict[str, Organisation]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages the list has; an empty one has one."""
        return max(1, -(-self.total // PAGE))


def visible_projects(actor: Actor) -> Select[Any]:
    """The projects that this actor may see at all: own ones, or those of the centre's (or supervisor's) region."""
    if actor.role in (Role.CENTRE, Role.SUPERVISOR):
        return select(Project).where(Project.region == actor.region)
    if actor.role in (Role.AGENT, Role.PROCURING) and actor.organisation:
        own = actor.organisation
        return select(Project).where(or_(Project.agent == own, Project.procuring_entity == own))
    return select(Project).where(false())


async def find_project(session: AsyncSession, actor: Actor, project_id: str) -> Project:
    """A project that the actor may see; `project.unknown` for any other."""
    wanted = visible_projects(actor).where(Project.id == project_id)
    found: Project | None = None if "\0" in project_id else (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        raise Problem("project.unknown", code=project_id)
    return found


async def lock_project(session: AsyncSession, actor: Actor, project_id: str) -> Project:
    """The same under an exclusive lock, as it is now."""
    locked = visible_projects(actor).where(Project.id == project_id).with_for_update()
    rows = await session.execute(locked.execution_options(populate_existing=True))
    found: Project | None = rows.scalar_one_or_none()
    if found is None:
        raise Problem("project.unknown", code=project_id)
    return found


async def list_projects(session: AsyncSession, actor: Actor, asked: ProjectFilter) -> ProjectPage:
    """One page of what the actor may see; a page beyond the last is the last."""
    wanted = _narrowed(visible_projects(actor), asked)
    total = (await session.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    page = min(asked.page, max(1, -(-total // PAGE)))
    order = ORDERS.get(asked.order, ORDERS["-submitted"])
    rows = await session.execute(wanted.order_by(*order).offset((page - 1) * PAGE).limit(PAGE))
    projects = list(rows.scalars())
    return ProjectPage(projects, await bodies_of(session, projects), total, page)


async def count_states(session: AsyncSession, actor: Actor) -> dict[str, int]:
    """How many projects the actor sees in each state."""
    seen = visible_projects(actor).subquery()
    rows = await session.execute(select(seen.c.state, func.count()).group_by(seen.c.state))
    return {state: number for state, number in rows}


async def bodies_of(session: AsyncSession, projects: Sequence[Project]) -> dict[str, Organisation]:
    """Procuring entities and agents of these projects, by id."""
    ids = {body for project in projects for body in (project.procuring_entity, project.agent)}
    rows = await session.execute(select(Organisation).where(Organisation.id.in_(ids)))
    return {body.id: body for body in rows.scalars()}


async def find_body(session: AsyncSession, text: str) -> Organisation:
    """The one registered body that a credit code, a full name or a part of a name points to.

    `project.body-unknown` for none, `project.body-several` (with some of the names) for more than one.
    """
    words = " ".join(text.split())
    if not words or "\0" in words:
        raise Problem("project.body-unknown", given=words[:80])
    exact = or_(Organisation.credit_code == words.upper(), Organisation.name == words)
    for condition in (exact, Organisation.name.contains(words, autoescape=True)):
        found = list((await session.execute(select(Organisation).where(condition).limit(4))).scalars())
        if len(found) == 1:
            return found[0]
        if found:
            raise Problem("project.body-several", given=words[:80], names=", ".join(one.name for one in found))
    raise Problem("project.body-unknown", given=words[:80])


async def bodies_to_choose(session: AsyncSession, actor: Actor) -> list[Organisation]:
    """Registered bodies that could be the other side of the actor's project, by name; the first two hundred."""
    role = Role.AGENT if actor.role is Role.PROCURING else Role.PROCURING
    acting = select(Membership.organisation).where(Membership.role == role, Membership.organisation.is_not(None))
    wanted = select(Organisation).where(Organisation.id.in_(acting), Organisation.id != actor.organisation)
    return list((await session.execute(wanted.order_by(Organisation.name).limit(SUGGESTED))).scalars())


async def suggested_code(session: AsyncSession, region: str, now: datetime) -> str:
    """The next free code of the region's newest series of this year, or the first of a series of its own."""
    wanted = select(Project.id).where(Project.region == region, Project.id.like(f"%-{now.year}-%"))
    newest = (await session.execute(wanted.order_by(Project.id.desc()).limit(1))).scalar_one_or_none()
    series = _SERIES.fullmatch(newest or "")
    if series is None:
        return f"{region}-GC-{now.year}-0001"
    width = len(series[3])
    return f"{series[1]}{series[2]}-{int(series[3]) + 1:0{width}d}"


def _narrowed(wanted: Select[Any], asked: ProjectFilter) -> Select[Any]:
    if asked.state:
        wanted = wanted.where(Project.state == asked.state)
    for word in asked.q.split():
        wanted = wanted.where(
            or_(Project.name.contains(word, autoescape=True), Project.id.contains(word.upper(), autoescape=True))
        )
    return wanted
