"""Projects of the procuring side: the tree of projects and sections, registration, submission after a return."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.auth.tables import Organisation
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.notices.kinds import Category
from trading.projects.actions import (
    CATEGORIES,
    OBJECTS,
    Particulars,
    checked_code,
    checked_investment_code,
    checked_name,
    resubmit_project,
    submit_project,
)
from trading.projects.queries import (
    ORDERS,
    ProjectFilter,
    bodies_of,
    bodies_to_choose,
    count_states,
    find_body,
    find_project,
    list_projects,
    suggested_code,
)
from trading.projects.states import ProjectState
from trading.projects.tables import Project
from trading.sections.progress import progress_of
from web.forms import Fields, Form, address, begin, typed
from web.labels import BOUGHT
from web.labels import CATEGORIES as TRADES
from web.procurement.ground import PROCURERS, gate_facts
from web.procurement.words import ORDERS as ORDER_WORDS
from web.procurement.words import PROJECT_STATES, PROJECT_TONES
from web.public.forms import Link
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

LONGEST_QUERY = 100
AT_FIELDS = {
    "project.known": "code",
    "project.code": "code",
    "project.name": "name",
    "project.agent": "other",
    "project.mandate": "mandate",
    "project.category": "category",
    "project.investment-code": "investment_code",
    "project.object": "category",
    "project.plan-number": "plan_number",
}


def read_filter(visit: Visit, state: str | None = None) -> ProjectFilter:
    """What an address asks a list of projects for; what names nothing counts as not given."""
    asked = dict(parse_qsl(visit.query))
    number = asked.get("page", "1")
    return ProjectFilter(
        q=" ".join(asked.get("q", "").replace("\0", "").split())[:LONGEST_QUERY],
        state=asked["state"] if asked.get("state") in set(ProjectState) else state,
        order=asked["order"] if asked.get("order") in ORDERS else "-submitted",
        page=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 7 and int(number) else 1,
    )


def list_facts(visit: Visit, asked: ProjectFilter, counts: Mapping[str, int], pages: int) -> dict[str, Any]:
    """The links that narrow, order and turn a list of projects."""
    states = [
        Link(text, visit.varied(state=state), asked.state == state, counts.get(state, 0))
        for state, text in PROJECT_STATES.items()
    ]
    orders = [Link(text, visit.varied(order=order), asked.order == order) for order, text in ORDER_WORDS.items()]
    turns = [visit.varied(page=place) if 1 <= place <= pages else None for place in (asked.page - 1, asked.page + 1)]
    return {
        "asked": asked,
        "states": states,
        "orders": orders,
        "turns": turns,
        "all_states": Link("", visit.varied(state=None), asked.state is None, sum(counts.values())),
        "state_words": PROJECT_STATES,
        "state_tones": PROJECT_TONES,
    }


@get("/projects", opt=PROCURERS)
async def project_tree(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One's own projects with their sections, each section with its gates and what comes next."""
    asked = read_filter(visit)
    async with stack.database.reading() as session:
        found = await list_projects(session, visit.actor, asked)
        counts = await count_states(session, visit.actor)
        progress = await progress_of(session, [one.id for one in found.projects])
    return page(
        visit,
        "procurement/projects.html",
        demo=stack.demo,
        found=found,
        progress=progress,
        **list_facts(visit, asked, counts, found.pages),
        **gate_facts(),
    )


