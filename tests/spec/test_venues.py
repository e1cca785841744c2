"""Halls and rooms 场地预约: the database lets no two bookings share a room, whoever comes first."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from bidding_scene import refused
from scenes import Hall
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from infra.kernel.context import SYSTEM, Role
from infra.kernel.problems import Problem
from trading.venues.actions import book_room, cancel_booking, confirm_booking, enter_room, move_booking
from trading.venues.queries import bookings_of, find_held, held_between, open_rooms, taken
from trading.venues.states import BookingState
from trading.venues.tables import Booking, Room, RoomKind
from web.demo import cast

HOURS = count(1)
HOUR = timedelta(hours=1)
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + 30 * 24 * HOUR


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rooms(hall: Hall) -> dict[str, Room]:
    names = {"one": RoomKind.OPENING, "two": RoomKind.OPENING, "bench": RoomKind.EVALUATION}
    return {name: await enter(hall, name, kind) for name, kind in names.items()}


async def enter(
    hall: Hall, name: str, kind: RoomKind = RoomKind.OPENING, login: str = "centre", seats: int = 20
) -> Room:
    async with hall.database.work(hall.actor(login)) as work:
        return await enter_room(work, name, kind, seats, region=cast.REGION)


def some_time() -> datetime:
    """An hour that no other test of this file uses."""
    return START + 3 * next(HOURS) * HOUR


async def book(
    hall: Hall,
    room: Room,
    start: datetime,
    end: datetime | None = None,
    login: str = "agent",
    section: str | None = None,
) -> Booking:
    section = section or await hall.a_draft()
    async with hall.database.work(hall.actor(login)) as work:
        return await book_room(work, section, room.id, start, end or start + HOUR)


async def move(hall: Hall, booking: Booking, room: Room, start: datetime, login: str = "agent") -> Booking:
    async with hall.database.work(hall.actor(login)) as work:
        return await move_booking(work, booking.id, room.id, start, start + HOUR)


async def act(hall: Hall, action: Any, booking: str, login: str) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await action(work, booking)


async def state_of(hall: Hall, booking: Booking) -> str:
    async with hall.database.reading() as session:
        return (await session.get_one(Booking, booking.id)).state


async def test_a_room_is_booked_for_a_section_and_waits_for_the_centre(hall: Hall, rooms: dict[str, Room]) -> None:
    booking = await book(hall, rooms["one"], some_time())
    assert (booking.state, booking.purpose) == (BookingState.ASKED, RoomKind.OPENING)
    await act(hall, confirm_booking, booking.id, "centre")
    assert await state_of(hall, booking) == BookingState.CONFIRMED


async def test_two_bookings_never_share_a_room(hall: Hall, rooms: dict[str, Room]) -> None:
    start = some_time()
    await book(hall, rooms["one"], start)
    for beside in (start, start - HOUR / 2, start + HOUR / 2):
        assert await refused(book(hall, rooms["one"], beside)) == "booking.overlap"


async def test_a_booking_may_begin_when_the_other_ends(hall: Hall, rooms: dict[str, Room]) -> None:
    start = some_time()
    await book(hall, rooms["one"], start)
    await book(hall, rooms["one"], start + HOUR)
    await book(hall, rooms["two"], start)


async def test_of_two_who_book_at_the_same_moment_one_gets_the_room(hall: Hall, rooms: dict[str, Room]) -> None:
    start, sections = some_time(), [await hall.a_draft() for _ in range(2)]
    calls = [book(hall, rooms["two"], start, section=one) for one in sections]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(one.code if isinstance(one, Problem) else one.state for one in done) == ["asked", "booking.overlap"]


async def test_the_database_itself_refuses_a_second_row_for_the_same_hour(hall: Hall, rooms: dict[str, Room]) -> None:
    start, sections = some_time(), [await hall.a_draft() for _ in range(2)]

    async def insert(section: str) -> None:
        async with hall.database.work(SYSTEM) as work:
            work.session.add(
                Booking(
                    id=work.ctx.new_id("booking"), room=rooms["two"].id, section=section, purpose=RoomKind.OPENING,
                    during=Range(start, start + HOUR), state="asked", asked_at=work.ctx.now, region=cast.REGION,
                )
            )  # fmt: skip
            await work.session.flush()

    done = await asyncio.gather(*(insert(one) for one in sections), return_exceptions=True)
    assert [type(one) for one in done].count(type(None)) == 1
    assert any(isinstance(one, DBAPIError) for one in done)


async def test_a_room_that_was_given_back_is_free_again(hall: Hall, rooms: dict[str, Room]) -> None:
    start = some_time()
    booking = await book(hall, rooms["one"], start)
    await act(hall, cancel_booking, booking.id, "agent")
    await book(hall, rooms["one"], start)
    assert await refused(act(hall, cancel_booking, booking.id, "agent")) == "workflow.not-now"


async def test_each_purpose_is_booked_once_for_a_section(hall: Hall, rooms: dict[str, Room]) -> None:
    section, start = await hall.a_draft(), some_time()
    await book(hall, rooms["one"], start, section=section)
    await book(hall, rooms["bench"], start, section=section)
    assert await refused(book(hall, rooms["two"], start, section=section)) == "booking.twice"


async def test_an_opening_hall_is_there_at_the_deadline(hall: Hall, rooms: dict[str, Room]) -> None:
    section = await hall.a_tender(600)
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    assert await refused(book(hall, rooms["one"], deadline + HOUR, section=section)) == "booking.misses-deadline"
    booking = await book(hall, rooms["one"], deadline - HOUR / 2, section=section)
    assert await refused(move(hall, booking, rooms["one"], deadline + HOUR)) == "booking.misses-deadline"
    await book(hall, rooms["bench"], deadline + HOUR, section=section)


async def test_moved_by_the_agent_a_booking_waits_anew_moved_by_the_centre_it_is_confirmed(
    hall: Hall, rooms: dict[str, Room]
) -> None:
    booking = await book(hall, rooms["one"], some_time())
    assert (await move(hall, booking, rooms["two"], some_time(), "centre")).state == BookingState.CONFIRMED
    assert (await move(hall, booking, rooms["one"], some_time())).state == BookingState.ASKED


async def test_a_booking_is_not_moved_where_another_stands_or_to_another_kind_of_room(
    hall: Hall, rooms: dict[str, Room]
) -> None:
    start = some_time()
    await book(hall, rooms["two"], start)
    booking = await book(hall, rooms["one"], start)
    assert await refused(move(hall, booking, rooms["two"], start, "centre")) == "booking.overlap"
    assert await refused(move(hall, booking, rooms["bench"], start)) == "booking.purpose"
    assert (await hall_of(hall, booking)) == rooms["one"].id


async def hall_of(hall: Hall, booking: Booking) -> str:
    async with hall.database.reading() as session:
        return (await session.get_one(Booking, booking.id)).room


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (timedelta(), timedelta(), "booking.order"),
        (timedelta(), -HOUR, "booking.order"),
        (timedelta(), 25 * HOUR, "booking.too-long"),
        (-800 * HOUR, -799 * HOUR, "booking.past"),
    ],
)
async def test_a_stretch_that_is_none_is_refused(
    hall: Hall, rooms: dict[str, Room], start: timedelta, end: timedelta, code: str
) -> None:
    at = some_time()
    assert await refused(book(hall, rooms["one"], at + start, at + end)) == code


@pytest.mark.parametrize("login", ["centre", "supervisor", "bidder1"])
async def test_only_the_procuring_side_asks_for_rooms(hall: Hall, rooms: dict[str, Room], login: str) -> None:
    assert await refused(book(hall, rooms["one"], some_time(), login=login)) == "permission.denied"


async def test_only_the_centre_confirms_and_enters_rooms(hall: Hall, rooms: dict[str, Room]) -> None:
    booking = await book(hall, rooms["one"], some_time())
    assert await refused(act(hall, confirm_booking, booking.id, "agent")) == "permission.denied"
    assert await refused(enter(hall, "里间", login="agent")) == "permission.denied"


async def test_a_stranger_finds_neither_section_nor_booking(hall: Hall, rooms: dict[str, Room]) -> None:
    await hall.bring("stranger", Role.AGENT, "别家招标代理公司", cast.code(322))
    booking = await book(hall, rooms["one"], some_time())
    assert await refused(act(hall, cancel_booking, booking.id, "stranger")) == "booking.unknown"
    assert await refused(book(hall, rooms["one"], some_time(), login="stranger")) == "section.unknown"
    async with hall.database.reading() as session:
        assert await refused(find_held(session, hall.actor("stranger"), booking.id)) == "booking.unknown"
        assert await held_between(session, hall.actor("stranger"), START, START + 900 * HOUR) == []
        assert booking.id in {one.id for one in await taken(session, cast.REGION, START, START + 900 * HOUR)}


@pytest.mark.parametrize("unknown", ["", "room-none", "\0"])
async def test_what_is_not_there_is_unknown(hall: Hall, unknown: str) -> None:
    assert await refused(book(hall, Room(id=unknown), some_time())) == "room.unknown"
    assert await refused(act(hall, confirm_booking, unknown, "centre")) == "booking.unknown"


async def test_a_room_has_a_name_of_its_own_and_seats(hall: Hall, rooms: dict[str, Room]) -> None:
    assert await refused(enter(hall, "one")) == "room.known"
    assert await refused(enter(hall, "  ")) == "room.name"
    assert await refused(enter(hall, "大厅", seats=0)) == "room.seats"
    async with hall.database.reading() as session:
        assert {room.name for room in await open_rooms(session, cast.REGION)} >= {"one", "two", "bench"}
        assert await open_rooms(session, "110000") == []


async def test_what_a_section_has_booked_is_told_without_what_it_gave_back(hall: Hall, rooms: dict[str, Room]) -> None:
    section, start = await hall.a_draft(), some_time()
    gone = await book(hall, rooms["one"], start, section=section)
    await act(hall, cancel_booking, gone.id, "centre")
    kept = await book(hall, rooms["bench"], start, section=section)
    async with hall.database.reading() as session:
        assert [(booking.id, room.name) for booking, room in await bookings_of(session, [section])] == [
            (kept.id, "bench")
        ]
