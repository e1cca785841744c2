"""Acceptance of projects by the centre 进场受理: the queue, one project, returned with reasons or accepted."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.projects.actions import accept_submitted, return_project
from trading.projects.queries import bodies_of, count_states, find_project, list_projects
from trading.projects.states import ProjectState
from trading.sections.progress import progress_of
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import gate_facts
from web.procurement.projects import list_facts, read_filter
from web.procurement.words import PROJECT_STATES, PROJECT_TONES
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}


@get("/centre/projects", opt=CENTRE)
async def queue(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The region's projects, those that wait for acceptance first."""
    asked = read_filter(visit, None if "state=" in visit.query or "q=" in visit.query else ProjectState.SUBMITTED)
    async with stack.database.reading(visit.actor) as session:
        found = await list_projects(session, visit.actor, asked)
        counts = await count_states(session, visit.actor)
    facts = list_facts(visit, asked, counts, found.pages)
    return page(visit, "centre/projects.html", demo=stack.demo, found=found, **facts)


@get("/centre/projects/{code:str}", opt=CENTRE)
async def one(code: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One project with its bodies and what can be decided about it."""
    return await _show(visit, stack, code, await begin(stack, visit))


@post("/centre/projects/{code:str}", opt=CENTRE, status_code=303)
async def decide(
    code: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Accept the project, or return it with reasons."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            if data.get("action") == "accept":
                await accept_submitted(work, code)
            else:
                await return_project(work, code, form.value("reasons"))
        return Redirect(visit.url(f"/centre/projects/{code}"), status_code=303)
    except Problem as problem:
        if problem.code == "project.unknown":
            raise
        form.refuse(problem, "reasons" if problem.code == "project.reasons" else None)
    return await _show(visit, stack, code, form)


async def _show(visit: Visit, stack: Stack, code: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        project = await find_project(session, visit.actor, code)
        bodies = await bodies_of(session, [project])
        progress = await progress_of(session, [project.id])
    return page(
        visit,
        "centre/project.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        project=project,
        bodies=bodies,
        progress=progress,
        state_words=PROJECT_STATES,
        state_tones=PROJECT_TONES,
        **gate_facts(),
    )


HANDLERS = [queue, one, decide]
