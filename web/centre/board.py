"""The centre's day board 场地看板: halls and rooms by the half hour, what waits for a word, clashes, rooms themselves."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.channels import venues_channel
from infra.kernel.problems import Problem
from infra.live import cursor_of
from trading.venues.actions import cancel_booking, confirm_booking, enter_room, move_booking
from trading.venues.queries import Held, find_held, held_between, open_rooms
from trading.venues.rules import misses
from trading.venues.states import BookingState
from trading.venues.tables import Room, RoomKind
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_, ZONE
from web.procurement.times import time_to_type, typed_day
from web.procurement.venue import AT_FIELDS, LENGTHS, stretch
from web.procurement.words import BOOKING_STATES, BOOKING_TONES, ROOM_KINDS
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
SLOT = timedelta(minutes=30)
FIRST, LAST = 8, 18
"""Hours that the board shows on any day; earlier and later ones where something is booked."""


class Cell(NamedTuple):
    """A stretch of a room's row: `slots` wide, free where `held` is None; `begins` is its first instant."""

    slots: int
    begins: datetime
    held: Held | None = None


class Row(NamedTuple):
    """One room's day."""

    room: Room
    cells: list[Cell]


@get("/centre/board", opt=CENTRE)
async def board(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One day of every hall and room."""
    return await _show(visit, stack, await begin(stack, visit))


@get("/centre/bookings/{booking:str}", opt=CENTRE)
async def one_booking(
    booking: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """One booking: confirm it, assign another room or time, cancel it."""
    held = await _held(stack, visit, booking)
    start, end = held.booking.during.lower, held.booking.during.upper
    assert start is not None and end is not None
    minutes = str(int((end - start).total_seconds()) // 60)
    initial = {"room": held.room.id, "start": time_to_type(start), "minutes": minutes}
    return await _show_booking(visit, stack, held, await begin(stack, visit, initial))


@post("/centre/bookings/{booking:str}", opt=CENTRE, status_code=303)
async def decide(
    booking: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Confirm, assign or cancel, whichever the button said."""
    held = await _held(stack, visit, booking)
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            if form.value("action") == "confirm":
                await confirm_booking(work, booking)
            elif form.value("action") == "cancel":
                await cancel_booking(work, booking)
            else:
                held.booking.during = (await move_booking(work, booking, form.value("room"), *stretch(form))).during
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await _show_booking(visit, stack, held, form)
    start = held.booking.during.lower
    assert start is not None
    return Redirect(visit.url("/centre/board", {"day": start.astimezone(ZONE).date()}), status_code=303)


@post("/centre/board", opt=CENTRE, status_code=303)
async def add_room(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Enter another hall or room."""
    form = typed(visit, data)
    kind, seats = form.value("kind"), form.value("seats")
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            if kind not in set(RoomKind):
                raise Problem("room.kind", given=kind[:20])
            number = int(seats) if seats.isascii() and seats.isdigit() and len(seats) < 9 else 0
            await enter_room(work, form.value("name"), RoomKind(kind), number, region=visit.actor.region or "")
        return Redirect(visit.url("/centre/board"), status_code=303)
    except Problem as problem:
        form.refuse(problem, {"room.seats": "seats", "room.kind": "kind"}.get(problem.code, "name"))
    return await _show(visit, stack, form)


def rows_of(rooms: Sequence[Room], held: Sequence[Held], first: datetime, slots: int) -> list[Row]:
    """Each room's day as stretches of whole slots from `first` on; what overlaps a slot fills it."""
    return [Row(room, _cells([one for one in held if one.room.id == room.id], first, slots)) for room in rooms]


def hours_of(held: Sequence[Held], day: date) -> tuple[datetime, int]:
    """The first instant and the number of slots of a day's board: working hours, and whatever is booked beyond them."""
    midnight = datetime.combine(day, time(), ZONE)
    start, end = midnight + timedelta(hours=FIRST), midnight + timedelta(hours=LAST)
    for one in held:
        lower, upper = one.booking.during.lower, one.booking.during.upper
        assert lower is not None and upper is not None
        start, end = min(start, max(lower, midnight)), max(end, min(upper, midnight + timedelta(days=1)))
    before = int((start - midnight) / timedelta(hours=1))
    start = midnight + timedelta(hours=before)
    return start, -(-int((end - start).total_seconds()) // int(SLOT.total_seconds()))


def _cells(held: Sequence[Held], first: datetime, slots: int) -> list[Cell]:
    by_slot: list[Held | None] = [None] * slots
    for one in held:
        lower, upper = one.booking.during.lower, one.booking.during.upper
        assert lower is not None and upper is not None
        for place in range(slots):
            if lower < first + (place + 1) * SLOT and upper > first + place * SLOT:
                by_slot[place] = by_slot[place] or one
    cells: list[Cell] = []
    for place, found in enumerate(by_slot):
        if found is not None and cells and cells[-1].held is found:
            cells[-1] = cells[-1]._replace(slots=cells[-1].slots + 1)
        else:
            cells.append(Cell(1, first + place * SLOT, found))
    return cells


def _clashes(held: Sequence[Held]) -> list[Held]:
    """Opening halls that are booked beside the deadline of their section."""
    found = []
    for one in held:
        lower, upper = one.booking.during.lower, one.booking.during.upper
        assert lower is not None and upper is not None
        hall = one.booking.purpose == RoomKind.OPENING and one.section.opened_at is None
        if hall and misses(lower, upper, one.section.deadline):
            found.append(one)
    return found


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    day = typed_day(dict(visit.asked).get("day"), visit.now)
    midnight = datetime.combine(day, time(), ZONE)
    channel = venues_channel(visit.actor.region or "")
    async with stack.database.reading(visit.actor) as session:
        cursor = await cursor_of(session, channel)
        rooms = await open_rooms(session, visit.actor.region or "")
        held = await held_between(session, visit.actor, midnight, midnight + timedelta(days=1))
    first, slots = hours_of(held, day)
    return page(
        visit,
        "centre/board.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        channel=channel,
        cursor=cursor,
        day=midnight,
        days=[midnight - timedelta(days=1), midnight + timedelta(days=1)],
        today=visit.now.astimezone(ZONE).date() == day,
        rows=rows_of(rooms, held, first, slots),
        hours=[first + place * SLOT for place in range(0, slots, 2)],
        held=held,
        waiting=[one for one in held if one.booking.state == BookingState.ASKED],
        clashes=_clashes(held),
        room_kinds=ROOM_KINDS,
        kinds=[(str(kind), visit.texts.gettext(text)) for kind, text in ROOM_KINDS.items()],
        booking_states=BOOKING_STATES,
        booking_tones=BOOKING_TONES,
    )


async def _held(stack: Stack, visit: Visit, booking: str) -> Held:
    async with stack.database.reading(visit.actor) as session:
        return await find_held(session, visit.actor, booking)


async def _show_booking(visit: Visit, stack: Stack, held: Held, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        rooms = await open_rooms(session, held.booking.region)
    text = visit.texts.gettext
    return page(
        visit,
        "centre/booking.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        held=held,
        room_choices=[(room.id, room.name) for room in rooms if room.kind == held.booking.purpose],
        lengths=[(str(one), text(N_("%(n)s min")) % {"n": one}) for one in sorted({*LENGTHS, _minutes(form)})],
        room_kinds=ROOM_KINDS,
        booking_states=BOOKING_STATES,
        booking_tones=BOOKING_TONES,
        asked=held.booking.state == BookingState.ASKED,
        day=None if held.booking.during.lower is None else held.booking.during.lower.astimezone(ZONE).date(),
    )


def _minutes(form: Form) -> int:
    given = form.value("minutes")
    return int(given) if given.isascii() and given.isdigit() and 0 < len(given) < 5 else LENGTHS[0]


HANDLERS = [board, one_booking, decide, add_room]
