"""What surrounds the demo city's tenders: applications that wait for review, rooms, and a day's bookings."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from infra.auth.registration.actions import apply
from infra.auth.tables import Account
from infra.db.work import Database
from infra.kernel.context import PUBLIC, SYSTEM, Role
from infra.kernel.problems import Problem
from trading.sections.tables import Section
from trading.venues.actions import book_room, confirm_booking, enter_room
from trading.venues.tables import Booking, Room, RoomKind
from web.demo import cast
from web.demo.people import PASSWORD, People
from web.i18n import ZONE

ROOMS = (
    ("第一开标室", RoomKind.OPENING, 60),
    ("第二开标室", RoomKind.OPENING, 40),
    ("第三开标室", RoomKind.OPENING, 24),
    ("评标一室", RoomKind.EVALUATION, 9),
    ("评标二室", RoomKind.EVALUATION, 7),
    ("抽取室", RoomKind.DRAW, 6),
)
APPLICANTS = (
    ("applicant1", "江北市政养护有限公司（示例）", "周南", 701),
    ("applicant2", "青禾园林建设有限公司（示例）", "何青禾", 702),
    ("applicant3", "石桥水利工程有限公司（示例）", "石磊", 703),
)
LENGTH = timedelta(hours=2)
SLOT = timedelta(minutes=30)


class Wish(NamedTuple):
    """One booking to ask for, and whether the centre has confirmed it."""

    section: str
    room: str
    start: datetime
    confirmed: bool


async def bring_applicants(database: Database) -> None:
    """Three bodies that have applied and wait for the centre's review; once."""
    async with database.reading() as session:
        known = set(await session.scalars(select(Account.login).where(Account.login.like("applicant%"))))
    for login, name, person, serial in APPLICANTS:
        if login not in known:
            async with database.work(PUBLIC) as work:
                told = _profile(name, person, serial, work.ctx.now)
                await apply(work, told, centre=cast.REGION, login=login, password=PASSWORD)


async def furnish(database: Database) -> None:
    """The centre's rooms, once."""
    async with database.reading() as session:
        known = set(await session.scalars(select(Room.name).where(Room.region == cast.REGION)))
    for name, kind, seats in ROOMS:
        if name not in known:
            async with database.work(SYSTEM) as work:
                await enter_room(work, name, kind, seats, region=cast.REGION)


async def book_rooms(database: Database, people: People, running: str) -> None:
    """Bookings of today and tomorrow for what is on the desks; what is booked already, or taken, stays as it is."""
    async with database.reading() as session:
        now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        deadline = await session.scalar(select(Section.deadline).where(Section.id == running))
        rooms = {room.name: room.id for room in await session.scalars(select(Room).where(Room.region == cast.REGION))}
        booked = set(await session.scalars(select(Booking.section)))
    for wish in _wishes(running, deadline or now, now):
        if wish.section not in booked:
            with suppress(Problem):
                await _book(database, people, wish, rooms[wish.room])


async def _book(database: Database, people: People, wish: Wish, room: str) -> None:
    async with database.work(people.actor("agent")) as work:
        booking = await book_room(work, wish.section, room, wish.start, wish.start + LENGTH)
    if wish.confirmed:
        async with database.work(people.actor("centre")) as work:
            await confirm_booking(work, booking.id)


def _wishes(running: str, deadline: datetime, now: datetime) -> tuple[Wish, ...]:
    opens, current = _slot(deadline), _slot(now)
    tomorrow = datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), time(9), ZONE).astimezone(UTC)
    return (
        Wish(running, "第一开标室", opens, True),
        Wish(running, "评标一室", opens + LENGTH, False),
        Wish("YH-GC-2026-1307/01", "评标二室", current, True),
        Wish("YH-GC-2026-1306/01", "抽取室", current + SLOT, False),
        Wish("YH-GC-2026-1314/01", "第一开标室", tomorrow, True),
        Wish("YH-GC-2026-1315/01", "第二开标室", tomorrow + timedelta(days=2, hours=5), True),
        Wish("YH-GC-2026-1316/01", "第三开标室", tomorrow + timedelta(days=1, hours=1), True),
        Wish("YH-GC-2026-1311/01", "第二开标室", tomorrow, False),
        Wish("YH-GC-2026-1310/01", "第三开标室", tomorrow + 2 * SLOT, False),
    )


def _slot(moment: datetime) -> datetime:
    """The half hour in which a moment lies."""
    return moment - timedelta(seconds=moment.timestamp() % SLOT.total_seconds())


def _profile(name: str, person: str, serial: int, now: datetime) -> dict[str, Any]:
    until = (now.astimezone(ZONE).date() + timedelta(days=300)).isoformat()
    return {
        "kinds": [str(Role.BIDDER)],
        "name": name,
        "credit_code": cast.code(serial),
        "region": cast.REGION,
        "address": "云湖市滨湖大道 18 号（示例）",
        "legal_representative": person,
        "contact_name": person,
        "contact_phone": f"0000-12{serial}",
        "contact_email": f"bid{serial}@example.invalid",
        "person_name": person,
        "mandate_scope": "代表本单位在云湖市公共资源交易平台参加投标",
        "mandate_until": until,
        "licences": [{"name": "市政公用工程施工总承包贰级", "number": f"D2{serial}00000", "valid_until": until}],
    }
