"""A vacant seat goes to the next alternate of its specialty in drawn order: never to one somebody chose (TBR 46, 48)."""

from sqlalchemy import case, select

from expertpool.draw.places import vacant_seat
from expertpool.draw.reveal import ALTERNATE, INVITE, fill_seat
from expertpool.draw.standing import committee_draws
from expertpool.draw.tables import Alternate, Draw, Seat
from infra.auth.keys import PlatformKeys
from infra.db.work import Work
from infra.jobs import enqueue


async def seat_alternate(work: Work, keys: PlatformKeys, seat: Seat) -> Alternate | None:
    """Give the seat to the next alternate; None where none is left, and the seat stays vacant until another draw.

    Alternates of the whole draw come before those of its supplements.

    The old row goes, and with it everything that hangs on it: sign-in, votes, marks.
    """
    draws = [draw.id for draw in await committee_draws(work.session, seat.section)]
    waiting = select(Alternate).where(
        Alternate.draw.in_(draws), Alternate.specialty == seat.specialty, Alternate.taken_at.is_(None)
    )
    oldest = case({draw: place for place, draw in enumerate(draws)}, value=Alternate.draw)
    first = waiting.order_by(oldest, Alternate.place).limit(1).with_for_update()
    found = (await work.session.execute(first)).scalar_one_or_none()
    await work.session.delete(seat)
    await work.session.flush()
    if found is None:
        draw = await work.session.get_one(Draw, seat.draw)
        work.session.add(vacant_seat(work, draw, seat.number, seat.specialty, seat.kind))
    else:
        found.taken_at = work.ctx.now
        subject = f"{found.draw}/{found.specialty}/{found.place}"
        known = keys.service.unwrap(ALTERNATE, subject, found.sealed_expert).decode()
        draw = await work.session.get_one(Draw, seat.draw)
        await fill_seat(work, keys, draw, seat.number, seat.specialty, known)
    await enqueue(work, INVITE, draw=seat.draw)
    await work.session.flush()
    return found
