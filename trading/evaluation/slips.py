"""One-time slips 一次性编码条: printed by the centre, replaced when a machine is lost; a name only after its sign-in."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.attendance.queries import must_check_in, people, waiting_at_the_door
from expertpool.draw.reveal import EXPERT, SLIP, new_slip
from expertpool.draw.tables import Seat
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.sessions import end_seat_sessions
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import seats_of
from trading.evaluation.seating import SEATED
from trading.evaluation.tables import Sheet
from trading.sections.queries import lock_section

LONGEST_REASON = 500


async def print_slip(work: Work, keys: KeyService, section_id: str, number: int) -> str:
    """The code for the slip of a seat, told once; `slip.printed` for a second time, `seat.vacant`, `seat.not-open`.

    `seat.not-checked-in` where the draw was ordered and the expert has not come to the door yet.
    """
    seat = await _seat(work, section_id, number)
    if seat.slip_printed_at is not None or seat.signed_in_at is not None:
        raise Problem("slip.printed", judge=judge_id(number), at=seat.slip_printed_at)
    seat.slip_printed_at = work.ctx.now
    work.record(Event.SLIP_PRINTED, f"{section_id}#{judge_id(number)}", section=section_id, region=seat.region)
    return keys.unwrap(SLIP, seat.id, seat.sealed_slip).decode()


async def replace_slip(work: Work, keys: KeyService, section_id: str, number: int, reason: str) -> str:
    """A new code for a seat, for a written reason: the old one, its session and its key are dead; drafts stay.

    Whoever had signed in does so again with a new key. `seat.marked` once the marks are locked: the key that signed
    them signs the report too, and silence is consent (TBR 53). `slip.reason`, `seat.vacant`, `seat.not-open`,
    `seat.not-checked-in`.
    """
    seat = await _seat(work, section_id, number)
    if await work.session.get(Sheet, seat.id) is not None:
        raise Problem("seat.marked", judge=judge_id(number))
    if not is_written(reason, LONGEST_REASON):
        raise Problem("slip.reason", most=LONGEST_REASON)
    slip, seat.slip_hash, seat.sealed_slip = new_slip(work, keys, seat.id)
    seat.slip_printed_at, seat.signed_in_at, seat.certificate = work.ctx.now, None, None
    await end_seat_sessions(work, seat.id)
    work.record(
        Event.SLIP_REPLACED,
        f"{section_id}#{judge_id(number)}",
        section=section_id,
        region=seat.region,
        judge=judge_id(number),
        reason=reason,
    )
    return slip


async def names_of_present(session: AsyncSession, keys: KeyService, section_id: str) -> dict[int, str]:
    """The names of those who have signed in, by seat, for the witness at the door; nobody else's is unsealed."""
    present = [seat for seat in await seats_of(session, section_id) if seat.signed_in_at is not None]
    known = {keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode(): seat.number for seat in present}
    return {known[expert]: name for expert, (name, _) in (await people(session, keys, set(known))).items()}


async def printable(session: AsyncSession, seats: Sequence[Seat]) -> list[Seat]:
    """Of a section's seats those whose slip is to be printed now: not printed yet, not vacant, and their holder is here."""
    unprinted = [
        seat
        for seat in seats
        if seat.slip_printed_at is None and seat.vacant_since is None and seat.signed_in_at is None
    ]
    away = await waiting_at_the_door(session, unprinted)
    return [seat for seat in unprinted if seat.id not in away]


async def _seat(work: Work, section_id: str, number: int) -> Seat:
    require(work.ctx.actor, "slip.print")
    section = await lock_section(work.session, section_id)
    if section.region != work.ctx.actor.region:
        raise Problem("section.unknown", section=section_id)
    wanted = select(Seat).where(Seat.section == section_id, Seat.number == number).with_for_update()
    seat = (await work.session.execute(wanted)).scalar_one_or_none()
    if seat is None:
        raise Problem("seat.none", number=number)
    if section.state not in SEATED:
        raise Problem("seat.not-open", state=section.state)
    if seat.vacant_since is not None:
        raise Problem("seat.vacant", judge=judge_id(number))
    if await must_check_in(work.session, seat):
        raise Problem("seat.not-checked-in", judge=judge_id(number))
    return seat
