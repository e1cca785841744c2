"""The centre at the door of the evaluation room: slips, the appointed time, who has come."""

import re
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.draw.tables import Seat
from infra.access.actions import note, refused
from infra.access.rules import Read
from infra.db.work import Work
from infra.kernel.problems import Problem
from trading.evaluation.foresight import draws_of, section_for
from trading.evaluation.panel import appoint_sign_in
from trading.evaluation.queries import seats_of
from trading.evaluation.seating import replace_absent
from trading.evaluation.slips import print_slip, printable, replace_slip
from web.centre.moments import local_instant
from web.centre.seats_page import show
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}


@get("/sections/{tender:str}/{number:str}/seats", opt={**CENTRE, "reads": Read.SEAT_NAMES})
async def seats(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """The draw's phases and the seats; a name only once its holder has signed in."""
    return await show(request, visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/seats/appointment", opt=CENTRE, status_code=303)
async def appoint(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Set when judges must have signed in, in the platform's time (UTC+8)."""

    async def act(work: Work, section: str, form: Form) -> None:
        await appoint_sign_in(work, section, _instant(form.value("by")))

    return await _do(request, visit, stack, f"{tender}/{number}", data, act, "by")


@post("/sections/{tender:str}/{number:str}/seats/absent", opt=CENTRE, status_code=303)
async def absent(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Replace whoever has not come by the appointed time, if the system has not done so already."""

    async def act(work: Work, section: str, _: Form) -> None:
        await replace_absent(work, stack.keys, section)

    return await _do(request, visit, stack, f"{tender}/{number}", data, act)


@post("/sections/{tender:str}/{number:str}/seats/slips", opt={**CENTRE, "reads": Read.SLIPS}, status_code=200)
async def slips(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The slips that are not printed yet, once; or one new slip (`seat`) for a written reason.

    The sheet to print is the answer itself: a code stands in no address, and asking again gives none.
    """
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            section = await section_for(work.session, visit.actor, section_id)
            printed = await _printed(work, stack, section_id, form)
            shown = [seat.number for seat, _ in printed]
            note(work, Read.SLIPS, section_id, section=section_id, region=section.region, seats=shown)
            by = next((draw.sign_in_by for draw in await draws_of(work.session, section_id)), None)
    except Problem as problem:
        await refused(
            stack.database, visit.actor, address(request), Read.SLIPS, section_id, section=section_id, code=problem.code
        )
        form.refuse(problem, "reason" if problem.code == "slip.reason" else None)
        return await show(request, visit, stack, section_id, form)
    told = [(seat, " ".join(re.findall(".{4}", code))) for seat, code in printed]
    answer = page(
        visit, "centre/seat_slips.html", demo=stack.demo, section=section, slips=told, by=by,
        door=stack.settings.origin + visit.url("/judge"),
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _printed(work: Work, stack: Stack, section_id: str, form: Form) -> list[tuple[Seat, str]]:
    known = {seat.number: seat for seat in await seats_of(work.session, section_id)}
    keys, asked = stack.keys.service, form.value("seat")
    if asked:
        if not re.fullmatch("[0-9]{1,3}", asked) or int(asked) not in known:
            raise Problem("seat.none", number=asked[:3])
        code = await replace_slip(work, keys, section_id, int(asked), form.value("reason"))
        return [(known[int(asked)], code)]
    waiting = await printable(work.session, list(known.values()))
    if not waiting:
        raise Problem("slip.none")
    return [(seat, await print_slip(work, keys, section_id, seat.number)) for seat in waiting]


async def _do(
    request: AnyRequest, visit: Visit, stack: Stack, section_id: str, data: Fields, act: Any, field: str | None = None
) -> Response[Any]:
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await section_for(work.session, visit.actor, section_id)
            await act(work, section_id, form)
    except Problem as problem:
        form.refuse(problem, field)
        return await show(request, visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/seats"), status_code=303)


def _instant(text: str) -> datetime:
    found = local_instant(text)
    if found is None:
        raise Problem("sign-in.time", given=text[:40])
    return found


HANDLERS = [seats, appoint, absent, slips]
