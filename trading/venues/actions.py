"""Rooms are entered; booked, moved and cancelled by the procuring side; confirmed and assigned by the centre."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.channels import venues_channel
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.sections.actions import own_section, stamp
from trading.sections.queries import find_own_section
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.venues.rules import check_stretch, misses
from trading.venues.states import LIFE, BookingState
from trading.venues.tables import Booking, Room, RoomKind

OVER = (SectionState.NOTIFIED, SectionState.FAILED)
LONGEST_NAME = 60
MOST_SEATS = 10_000


async def enter_room(work: Work, name: str, kind: RoomKind, seats: int, *, region: str) -> Room:
    """Enter a hall or room of the centre; `room.name`, `room.seats`, or `room.known` for a second of that name."""
    require(work.ctx.actor, "room.enter")
    if not is_written(name, LONGEST_NAME):
        raise Problem("room.name", longest=LONGEST_NAME)
    if not 0 < seats <= MOST_SEATS:
        raise Problem("room.seats", given=seats, most=MOST_SEATS)
    known = select(Room.id).where(Room.region == region, Room.name == name.strip())
    if (await work.session.execute(known)).scalar() is not None:
        raise Problem("room.known", name=name.strip())
    room = Room(
        id=work.ctx.new_id("room"), name=name.strip(), kind=kind, seats=seats, region=region, entered_at=work.ctx.now
    )
    work.session.add(room)
    work.tell(venues_channel(region), Event.ROOM_ENTERED, room.id)
    work.record(Event.ROOM_ENTERED, room.id, region=region, name=room.name, kind=str(kind), seats=seats)
    return room


async def book_room(work: Work, section_id: str, room_id: str, start: datetime, end: datetime) -> Booking:
    """Ask for a room for a section of one's own; the room's kind is the purpose, and each purpose is booked once.

    `booking.overlap` where the room is taken, `booking.twice`, `booking.misses-deadline`, `booking.over`, and what
    `check_stretch` refuses.
    """
    section = await own_section(work, section_id, "room.book")
    if section.state in OVER:
        raise Problem("booking.over", section=section_id)
    room = await _room(work, room_id, section.region)
    booking = Booking(
        id=work.ctx.new_id("booking"),
        room=room.id,
        section=section_id,
        purpose=room.kind,
        during=_stretch(work, start, end),
        state=BookingState.ASKED,
        asked_by=work.ctx.actor.organisation,
        asked_at=work.ctx.now,
        region=section.region,
    )
    _check_deadline(booking, section)
    async with _no_clash(work, booking, room):
        work.session.add(booking)
    _record(work, Event.ROOM_BOOKED, booking)
    return booking


async def move_booking(work: Work, booking_id: str, room_id: str, start: datetime, end: datetime) -> Booking:
    """Another room of the same kind, or another time. Moved by the centre it is confirmed, by anybody else asked anew."""
    require(work.ctx.actor, "booking.move")
    booking = await lock_booking(work, booking_id)
    verb = "assign" if work.ctx.actor.role is Role.CENTRE else "move"
    state = LIFE.move(verb, BookingState(booking.state), work.ctx.actor.role)
    room = await _room(work, room_id, booking.region)
    if room.kind != booking.purpose:
        raise Problem("booking.purpose", name=room.name)
    during = _stretch(work, start, end)
    async with _no_clash(work, booking, room):
        booking.room, booking.during, booking.state = room.id, during, state
        booking.decided_at = work.ctx.now if state is BookingState.CONFIRMED else None
        _check_deadline(booking, await work.session.get_one(Section, booking.section))
    _record(work, Event.BOOKING_MOVED, booking)
    return booking


async def confirm_booking(work: Work, booking_id: str) -> None:
    """The centre says that the room will be there."""
    require(work.ctx.actor, "booking.confirm")
    booking = await lock_booking(work, booking_id)
    booking.state = LIFE.move("confirm", BookingState(booking.state), work.ctx.actor.role)
    booking.decided_at = work.ctx.now
    _record(work, Event.BOOKING_CONFIRMED, booking)


async def cancel_booking(work: Work, booking_id: str) -> None:
    """Give a room back."""
    require(work.ctx.actor, "booking.cancel")
    booking = await lock_booking(work, booking_id)
    booking.state = LIFE.move("cancel", BookingState(booking.state), work.ctx.actor.role)
    _record(work, Event.BOOKING_CANCELLED, booking)


async def lock_booking(work: Work, booking_id: str) -> Booking:
    """A booking of one's own section (or of the centre's region), locked; `booking.unknown` for any other."""
    locked = select(Booking).where(Booking.id == booking_id).with_for_update()
    booking = None if "\0" in booking_id else (await work.session.execute(locked)).scalar_one_or_none()
    if booking is None:
        raise Problem("booking.unknown", id=booking_id)
    try:
        await find_own_section(work.session, work.ctx.actor, booking.section)
    except Problem as problem:
        raise Problem("booking.unknown", id=booking_id) from problem
    return booking


async def _room(work: Work, room_id: str, region: str) -> Room:
    """The room, locked so that bookings of one room come one after the other; the constraint is what counts."""
    locked = select(Room).where(Room.id == room_id, Room.region == region, Room.closed_at.is_(None)).with_for_update()
    room = None if "\0" in room_id else (await work.session.execute(locked)).scalar_one_or_none()
    if room is None:
        raise Problem("room.unknown", id=room_id)
    return room


def _stretch(work: Work, start: datetime, end: datetime) -> Range[datetime]:
    check_stretch(work.ctx.now, start, end)
    return Range(start, end, bounds="[)")


def _check_deadline(booking: Booking, section: Section) -> None:
    start, end = booking.during.lower, booking.during.upper
    assert start is not None and end is not None
    if booking.purpose == RoomKind.OPENING and section.opened_at is None and misses(start, end, section.deadline):
        raise Problem("booking.misses-deadline", deadline=section.deadline)


@asynccontextmanager
async def _no_clash(work: Work, booking: Booking, room: Room) -> AsyncIterator[None]:
    """What is done inside is written at once; what the database's constraints refuse of it becomes a problem."""
    section = booking.section
    try:
        async with work.session.begin_nested():
            yield
    except IntegrityError as error:
        told = str(error.orig)
        if "ex_bookings_no_overlap" in told:
            raise Problem("booking.overlap", room=room.name) from error
        if "uq_bookings_purpose" in told:
            raise Problem("booking.twice", section=section) from error
        raise


def _record(work: Work, event: Event, booking: Booking) -> None:
    during = booking.during
    assert during.lower is not None and during.upper is not None
    work.tell(venues_channel(booking.region), event, booking.id)
    work.record(
        event,
        booking.id,
        region=booking.region,
        about=booking.section,
        room=booking.room,
        start=stamp(during.lower),
        end=stamp(during.upper),
    )
