"""A judge who lost the session comes back to the seat: with the slip and the key that never left the machine."""

import hmac
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.reveal import slip_hash
from expertpool.draw.tables import Seat
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.crypto.sign import labelled
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.marks import judge_id
from trading.evaluation.tables import SeatChallenge

RETURN_LABEL = "openhall seat-return/v1"


def return_message(seat: str, challenge: bytes) -> bytes:
    """The 32 bytes a judge signs to come back: bound to the seat and to a challenge that is used once."""
    return sha256(labelled(RETURN_LABEL, sha256(seat.encode() + b"\0" + challenge).digest())).digest()


async def seat_of_slip(session: AsyncSession, slip: str) -> Seat:
    """The seat of a slip, taken or not; `seat.unknown` for any wrong slip."""
    found = await session.execute(select(Seat).where(Seat.slip_hash == slip_hash(slip)))
    seat = found.scalar_one_or_none()
    if seat is None:
        raise Problem("seat.unknown")
    return seat


async def challenge_seat(work: Work, slip: str) -> bytes:
    """A fresh challenge for the holder of a slip whose seat is taken; an earlier one is worthless from now on."""
    require(work.ctx.actor, "judge.return")
    seat = await _taken(work, slip)
    row = await work.session.get(SeatChallenge, seat.id)
    challenge = work.ctx.random(32)
    if row is None:
        work.session.add(SeatChallenge(seat=seat.id, region=seat.region, challenge=challenge, made_at=work.ctx.now))
    else:
        row.challenge, row.made_at = challenge, work.ctx.now
    return challenge


async def return_to_seat(work: Work, authority: bytes, slip: str, challenge: bytes, signature: bytes) -> Seat:
    """The seat, for whoever signs its challenge with its key; the caller opens the session, which ends the one before.

    `seat.unknown`, `seat.challenge` for a used or foreign challenge, `seat.elsewhere` without the seat's own key.
    """
    require(work.ctx.actor, "judge.return")
    seat = await _taken(work, slip)
    row = await work.session.get(SeatChallenge, seat.id)
    if row is None or not hmac.compare_digest(row.challenge, challenge):
        raise Problem("seat.challenge")
    assert seat.certificate is not None
    try:
        message = return_message(seat.id, challenge)
        verify_signature(authority, seat.certificate, signature, message, work.ctx.now)
    except Problem as problem:
        raise Problem("seat.elsewhere", judge=judge_id(seat.number)) from problem
    await work.session.delete(row)
    work.record(Event.JUDGE_RETURNED, f"{seat.section}#{judge_id(seat.number)}", section=seat.section)
    return seat


async def _taken(work: Work, slip: str) -> Seat:
    locked = select(Seat).where(Seat.slip_hash == slip_hash(slip), Seat.certificate.is_not(None)).with_for_update()
    seat = (await work.session.execute(locked)).scalar_one_or_none()
    if seat is None:
        raise Problem("seat.unknown")
    return seat
