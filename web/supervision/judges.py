"""Judge analytics 评委分析: by section and J-number, what stands apart; events to confirm. Nothing follows by itself."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.appraisal.actions import confirm_event
from expertpool.appraisal.queries import events_of
from expertpool.appraisal.rules import SMALL_SAMPLE
from infra.kernel.problems import Problem
from trading.evaluation.appraising import AT_ONCE, judged
from web.forms import Fields, Form, address, begin, typed
from web.procurement.rating import EVENTS
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SUPERVISOR = {"audience": "supervisor"}


@get("/supervision/judges", opt=SUPERVISOR)
async def judges(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Deviations of the last evaluated sections, the newest first, and what was reported."""
    return await _show(visit, stack, await begin(stack, visit))


@post("/supervision/judges/{event:str}", opt=SUPERVISOR, status_code=303)
async def confirmation(
    request: AnyRequest,
    event: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Confirm one reported event: its points count from now on."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await confirm_event(work, event)
        return Redirect(visit.url("/supervision/judges"), status_code=303)
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, form)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        found = await judged(session, visit.actor, _before(dict(visit.asked).get("before", "")))
        events = await events_of(session)
    shown = found[:AT_ONCE]
    return page(
        visit, "supervision/judges.html", demo=stack.demo, status=form.status, form=form, sections=shown,
        more=shown[-1].published_at if len(found) > AT_ONCE else None, events=events, names=EVENTS,
        small=SMALL_SAMPLE,
    )  # fmt: skip


def _before(text: str) -> datetime | None:
    """The time after which a page goes on; None for what is no time with an offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


HANDLERS = [judges, confirmation]
