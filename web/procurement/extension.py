"""A later deadline 延期 for a published section, and the list of who holds the document 领取名单."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from trading.clarifications.extending import extend_deadline
from trading.clarifications.fetching import read_holders
from trading.clarifications.queries import changes_of
from trading.sections.states import SectionState
from trading.venues.rules import misses
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.procurement.times import time_to_type, typed_time
from web.state import Stack
from web.visit import AnyRequest, Visit

AT_FIELDS = {
    "extension.earlier": "deadline",
    "section.deadline-seconds": "deadline",
    "section.deadline-past": "deadline",
    "time.unreadable": "deadline",
    "extension.reasons": "reason",
}


@get("/sections/{tender:str}/{number:str}/extension", opt=PROCURERS)
async def edit_extension(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The deadline in force, its history, and the form of a later one."""
    ground = await _ground(stack, visit, tender, number)
    deadline = ground.section.deadline
    initial = {} if deadline is None else {"deadline": time_to_type(deadline)}
    return await _show(visit, stack, ground, await begin(stack, visit, initial))


@post("/sections/{tender:str}/{number:str}/extension", opt=PROCURERS, status_code=303)
async def extend(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Move the deadline; what is published stays."""
    ground = await _ground(stack, visit, tender, number)
    form = typed(visit, data)
    try:
        deadline = typed_time(form.value("deadline"))
        async with stack.database.work(visit.actor, address(request)) as work:
            await extend_deadline(work, ground.section.id, deadline, form.value("reason"))
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await _show(visit, stack, ground, form)
    return Redirect(visit.url(f"{ground.path}/extension"), status_code=303)


@get("/sections/{tender:str}/{number:str}/holders", opt={**PROCURERS, "reads": Read.DOCUMENT_HOLDERS})
async def holders(
    tender: FromPath[str],
    number: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """Who holds the document: for procuring entity and agent alone; each look leaves a line in journal and access log."""
    ground = await _ground(stack, visit, tender, number)
    reader, section = (visit.actor, address(request)), ground.section
    async with recorded(stack.database, *reader, Read.DOCUMENT_HOLDERS, section.id, section=section.id) as look:
        look.region = section.region
        found = await read_holders(look.work, section.id)
    return show_section(visit, stack, ground, "procurement/holders.html", found=found)


async def _ground(stack: Stack, visit: Visit, tender: str, number: str) -> Ground:
    async with stack.database.reading() as session:
        return await ground_of(session, visit, tender, number)


async def _show(visit: Visit, stack: Stack, ground: Ground, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        changes = await changes_of(session, ground.section.id)
    section, halls = ground.section, [one for one in ground.progress.bookings if one[0].purpose == "opening-hall"]
    missed = any(
        one.during.lower and one.during.upper and misses(one.during.lower, one.during.upper, section.deadline)
        for one, _ in halls
    )
    return show_section(
        visit,
        stack,
        ground,
        "procurement/extension.html",
        status=form.status,
        form=form,
        changes=changes,
        halls=halls,
        misses=missed,
        open=ground.state is SectionState.BIDDING,
    )


HANDLERS = [edit_extension, extend, holders]
