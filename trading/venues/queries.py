"""Finding rooms and bookings: the centre sees its region's, the procuring side its own and which hours are taken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.projects.queries import visible_projects
from trading.projects.tables import Project
from trading.sections.tables import Section
from trading.venues.states import BookingState
from trading.venues.tables import Booking, Room


@dataclass(frozen=True)
class Held:
    """A booking with the section it is for and the body's project."""

    booking: Booking
    section: Section
    project: Project
    room: Room


async def open_rooms(session: AsyncSession, region: str) -> list[Room]:
    """The rooms of a region that take bookings, by kind, in the order they were entered."""
    wanted = select(Room).where(Room.region == region, Room.closed_at.is_(None))
    return list((await session.execute(wanted.order_by(Room.kind, Room.entered_at, Room.id))).scalars())


async def held_between(session: AsyncSession, actor: Actor, start: datetime, end: datetime) -> list[Held]:
    """Bookings that stand in [start, end) of sections the actor may see, in order of time."""
    standing = Booking.state != BookingState.CANCELLED
    wanted = _held(actor).where(standing, Booking.during.op("&&")(Range(start, end, bounds="[)")))
    rows = await session.execute(wanted.order_by(func.lower(Booking.during), Booking.id))
    return [Held(*row) for row in rows]


async def find_held(session: AsyncSession, actor: Actor, booking_id: str) -> Held:
    """One booking of a section that the actor may see; `booking.unknown` for any other."""
    rows = [] if "\0" in booking_id else (await session.execute(_held(actor).where(Booking.id == booking_id))).all()
    if not rows:
        raise Problem("booking.unknown", id=booking_id)
    return Held(*rows[0])


def _held(actor: Actor) -> Select[Booking, Section, Project, Room]:
    own = visible_projects(actor).with_only_columns(Project.id)
    return (
        select(Booking, Section, Project, Room)
        .join(Section, Section.id == Booking.section)
        .join(Project, Project.id == Section.project)
        .join(Room, Room.id == Booking.room)
        .where(Project.id.in_(own))
    )


async def taken(session: AsyncSession, region: str, start: datetime, end: datetime) -> list[Booking]:
    """When which room of a region is taken in [start, end), whoever has it."""
    wanted = select(Booking).where(
        Booking.region == region,
        Booking.state != BookingState.CANCELLED,
        Booking.during.op("&&")(Range(start, end, bounds="[)")),
    )
    return list((await session.execute(wanted.order_by(Booking.room, func.lower(Booking.during)))).scalars())


async def bookings_of(session: AsyncSession, sections: Collection[str]) -> Sequence[tuple[Booking, Room]]:
    """The standing bookings of these sections with their rooms, in order of time."""
    wanted = (
        select(Booking, Room)
        .join(Room, Room.id == Booking.room)
        .where(Booking.section.in_(sections), Booking.state != BookingState.CANCELLED)
        .order_by(func.lower(Booking.during), Booking.id)
    )
    return [(booking, room) for booking, room in await session.execute(wanted)]
