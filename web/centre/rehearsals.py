"""Rehearsals 模拟开标: the centre starts a section on which bidders practise the whole way to the opening."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from infra.kernel.problems import Problem
from web.demo.rehearsals import LONGEST, SHORTEST, rehearsals, start_rehearsal
from web.forms import Fields, Form, address, begin, typed
from web.labels import SECTION_STATES
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
USUAL = "10"


@get("/centre/rehearsals", opt=CENTRE)
async def rehearsal_list(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The rehearsals so far, and the form that starts one; outside a demonstration, why there are none."""
    return await _show(visit, stack, await begin(stack, visit, {"minutes": USUAL}))


@post("/centre/rehearsals", opt=CENTRE, status_code=303)
async def new_rehearsal(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Start one."""
    form = typed(visit, data)
    text = form.value("minutes").strip()
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    try:
        await start_rehearsal(stack.database, visit.actor, minutes, address(request))
        return Redirect(visit.url("/centre/rehearsals"), status_code=303)
    except Problem as problem:
        form.refuse(problem, {"rehearsal.minutes": "minutes"}.get(problem.code))
    return await _show(visit, stack, form)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    found = await rehearsals(stack.database, visit.actor)
    return page(
        visit,
        "centre/rehearsals.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        found=found,
        states=SECTION_STATES,
        shortest=SHORTEST,
        longest=LONGEST,
    )


HANDLERS: list[ControllerRouterHandler] = [rehearsal_list, new_rehearsal]
