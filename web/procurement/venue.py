"""Halls and rooms of a section: what is booked, what is free around the deadline, booking, moving, giving back."""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.venues.actions import OVER, book_room, cancel_booking, move_booking
from trading.venues.queries import open_rooms, taken
from trading.venues.tables import Booking, Room
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.procurement.times import time_to_type, typed_time
from web.procurement.words import BOOKING_STATES, BOOKING_TONES, ROOM_KINDS
from web.state import Stack
from web.visit import AnyRequest, Visit

LENGTHS = (30, 60, 90, 120, 180, 240, 480)
BEFORE = timedelta(minutes=15)
AROUND = timedelta(hours=12)
AT_FIELDS = {
    "booking.overlap": "room",
    "booking.twice": "room",
    "booking.purpose": "room",
    "room.unknown": "room",
    "booking.misses-deadline": "start",
    "booking.past": "start",
    "time.unreadable": "start",
}


class Taken(NamedTuple):
    """When a room is taken, whoever has it."""

    start: datetime
    end: datetime


@get("/sections/{tender:str}/{number:str}/venue", opt=PROCURERS)
async def venue(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What the section has booked, and a form for another room that begins a little before the deadline."""
    ground = await _ground(stack, visit, tender, number)
    deadline = _deadline(ground)
    start = deadline - BEFORE if deadline else visit.now + timedelta(hours=1)
    initial = {"start": time_to_type(start.replace(second=0, microsecond=0)), "minutes": "120"}
    return await _show(visit, stack, ground, await begin(stack, visit, initial))


@post("/sections/{tender:str}/{number:str}/venue", opt=PROCURERS, status_code=303)
async def book(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Book a room, or move a booking (`booking`) to another room or time."""
    ground = await _ground(stack, visit, tender, number)
    form = typed(visit, data)
    try:
        start, end = stretch(form)
        async with stack.database.work(visit.actor, address(request)) as work:
            if form.value("booking"):
                await move_booking(work, form.value("booking"), form.value("room"), start, end)
            else:
                await book_room(work, ground.section.id, form.value("room"), start, end)
        return Redirect(visit.url(f"{ground.path}/venue"), status_code=303)
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
    return await _show(visit, stack, ground, form)


@post("/sections/{tender:str}/{number:str}/venue/cancellation", opt=PROCURERS, status_code=303)
async def cancel(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Give a booked room back."""
    ground = await _ground(stack, visit, tender, number)
    async with stack.database.work(visit.actor, address(request)) as work:
        await cancel_booking(work, data.get("booking", ""))
    return Redirect(visit.url(f"{ground.path}/venue"), status_code=303)


def stretch(form: Form) -> tuple[datetime, datetime]:
    """Start and end of a booking form; `time.unreadable`, or `booking.length` for a length that is not offered."""
    start, minutes = typed_time(form.value("start")), form.value("minutes")
    if minutes not in map(str, LENGTHS):
        raise Problem("booking.length", given=minutes[:10])
    return start, start + timedelta(minutes=int(minutes))


def taken_hours(bookings: list[Booking]) -> dict[str, list[Taken]]:
    """By room, when it is taken."""
    found: dict[str, list[Taken]] = defaultdict(list)
    for booking in bookings:
        start, end = booking.during.lower, booking.during.upper
        assert start is not None and end is not None
        found[booking.room].append(Taken(start, end))
    return found


def _deadline(ground: Ground) -> datetime | None:
    keyset = ground.progress.keyset
    return ground.section.deadline or (keyset.deadline if keyset else None)


async def _ground(stack: Stack, visit: Visit, tender: str, number: str) -> Ground:
    async with stack.database.reading() as session:
        return await ground_of(session, visit, tender, number)


async def _show(visit: Visit, stack: Stack, ground: Ground, form: Form) -> Response[str]:
    around = visit.now
    with suppress(Problem):
        around = typed_time(form.value("start"))
    async with stack.database.reading() as session:
        rooms = await open_rooms(session, ground.section.region)
        busy = await taken(session, ground.section.region, around - AROUND, around + AROUND)
    text = visit.texts.gettext
    return show_section(
        visit,
        stack,
        ground,
        "procurement/venue.html",
        status=form.status,
        form=form,
        rooms=rooms,
        room_choices=[(room.id, _told(room, text(ROOM_KINDS[room.kind]))) for room in rooms],
        lengths=[(str(one), text(N_("%(n)s min")) % {"n": one}) for one in LENGTHS],
        own_choices=[(booking.id, room.name) for booking, room in ground.progress.bookings],
        busy=taken_hours(busy),
        around=around,
        over=ground.state in OVER,
        opened=ground.section.opened_at is not None,
        deadline=_deadline(ground),
        room_kinds=ROOM_KINDS,
        booking_states=BOOKING_STATES,
        booking_tones=BOOKING_TONES,
    )


def _told(room: Room, kind: str) -> str:
    return f"{kind} · {room.name} ({room.seats})"


HANDLERS = [venue, book, cancel]
