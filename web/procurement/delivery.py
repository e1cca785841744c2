"""Milestones of the contract 履约: planned and told to be reached on the contract's own page."""

from datetime import date
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.amounts import read_yuan
from infra.kernel.problems import Problem
from trading.contracts.delivery import Plan, plan_milestone, reach_milestone
from web.forms import Fields, address, typed
from web.procurement.contract import TAIL, day_of, show_contract
from web.procurement.ground import PROCURERS
from web.state import Stack
from web.visit import AnyRequest, Visit

FIELDS = {
    "milestone.title": "title",
    "milestone.kind": "kind",
    "milestone.date": "due_on",
    "milestone.amount": "sum",
    "milestone.no-amount": "sum",
    "milestone.unknown": "reached",
    "milestone.reached": "reached",
    "milestone.done-date": "done_on",
    "milestone.words": "words",
}


@post("/sections/{tender:str}/{number:str}/award/contract/milestones", opt=PROCURERS, status_code=303)
async def plan(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Plan one more."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    due_on, amount = date.min, None
    with form.field("due_on"):
        due_on = day_of(form.value("due_on"))
    if form.value("sum").strip():
        with form.field("sum"):
            amount = read_yuan(form.value("sum"))
    if not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                await plan_milestone(work, section_id, Plan(form.value("kind"), form.value("title"), due_on, amount))
            return Redirect(visit.url(f"/sections/{section_id}{TAIL}") + "#milestones", status_code=303)
        except Problem as problem:
            form.refuse(problem, FIELDS.get(problem.code))
    return await show_contract(visit, stack, section_id, form)


@post("/sections/{tender:str}/{number:str}/award/contract/reached", opt=PROCURERS, status_code=303)
async def reach(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Tell that one was reached."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    which, done_on = form.value("reached"), date.min
    with form.field("done_on"):
        done_on = day_of(form.value("done_on"))
    if not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                nth = int(which) if which.isascii() and which.isdecimal() and len(which) < 4 else 0
                await reach_milestone(work, section_id, nth, done_on, form.value("words").replace("\r\n", "\n"))
            return Redirect(visit.url(f"/sections/{section_id}{TAIL}") + "#milestones", status_code=303)
        except Problem as problem:
            form.refuse(problem, FIELDS.get(problem.code))
    return await show_contract(visit, stack, section_id, form)


HANDLERS = [plan, reach]
