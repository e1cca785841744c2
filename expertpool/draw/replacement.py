"""A vacant seat goes to the next alternate of its specialty in drawn order: never to one somebody chose (TBR 46, 48)."""

from sqlalchemy import select

from expertpool.draw.reveal import ALTERNATE, INVITE, fill_seat
from expertpool.draw.tables import Alternate, Draw, Seat
from infra.auth.keys import PlatformKeys
from infra.db.work import Work
from infra.jobs import enqueue


async def seat_alternate(work: Work, keys: PlatformKeys, seat: Seat) -> Alternate | None:
    """Give the seat to the next alternate; None where none is left, and the seat stays vacant until another draw.

    The old row goes, and with it everything that hangs on it: sign-in, votes, marks.
    """
    waiting = select(Alternate).where(
        Alternate.draw == seat.draw, Alternate.specialty == seat.specialty, Alternate.taken_at.is_(None)
    )
    first = waiting.order_by(Alternate.place).limit(1).with_for_update()
    found = (await work.session.execute(first)).scalar_one_or_none()
    await work.session.delete(seat)
    await work.session.flush()
    if found is None:
        work.session.add(_vacant(work, seat))
    else:
        found.taken_at = work.ctx.now
        subject = f"{found.draw}/{found.specialty}/{found.place}"
        known = keys.service.unwrap(ALTERNATE, subject, found.sealed_expert).decode()
        draw = await work.session.get_one(Draw, seat.draw)
        await fill_seat(work, keys, draw, seat.number, seat.specialty, known)
        await enqueue(work, INVITE, draw=draw.id)
    await work.session.flush()
    return found


def _vacant(work: Work, seat: Seat) -> Seat:
    """The same place with nobody's name and a slip that nobody has."""
    return Seat(
        id=work.ctx.new_id("seat"),
        section=seat.section,
        draw=seat.draw,
        number=seat.number,
        region=seat.region,
        specialty=seat.specialty,
        sealed_expert=b"",
        sealed_slip=b"",
        slip_hash=work.ctx.random(32),
        vacant_since=work.ctx.now,
    )
