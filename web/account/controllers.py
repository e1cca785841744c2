"""Who controls one's own body: declared by its people, kept with the time, ended by them; judges are screened by it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.evaluation.controllers import LONGEST_NAME, declare_controller, end_controller, own_controllers
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

BODIES = {"audience": ("bidder", "procuring", "agent")}
AT_FIELDS = {
    "organisation.credit-code": "code",
    "controller.self": "code",
    "controller.known": "code",
    "controller.name": "name",
}


@get("/company/controllers", opt=BODIES)
async def controllers(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """What the body has declared, and the form for one more."""
    return await _show(visit, stack, await begin(stack, visit))


@post("/company/controllers", opt=BODIES, status_code=303)
async def declaring(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Declare one more."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await declare_controller(work, form.value("code"), form.value("name"))
        return Redirect(visit.url("/company/controllers"), status_code=303)
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
    return await _show(visit, stack, form)


@post("/company/controllers/{controller:str}/end", opt=BODIES, status_code=303)
async def ending(
    controller: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """One of them controls the body no more."""
    async with stack.database.work(visit.actor, address(request)) as work:
        await end_controller(work, controller)
    return Redirect(visit.url("/company/controllers"), status_code=303)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        found = await own_controllers(session, visit.actor)
    return page(
        visit, "account/controllers.html", demo=stack.demo, status=form.status, form=form, found=found,
        longest=LONGEST_NAME,
    )  # fmt: skip


HANDLERS = [controllers, declaring, ending]
