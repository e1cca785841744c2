"""The workbench: what each role has to do, by urgency, from the state of things and nothing else."""

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.registration.queries import has_application, visible_versions
from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.kernel.context import Actor, Role
from trading.bidding.preparing import preparing
from trading.projects.queries import visible_projects
from trading.projects.states import ProjectState
from trading.projects.tables import Project
from web.account.roles import before_a_role
from web.bidder.preparing import shown as shown_preparing
from web.desk.of_auditors import first_steps
from web.desk.of_bidders import bench_of_bidder
from web.desk.of_experts import todos_of_the_pool
from web.desk.of_sections import LOOKS, bench_of_sections
from web.desk.todo import Bench, Step, Todo
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import Visit


@get("/desk", opt={"audience": "signed-in"})
async def workbench(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """Everything the signed-in person has to do or waits for; a judge is led to the room, who has several roles chooses."""
    if visit.actor.role is Role.JUDGE:
        return Redirect(visit.url("/judge"), status_code=303)
    assert visit.signed_in is not None
    async with stack.database.reading(visit.actor) as session:
        if visit.signed_in.must_choose:
            return Redirect(await _before_the_desk(session, visit), status_code=303)
        bench = await bench_of(session, visit.actor, visit.now)
        bidder = visit.actor.role is Role.BIDDER
        more = shown_preparing(visit, await preparing(session, visit.actor, visit.now)) if bidder else {}
    return page(visit, "desk/workbench.html", demo=stack.demo, bench=bench.in_order(), **{"preparing": None, **more})


async def _before_the_desk(session: AsyncSession, visit: Visit) -> str:
    """Who acts in no role chooses one, looks where the application stands, or at the account."""
    choice = await before_a_role(session, visit, "/desk")
    return choice or visit.url("/company" if await has_application(session, visit.actor) else "/account")


async def bench_of(session: AsyncSession, actor: Actor, now: datetime) -> Bench:
    """The workbench of an actor at a time; empty for roles that have no business of their own yet."""
    if actor.role is Role.BIDDER:
        return await bench_of_bidder(session, actor, now)
    if actor.role is Role.AUDIT_ADMIN:
        return Bench(steps=await first_steps(session, actor))
    if actor.role is Role.POOL:
        return Bench(todos=await todos_of_the_pool(session, actor, now))
    if actor.role not in LOOKS:
        return Bench()
    bench = await bench_of_sections(session, actor)
    if actor.role is Role.CENTRE:
        bench.todos += await _queues(session, actor)
    if actor.role is Role.SUPERVISOR:
        bench.steps = await first_steps(session, actor)
    if actor.role in (Role.AGENT, Role.PROCURING):
        await _own_projects(session, actor, bench)
    return bench


async def _queues(session: AsyncSession, actor: Actor) -> list[Todo]:
    """The centre's two queues: registrations to review and projects to take in."""
    versions = visible_versions(actor).where(OrganisationVersion.state == VersionState.SUBMITTED)
    registrations = await session.scalar(select(func.count()).select_from(versions.subquery())) or 0
    submitted = visible_projects(actor).where(Project.state == ProjectState.SUBMITTED)
    projects = await session.scalar(select(func.count()).select_from(submitted.subquery())) or 0
    found = (
        Todo(N_("Review registrations: %(n)s wait"), "", "/centre/registrations", number=registrations),
        Todo(N_("Take in projects: %(n)s wait"), "", "/centre/projects", number=projects),
    )
    return [one for one in found if one.number]


async def _own_projects(session: AsyncSession, actor: Actor, bench: Bench) -> None:
    """What became of the projects that the procuring side submitted, and its first steps while there is none."""
    counts = select(Project.state, func.count()).group_by(Project.state)
    mine = counts.where(Project.id.in_(visible_projects(actor).with_only_columns(Project.id)))
    found = {ProjectState(state): count for state, count in await session.execute(mine)}
    if found.get(ProjectState.RETURNED):
        number = found[ProjectState.RETURNED]
        bench.todos.append(Todo(N_("Mend returned projects: %(n)s"), "", "/projects?state=returned", number=number))
    if found.get(ProjectState.SUBMITTED):
        number = found[ProjectState.SUBMITTED]
        text = N_("The centre looks at %(n)s submitted projects")
        bench.waiting.append(Todo(text, "", "/projects?state=submitted", number=number))
    if not found:
        bench.steps = [
            Step(N_("Look whether your company profile is complete"), "/company", False),
            Step(N_("Register a project; the centre takes it in"), "/projects/new", False),
            Step(N_("Then add sections, write the tender document, publish the notice"), "/projects", False),
        ]


HANDLERS = [workbench]