@get("/projects/new", opt=PROCURERS)
async def new_project(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The registration form, with the next free code filled in."""
    async with stack.database.reading() as session:
        code = await suggested_code(session, visit.actor.region or "", visit.now)
    form = await begin(stack, visit, {"code": code, "category": str(CATEGORIES[0])})
    return await _show(visit, stack, form)


@post("/projects/new", opt=PROCURERS, status_code=303)
async def register_project(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Submit a project to the centre."""
    form = typed(visit, data)
    code = form.value("code").strip().upper()
    with form.field("code"):
        checked_code(code)
    told = await _particulars(stack, form)
    if told and not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                project = await submit_project(work, code, told)
            return Redirect(visit.url(f"/projects/{project.id}"), status_code=303)
        except Problem as problem:
            form.refuse(problem, AT_FIELDS.get(problem.code))
    return await _show(visit, stack, form)


@get("/projects/{code:str}", opt=PROCURERS)
async def one_project(
    code: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One project: what the centre says of it, its bodies, its sections."""
    async with stack.database.reading() as session:
        project = await find_project(session, visit.actor, code)
        bodies = await bodies_of(session, [project])
        progress = await progress_of(session, [project.id])
    return page(
        visit,
        "procurement/project.html",
        demo=stack.demo,
        project=project,
        bodies=bodies,
        progress=progress,
        state_words=PROJECT_STATES,
        state_tones=PROJECT_TONES,
        **gate_facts(),
    )


@get("/projects/{code:str}/edit", opt=PROCURERS)
async def edit_project(
    code: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form of a returned project, with the centre's reasons on top."""
    async with stack.database.reading() as session:
        project = await find_project(session, visit.actor, code)
        bodies = await bodies_of(session, [project])
    other = project.agent if visit.actor.role is Role.PROCURING else project.procuring_entity
    form = await begin(
        stack,
        visit,
        {
            "name": project.name,
            "other": bodies[other].name,
            "category": project.object or project.category,
            "plan_number": project.plan_number or "",
            "investment_code": project.investment_code or "",
            "mandate": project.mandate,
        },
    )
    return await _show(visit, stack, form, project)


@post("/projects/{code:str}/edit", opt=PROCURERS, status_code=303)
async def submit_again(
    code: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Submit a returned project again."""
    async with stack.database.reading() as session:
        project = await find_project(session, visit.actor, code)
    form = typed(visit, data)
    told = await _particulars(stack, form)
    if told and not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                await resubmit_project(work, code, told)
            return Redirect(visit.url(f"/projects/{code}"), status_code=303)
        except Problem as problem:
            form.refuse(problem, AT_FIELDS.get(problem.code))
    return await _show(visit, stack, form, project)


async def _particulars(stack: Stack, form: Form) -> Particulars | None:
    """What the form says, each field judged by itself; None where the other body is not known."""
    with form.field("name"):
        checked_name(form.value("name"))
    investment_code = form.value("investment_code").strip() or None
    with form.field("investment_code"):
        checked_investment_code(investment_code)
    others: list[Organisation] = []
    with form.field("other"):
        async with stack.database.reading() as session:
            others.append(await find_body(session, form.value("other")))
    if not others:
        return None
    category, bought = form.value("category"), None
    if category in OBJECTS:
        category, bought = str(Category.PROCUREMENT), category
    return Particulars(
        form.value("name"), others[0], category, investment_code, form.value("mandate").strip(),
        object=bought, plan_number=form.value("plan_number").strip() or None,
    )  # fmt: skip


async def _show(visit: Visit, stack: Stack, form: Form, project: Project | None = None) -> Response[str]:
    async with stack.database.reading() as session:
        bodies = await bodies_to_choose(session, visit.actor)
    return page(
        visit,
        "procurement/project_form.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        project=project,
        bodies=bodies,
        other_role=Role.AGENT if visit.actor.role is Role.PROCURING else Role.PROCURING,
        categories_known=_trades(visit),
        purchases=Category.PROCUREMENT in CATEGORIES,
    )


def _trades(visit: Visit) -> list[tuple[str, str]]:
    """The kinds of trade to choose from; a government purchase at once with what it buys."""
    text = visit.texts.gettext
    known = [(str(one), text(TRADES[one])) for one in CATEGORIES if one is not Category.PROCUREMENT]
    if Category.PROCUREMENT in CATEGORIES:
        known += [(one, f"{text(TRADES[Category.PROCUREMENT])} · {text(BOUGHT[one])}") for one in OBJECTS]
    return known


HANDLERS = [project_tree, new_project, register_project, one_project, edit_project, submit_again]
