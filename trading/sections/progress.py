"""How the sections of some projects stand at their gates: read at once for a whole list."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.custody.tables import Keyset
from trading.sections.rules import Facts, Gate, Phase, Status, gates, next_gate
from trading.sections.states import SectionState
from trading.sections.tables import Section
from trading.venues.queries import bookings_of
from trading.venues.rules import misses
from trading.venues.states import BookingState
from trading.venues.tables import Booking, Room, RoomKind

DRAWN = (DrawState.REVEALED, DrawState.DISCLOSED)


@dataclass(frozen=True)
class Progress:
    """One section with its gates in order and what it has booked."""

    section: Section
    gates: tuple[Gate, ...]
    bookings: tuple[tuple[Booking, Room], ...]
    keyset: Keyset | None

    @property
    def next(self) -> Gate | None:
        """The gate that stands open."""
        return next_gate(list(self.gates))

    @property
    def failed(self) -> bool:
        """Whether the way ended without an award."""
        return any(gate.status is Status.FAILED for gate in self.gates)

    def at(self, phase: Phase) -> Gate | None:
        """The gate of a phase; a failed section has lost those it did not come to."""
        return next((gate for gate in self.gates if gate.phase is phase), None)


async def progress_of(session: AsyncSession, projects: Collection[str]) -> dict[str, list[Progress]]:
    """The sections of these projects, by project, in order of their numbers."""
    wanted = select(Section).where(Section.project.in_(projects)).order_by(Section.id)
    sections = list((await session.execute(wanted)).scalars())
    found: dict[str, list[Progress]] = defaultdict(list)
    for one in await _progress(session, sections):
        found[one.section.project].append(one)
    return found


async def progress_in(session: AsyncSession, section: Section) -> Progress:
    """How one section stands."""
    return (await _progress(session, [section]))[0]


async def _progress(session: AsyncSession, sections: Sequence[Section]) -> list[Progress]:
    ids = [section.id for section in sections]
    wanted = select(Keyset).where(Keyset.id.in_([one.keyset for one in sections if one.keyset]))
    keysets = {keyset.id: keyset for keyset in (await session.execute(wanted)).scalars()}
    drawn: dict[str, bool] = {}
    for section, state in await session.execute(select(Draw.section, Draw.state).where(Draw.section.in_(ids))):
        drawn[section] = drawn.get(section, False) or state in DRAWN
    booked: dict[str, list[tuple[Booking, Room]]] = defaultdict(list)
    for booking, room in await bookings_of(session, ids):
        booked[booking.section].append((booking, room))
    return [
        _one(section, keysets.get(section.keyset or ""), drawn.get(section.id), booked[section.id])
        for section in sections
    ]


def _one(section: Section, keyset: Keyset | None, drawn: bool | None, booked: list[tuple[Booking, Room]]) -> Progress:
    facts = Facts(
        state=SectionState(section.state),
        deadline=section.deadline or (keyset.deadline if keyset else None),
        keyset=None if keyset is None else keyset.published_at is not None,
        hall=_hall(section, booked),
        drawn=drawn,
        publicity_ends=section.publicity_ends,
    )
    return Progress(section, tuple(gates(facts)), tuple(booked), keyset)


def _hall(section: Section, booked: list[tuple[Booking, Room]]) -> bool | None:
    halls = [booking for booking, _ in booked if booking.purpose == RoomKind.OPENING]
    if not halls:
        return None
    during = halls[0].during
    assert during.lower is not None and during.upper is not None
    beside = misses(during.lower, during.upper, section.deadline)
    return halls[0].state == BookingState.CONFIRMED and not beside
