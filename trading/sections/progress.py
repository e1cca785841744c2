"""How the sections of some projects stand at their gates: read at once for a whole list."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.kernel.events import Event
from trading.examination.rules import Party, items_for, items_of
from trading.regimes.regime import DEMO, Rule
from trading.regimes.rules import REGIMES
from trading.sections.rules import Facts, Gate, Phase, Status, gates, next_gate
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section
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
    second: Keyset | None = None
    """That of the price envelopes, where there are two."""

    @property
    def keyed(self) -> bool:
        """Whether every keyset that the notice is to name is published."""
        needed = [self.keyset, *([self.second] if self.section.two_envelope else [])]
        return all(one is not None and one.published_at is not None for one in needed)

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
    wanted = select(Keyset).where(Keyset.id.in_([keyset for one in sections for keyset in one.keysets]))
    keysets = {keyset.id: keyset for keyset in (await session.execute(wanted)).scalars()}
    drawn: dict[str, bool] = {}
    for section, state in await session.execute(select(Draw.section, Draw.state).where(Draw.section.in_(ids))):
        drawn[section] = drawn.get(section, False) or state in DRAWN
    booked: dict[str, list[tuple[Booking, Room]]] = defaultdict(list)
    for booking, room in await bookings_of(session, ids):
        booked[booking.section].append((booking, room))
    qualified = await _qualified(session, sections)
    return [
        _one(section, keysets, drawn.get(section.id), booked[section.id], qualified.get(section.id))
        for section in sections
    ]


async def _qualified(session: AsyncSession, sections: Sequence[Section]) -> dict[str, bool]:
    """Whether the purchaser has examined qualification, of the sections in which it has to (M87 44)."""
    regimes = {one.id: REGIMES.get(one.regime, mode=DEMO) for one in sections}
    theirs = [one for one, regime in regimes.items() if Party.PURCHASER in regime.words(Rule.QUALIFICATION_BY)]
    if not theirs:
        return {}
    documents = select(Document.section, Document.examination).where(Document.section.in_(theirs))
    asked = [
        section
        for section, items in await session.execute(documents)
        if items_for(Party.PURCHASER, items_of(items or []), (Party.PURCHASER,))
    ]
    told = select(Line.section).where(Line.section.in_(asked), Line.event == Event.QUALIFICATION_EXAMINED)
    done = set(await session.scalars(told))
    return {section: section in done for section in asked}


def _one(
    section: Section,
    keysets: Mapping[str, Keyset],
    drawn: bool | None,
    booked: list[tuple[Booking, Room]],
    qualified: bool | None,
) -> Progress:
    keyset, second = keysets.get(section.keyset or ""), keysets.get(section.second_keyset or "")
    found = Progress(section, (), tuple(booked), keyset, second)
    facts = Facts(
        state=SectionState(section.state),
        deadline=section.deadline or (keyset.deadline if keyset else None),
        keyset=None if keyset is None else found.keyed,
        hall=_hall(section, booked),
        drawn=drawn,
        publicity_ends=section.publicity_ends,
        qualified=qualified,
        reviewed=REGIMES.get(section.regime, mode=DEMO).reviewed,
    )
    return replace(found, gates=tuple(gates(facts)))


def _hall(section: Section, booked: list[tuple[Booking, Room]]) -> bool | None:
    halls = [booking for booking, _ in booked if booking.purpose == RoomKind.OPENING]
    if not halls:
        return None
    during = halls[0].during
    assert during.lower is not None and during.upper is not None
    beside = misses(during.lower, during.upper, section.deadline)
    return halls[0].state == BookingState.CONFIRMED and not beside
