"""The centre's desk at the door 签到台: code and identity, locker, who is here, who has gone; by seat, never by name."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.attendance.actions import note_refusal, sign_out
from expertpool.attendance.queries import attended, refused_tries
from expertpool.attendance.rules import PLATFORM
from expertpool.draw.tables import Seat
from expertpool.invitations.queries import places_of
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.evaluation.foresight import draws_of, section_for
from trading.evaluation.queries import seats_of
from trading.evaluation.roster import admit
from trading.evaluation.seating import SEATED
from web.forms import Fields, Form, address, begin, typed
from web.judge.door import parties_of
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
WATCHING = {"audience": ("centre", "supervisor")}
FIELDS = {"check-in.locker": "locker", "check-in.commitment": "commitment"}


@get("/sections/{tender:str}/{number:str}/check-in", opt=CENTRE)
async def door(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form for one expert at the door, and which seats have come today."""
    return await _door(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/check-in", opt=CENTRE, status_code=303)
async def arrival(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Let one expert in; code and identity stand in the body alone, and a refused try is counted."""
    form, section_id, here = typed(visit, data), f"{tender}/{number}", address(request)
    code, identity = form.value("private_code"), form.value("private_identity")
    try:
        if form.value("commitment") != "yes":
            raise Problem("check-in.commitment")
        async with stack.database.work(visit.actor, here) as work:
            await section_for(work.session, visit.actor, section_id)
            seat = await admit(work, stack.keys, section_id, code, identity, locker=form.value("locker").strip())
        return Redirect(visit.url(f"/sections/{section_id}/check-in", {"came": seat}), status_code=303)
    except Problem as problem:
        if problem.code == "check-in.refused":
            async with stack.database.work(visit.actor, here) as work:
                await note_refusal(work, stack.keys, section_id, code, visit.actor.region or "")
        form.refuse(problem, FIELDS.get(problem.code))
        form.values = {name: value for name, value in form.values.items() if not name.startswith("private_")}
        return await _door(visit, stack, section_id, form)


@get("/sections/{tender:str}/{number:str}/attendance", opt=WATCHING)
async def attendance(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Every day of every seat: came, late, locker, went, how long."""
    return await _attendance(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/attendance/departures", opt=CENTRE, status_code=303)
async def departure(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """The holder of a seat goes for the day."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    seat = form.value("seat")
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await section_for(work.session, visit.actor, section_id)
            await sign_out(work, section_id, _seat(seat))
        return Redirect(visit.url(f"/sections/{section_id}/attendance"), status_code=303)
    except Problem as problem:
        form.refuse(problem, f"seat-{seat}" if problem.code == "sign-out.nobody" else None)
        return await _attendance(visit, stack, section_id, form)


async def _door(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        section = await section_for(session, visit.actor, section_id)
        seats, days = await seats_of(session, section_id), await attended(session, section_id)
        parties, places = await parties_of(session, section), await places_of(session, seats)
        draws = await draws_of(session, section_id)
    today = visit.now.astimezone(PLATFORM).date()
    came = {one.seat: one for one in days if one.day == today}
    asked = dict(visit.asked).get("came", "")
    return page(
        visit, "centre/check_in.html", demo=stack.demo, status=form.status, form=form, section=section, seats=seats,
        came=came, parties=parties, open=section.state in SEATED, just=_welcome(asked, seats, came),
        begins=draws[0].evaluation_at if draws else None, places=places,
    )  # fmt: skip


async def _attendance(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        section = await section_for(session, visit.actor, section_id)
        seats, days = await seats_of(session, section_id), await attended(session, section_id)
        tries = await refused_tries(session, section_id) if visit.actor.role == Role.SUPERVISOR else None
    holders = {seat.id: seat for seat in seats}
    last = {one.number: one.id for one in days}
    return page(
        visit, "centre/attendance.html", demo=stack.demo, status=form.status, form=form, section=section, seats=seats,
        days=days, last=last, holders=holders, clerk=visit.actor.role == Role.CENTRE, tries=tries,
    )  # fmt: skip


def _welcome(asked: str, seats: list[Seat], came: dict[str, Any]) -> int | None:
    """The seat that was let in a moment ago, if the address says one that has indeed come."""
    here = {str(seat.number): seat.number for seat in seats if seat.id in came}
    return here.get(asked)


def _seat(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text, re.ASCII):
        raise Problem("seat.none", number=text[:3])
    return int(text)


HANDLERS = [door, arrival, attendance, departure]
