"""A committee that pauses overnight: the centre seals the room, and says how the seal was found before it goes on."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.evaluation.foresight import section_for
from trading.sections.states import SectionState
from trading.sitting.actions import pause, resume
from trading.sitting.queries import all_locked, pauses_of, sitting_of
from web.forms import Fields, Form, address, begin, typed
from web.procurement.times import typed_time
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
PATH = "/sections/{tender:str}/{number:str}/pause"
AT_FIELDS = {"time.unreadable": "resumes", "marking-time.past": "resumes"}


@get(PATH, opt=CENTRE)
async def pause_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Whether the committee sits, and the form to seal the room or to go on."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post(PATH, opt=CENTRE, status_code=303)
async def paused(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Seal the room, or go on where the page said so."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await section_for(work.session, visit.actor, section_id)
            if form.value("act") == "resume":
                if form.value("intact") not in ("yes", "no"):
                    raise Problem("pause.intact")
                await resume(work, section_id, intact=form.value("intact") == "yes", found=form.value("found"))
            else:
                resumes = typed_time(form.value("resumes"))
                await pause(work, section_id, form.value("reason"), form.value("seal"), resumes)
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/pause"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        section = await section_for(session, visit.actor, section_id)
        sitting, pauses = await sitting_of(session, section), await pauses_of(session, section_id)
        marking = section.state == SectionState.EVALUATING and not await all_locked(session, section_id)
    return page(
        visit,
        "centre/pause.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        section=section,
        sitting=sitting,
        pauses=pauses,
        marking=marking,
    )


HANDLERS = [pause_page, paused]
