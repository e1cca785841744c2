"""A bidder asks in writing that somebody not judge 回避申请; the answer never tells whether that person was drawn."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.evaluation.recusing import asked_by, may_ask, request_recusal
from trading.sections.queries import public_section
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

BIDDER = {"audience": "bidder"}
AT_FIELDS = {"recusal.whom": "private_whom", "recusal.why": "private_why"}
STATES = {"received": N_("Received"), "considered": N_("Decided by the supervising body")}


@get("/sections/{tender:str}/{number:str}/recusal", opt=BIDDER)
async def recusal(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form, and what one's own body has asked."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/recusal", opt=BIDDER, status_code=303)
async def ask_recusal(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Hand the request in."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            keys, whom, why = stack.keys.service, form.value("private_whom"), form.value("private_why")
            await request_recusal(work, keys, section_id, whom, why)
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/recusal") + "#own", status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        own = await asked_by(session, stack.keys.service, visit.actor, section_id)
        section = await public_section(session, section_id)
    return page(
        visit,
        "bidder/recusal.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        section=section,
        own=own,
        open=may_ask(section),
        states=STATES,
        path=f"/sections/{section_id}",
    )


HANDLERS = [recusal, ask_recusal]
