"""A supplementary draw 补抽: vacant seats only, after alternates have run out, beside those who sit (TBR 46, M87 49)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.actions import check_counts, next_attempt
from expertpool.draw.called import called_by, keep_seated, whole_request
from expertpool.draw.limits import STEP
from expertpool.draw.reveal import ALTERNATE, EXPERT
from expertpool.draw.standing import committee_draws, vacancies
from expertpool.draw.tables import Alternate, Draw, Seat
from expertpool.experts.sealing import identity_of
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import b64, digest
from infra.kernel.events import Event
from infra.kernel.problems import Problem


async def request_supplement(
    work: Work,
    keys: KeyService,
    section: str,
    *,
    alternates: int,
    avoid: Sequence[str],
    region: str,
    step: timedelta = STEP,
) -> Draw:
    """Ask for as many experts as seats are vacant, of the same specialties; everybody else stays seated.

    Whoever was called before is not called again, and nobody from an employer that sits or waits. `supplement.none`
    without a vacant seat, `supplement.whole` where the supervisor allowed a new committee, what `request_draw` refuses.
    """
    require(work.ctx.actor, "draw.request")
    free = await vacancies(work.session, section)
    if not free:
        raise Problem("supplement.none", section=section)
    draw = await next_attempt(work, section, region, supplement=True)
    quota = dict(sorted(Counter(seat.specialty for seat in free).items()))
    check_counts(draw.id, quota, alternates)
    seats = [seat.number for seat in free]
    draw.supplement, draw.step_seconds = True, int(step.total_seconds())
    draw.request = {
        "quota": quota, "alternates": alternates, "avoid": sorted(set(avoid)), "region": region, "seats": seats
    }  # fmt: skip
    seated, called = await _committee(work.session, keys, section)
    beside = {"seated": seated, "salt": work.ctx.random(32).hex()}
    keep_seated(keys, draw, beside, called, work.ctx.random)
    request = b64(digest(whole_request(keys, draw)))
    work.record(Event.DRAW_REQUESTED, draw.id, section=section, region=region, request=request, seats=seats)
    await work.session.flush()
    return draw


async def _committee(session: AsyncSession, keys: KeyService, section: str) -> tuple[list[str], list[str]]:
    """What stands in the draw for the employers of those who sit or wait, and the ids of all who were called."""
    draws = await committee_draws(session, section)
    held = await _held(session, keys, section, [draw.id for draw in draws])
    called = {*held, *(expert for draw in draws for expert in called_by(keys, draw))}
    rows = (await session.execute(select(Expert).where(Expert.id.in_(held)))).scalars()
    return sorted({one.employer or identity_of(keys, one) for one in rows}), sorted(called)


async def _held(session: AsyncSession, keys: KeyService, section: str, draws: Sequence[str]) -> set[str]:
    """Ids of the experts who hold a seat or wait for one."""
    seats = select(Seat).where(Seat.section == section, Seat.kind == "expert", Seat.vacant_since.is_(None))
    sealed: dict[tuple[str, str], bytes] = {
        (EXPERT, seat.id): seat.sealed_expert for seat in (await session.execute(seats)).scalars()
    }
    waiting = select(Alternate).where(Alternate.draw.in_(draws), Alternate.taken_at.is_(None))
    for one in (await session.execute(waiting)).scalars():
        sealed[ALTERNATE, f"{one.draw}/{one.specialty}/{one.place}"] = one.sealed_expert
    return _opened(keys, sealed)


def _opened(keys: KeyService, sealed: Mapping[tuple[str, str], bytes]) -> set[str]:
    return {keys.unwrap(label, row, value).decode() for (label, row), value in sealed.items()}
