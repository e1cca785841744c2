"""The time for marking as the procuring side sets it: until when, how many judges ask for more, what pauses there were."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.sections.states import SectionState
from trading.sitting.actions import set_time
from trading.sitting.queries import all_locked, pauses_of, sitting_of
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.procurement.times import time_to_type, typed_time
from web.state import Stack
from web.visit import AnyRequest, Visit

PATH = "/sections/{tender:str}/{number:str}/sitting"


@get(PATH, opt=PROCURERS)
async def sitting(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Until when is marked, and whether it has to be extended."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post(PATH, opt=PROCURERS, status_code=303)
async def extend(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Set the time, or a later one."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        until = typed_time(form.value("until"))
        async with stack.database.work(visit.actor, address(request)) as work:
            await set_time(work, section_id, until)
    except Problem as problem:
        form.refuse(problem, "until")
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/sitting"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        told = await sitting_of(session, ground.section)
        pauses = await pauses_of(session, section_id)
        running = ground.state == SectionState.EVALUATING and not await all_locked(session, section_id)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/sitting.html",
        status=form.status,
        form=form,
        sitting=told,
        pauses=pauses,
        running=running,
        typed=form.value("until") or (time_to_type(told.until) if told.until else ""),
    )


HANDLERS = [sitting, extend]
