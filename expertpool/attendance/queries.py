"""Reading attendance: by seat and day, never by name; an expert's row may lie in another region than the door."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.tables import Attendance
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.actions import identity_of, name_of
from expertpool.experts.tables import Expert
from expertpool.recusal.representatives import named
from infra.auth.keys import KeyService
from infra.db.journal import Line
from infra.db.regions import SET_WITHIN
from infra.kernel.events import Event

_WITHIN = text("SELECT coalesce(current_setting('openhall.region', true), '')")


async def day_at(session: AsyncSession, seat: str, day: date) -> Attendance | None:
    """The attendance of a seat on a day of platform time, if its holder came."""
    wanted = select(Attendance).where(Attendance.seat == seat, Attendance.day == day)
    return (await session.execute(wanted)).scalar_one_or_none()


async def attended(session: AsyncSession, section: str) -> list[Attendance]:
    """Every day of every seat of a section, by number and day, those of holders who were replaced among them."""
    found = select(Attendance).where(Attendance.section == section)
    found = found.order_by(Attendance.number, Attendance.day, Attendance.checked_at)
    return list((await session.execute(found)).scalars())


async def must_check_in(session: AsyncSession, seat: Seat) -> bool:
    """Whether this seat's slip waits for a check-in."""
    return seat.id in await waiting_at_the_door(session, [seat])


async def waiting_at_the_door(session: AsyncSession, seats: Sequence[Seat]) -> set[str]:
    """The ids of those seats whose holder has to check in first and has not: of a draw that was ordered."""
    came = select(Attendance.id).where(Attendance.seat == Seat.id)
    found = select(Seat.id).join(Draw, Draw.id == Seat.draw)
    found = found.where(Seat.id.in_([seat.id for seat in seats]))
    return set((await session.execute(found.where(Draw.ordered_at.is_not(None), ~came.exists()))).scalars())


async def refused_tries(session: AsyncSession, section: str) -> int:
    """How many tries at a section's door were refused so far: the supervisor sees whether somebody guesses."""
    found = select(func.count()).where(Line.event == Event.CHECK_IN_REFUSED, Line.section == section)
    return await session.scalar(found) or 0


async def identity_within(session: AsyncSession, keys: KeyService, expert: str) -> str:
    """The identity `<type>:<number>` of a representative, or an expert of any region; to compare with, never to show."""
    if (sits := named(expert)) is not None:
        return sits[1]
    async with every_region(session):
        return identity_of(keys, await session.get_one(Expert, expert))


async def people(session: AsyncSession, keys: KeyService, experts: Collection[str]) -> dict[str, tuple[str, str]]:
    """(name, identity) by what is sealed to a seat, of any region; only of those who have signed in."""
    sitting = {one: person for one in experts if (person := named(one)) is not None}
    async with every_region(session):
        found = (await session.execute(select(Expert).where(Expert.id.in_(experts)))).scalars().all()
        return sitting | {one.id: (name_of(keys, one), identity_of(keys, one)) for one in found}


@asynccontextmanager
async def every_region(session: AsyncSession) -> AsyncIterator[None]:
    """Inside, the transaction sees every region: a provincial pool's experts come to a city's door."""
    before = await session.scalar(_WITHIN)
    await session.execute(SET_WITHIN, {"prefix": ""})
    try:
        yield
    finally:
        await session.execute(SET_WITHIN, {"prefix": before})
