"""Electing the committee's leader: one vote a seat and round, counts only when all have voted."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.evaluation.leader import vote_for_leader
from web.forms import Fields, Form, address, begin, typed
from web.judge.room import JUDGE, enter, show
from web.state import Stack
from web.visit import AnyRequest, Visit

_NUMBER = re.compile(r"[0-9]{1,3}")


@get("/judge/leader", opt=JUDGE)
async def leader(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The running round, how many have voted, and who was elected."""
    return await _show(visit, stack, await begin(stack, visit))


@post("/judge/leader", opt=JUDGE, status_code=303)
async def elect(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Give the own vote."""
    form = typed(visit, data)
    chosen, asked = form.value("candidate"), form.value("round")
    try:
        if not _NUMBER.fullmatch(chosen) or not _NUMBER.fullmatch(asked):
            raise Problem("leader.candidate", number=chosen[:10] or "–")
        async with stack.database.work(visit.actor, address(request)) as work:
            await vote_for_leader(work, visit.actor.id, int(chosen), int(asked))
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, form)
    return Redirect(visit.url("/judge/leader"), status_code=303)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    room = await enter(stack, visit)
    return show(visit, stack, "judge/leader.html", room, status=form.status, form=form)


HANDLERS = [leader, elect]
