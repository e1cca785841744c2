"""A judge who finds the time for marking too short says so."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.sitting.actions import ask_for_time
from web.forms import Fields, address, typed
from web.judge.room import JUDGE, enter, show
from web.state import Stack
from web.visit import AnyRequest, Visit


@post("/judge/time", opt=JUDGE, status_code=303)
async def more_time(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Ask for more time, once for the time that is set now."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await ask_for_time(work, visit.actor.id)
    except Problem as problem:
        form.refuse(problem)
        room = await enter(stack, visit)
        return show(visit, stack, "judge/time.html", room, status=form.status, form=form)
    return Redirect(visit.url("/judge"), status_code=303)


HANDLERS = [more_time]
