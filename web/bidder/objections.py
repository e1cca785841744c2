"""A bidder objects to the result while the candidates stand in publicity 结果异议 (TBR 54), and reads the answer."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.objections.actions import object_to_result, objection_until, withdraw_objection
from trading.objections.queries import objections_of, require_bid
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import public_section
from web.forms import Fields, Form, address, begin, typed
from web.public.objections import OUTCOMES, outcome
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

BIDDER = {"audience": "bidder"}
TAIL = "/objections/own"


@get("/sections/{tender:str}/{number:str}/objections/own", opt=BIDDER)
async def own_objections(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form, and what one's own body has raised."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/objections/own", opt=BIDDER, status_code=303)
async def raise_objection(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Raise the objection."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await object_to_result(work, section_id, form.value("text").replace("\r\n", "\n"))
    except Problem as problem:
        form.refuse(problem, "text" if problem.code == "result-objection.text" else None)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}{TAIL}") + "#own", status_code=303)


@post("/sections/{tender:str}/{number:str}/objections/{which:int}/withdrawal", opt=BIDDER, status_code=303)
async def withdraw(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    which: FromPath[int],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Take an own objection back."""
    form, section_id = Form(visit.language, {}), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await withdraw_objection(work, section_id, which)
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}{TAIL}") + "#own", status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        await require_bid(session, visit.actor, section_id)
        section = await public_section(session, section_id, taken_down=True)
        found = [one for one in await objections_of(session, section_id) if one.bidder == visit.actor.organisation]
    regime = regime_of(section, stack.settings.mode)
    until = objection_until(section, regime)
    return page(
        visit,
        "bidder/objections.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        section=section,
        path=f"/sections/{section_id}",
        own=[(one, outcome(one)) for one in found],
        outcomes=OUTCOMES,
        until=until,
        open=until is not None and visit.now < until,
        reviewed=regime.reviewed,
        reply=regime.parameter(Rule.OBJECTION_REPLY),
    )


HANDLERS = [own_objections, raise_objection, withdraw]
