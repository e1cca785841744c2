"""The representatives' mandates before the witness at the door and the supervising body, once their holder has come."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.tables import Attendance
from expertpool.draw.tables import Seat
from expertpool.recusal.representatives import REPRESENTATIVE
from infra.auth.keys import KeyService
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from trading.evaluation.foresight import section_for
from trading.evaluation.marks import judge_id
from trading.evaluation.representatives import MANDATE
from trading.evaluation.roster import MARKED
from trading.evaluation.tables import Representative
from trading.sections.states import SectionState
from trading.sections.tables import Section

ENDED = (*MARKED, SectionState.FAILED)
"""The committee has ended: the supervising body may then read the mandate of one who never came."""


class Filed(NamedTuple):
    """A representative's seat with the hash of the mandate handed in for it, and whether the reader may open the file."""

    number: int
    named_at: datetime | None
    mandate: str | None
    came: bool
    open: bool


async def filed_mandates(session: AsyncSession, actor: Actor, section_id: str) -> tuple[Section, list[Filed]]:
    """The section and its representatives' seats by number; `section.unknown` for all but its centre and supervisor."""
    if actor.role not in (Role.CENTRE, Role.SUPERVISOR):
        raise Problem("section.unknown", section=section_id)
    section = await section_for(session, actor, section_id)
    ended = actor.role is Role.SUPERVISOR and section.state in ENDED
    found = []
    for seat, named in await _seats(session, section_id):
        came = await _came(session, seat)
        if named is None:
            found.append(Filed(seat.number, None, None, came, open=False))
        else:
            found.append(Filed(seat.number, named.named_at, named.mandate.hex(), came, came or ended))
    return section, found


async def open_mandate(session: AsyncSession, keys: KeyService, actor: Actor, section_id: str, number: int) -> bytes:
    """A mandate's file, to be compared with the card at the door; the caller records the read.

    `section.unknown`, `representative.none` where nobody is named, `representative.sealed` before the holder has come:
    the file bears the name, and names are sealed until then (M87 45).
    """
    _, places = await filed_mandates(session, actor, section_id)
    place = next((one for one in places if one.number == number and one.mandate is not None), None)
    if place is None:
        raise Problem("representative.none", number=number)
    if not place.open:
        raise Problem("representative.sealed", judge=judge_id(number))
    held = select(Representative).join(Seat, Seat.id == Representative.seat)
    named = (await session.execute(held.where(Seat.section == section_id, Seat.number == number))).scalar_one()
    return keys.unwrap(MANDATE, named.seat, named.sealed_mandate)


async def _seats(session: AsyncSession, section_id: str) -> list[tuple[Seat, Representative | None]]:
    wanted = select(Seat, Representative).outerjoin(Representative, Representative.seat == Seat.id)
    wanted = wanted.where(Seat.section == section_id, Seat.kind == REPRESENTATIVE).order_by(Seat.number)
    return [(seat, named) for seat, named in await session.execute(wanted)]


async def _came(session: AsyncSession, seat: Seat) -> bool:
    """Whether the holder has been let in at the door, or has signed in where no door was kept."""
    arrived = select(Attendance.id).where(Attendance.seat == seat.id).limit(1)
    return seat.signed_in_at is not None or await session.scalar(arrived) is not None
