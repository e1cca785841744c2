"""The way out of a draw that does not come to its end: each step has its time, a silent or refusing body is named."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw
from infra.auth.permissions import require
from infra.custody import duties
from infra.custody.actions import THRESHOLD
from infra.custody.tables import Duty, Trustee, TrusteeReport
from infra.db.work import Work
from infra.kernel.events import Event
from infra.timers import schedule
from infra.timers_table import Timer

LIMIT = "draw.limit"
SILENT = "draw.silent"
STEP = timedelta(minutes=30)
"""How long bodies have for a step of a draw that is asked for under no rule set."""
WAITING = (DrawState.FROZEN, DrawState.COMMITTED)
"""The states in which a draw waits for somebody: an audit, commitments, a keyset, escrows; or the released keys."""


class Awaited(NamedTuple):
    """What a draw waits for: until when its step may last, and the bodies that have not done their part."""

    until: datetime
    bodies: tuple[str, ...]


async def allow_step(work: Work, draw: Draw) -> None:
    """Begin the time for the step that a draw waits for; whatever time the step before had left is over."""
    await schedule(work, work.ctx.now + timedelta(seconds=draw.step_seconds), LIMIT, draw.id)


async def pass_limit(work: Work, draw_id: str) -> None:
    """A step's time is over: a draw that still waits fails, and of those that owe the body longest unheard is named.

    A committed draw waits for no one any more once enough keys are released: what follows is the platform's own.
    """
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    if draw.state not in WAITING or await _opens(work.session, draw):
        return
    owing = _owing(draw).order_by(TrusteeReport.seen_at.asc().nulls_first(), Trustee.body).limit(1)
    party = (await work.session.execute(owing)).scalar_one_or_none()
    if party is not None:
        await fail(work, draw, SILENT, party)


async def awaited(session: AsyncSession, draws: Collection[Draw]) -> dict[str, Awaited]:
    """Of those draws that wait for a body, by id, for whom and how long; two reads however many there are."""
    waiting = {draw.id: draw for draw in draws if draw.state in WAITING}
    if not waiting:
        return {}
    ends = select(Timer.subject, Timer.due_at).where(Timer.verb == LIMIT, Timer.subject.in_(waiting))
    until = {subject: due_at for subject, due_at in await session.execute(ends.where(Timer.done_at.is_(None)))}
    subjects = {subject: draw.id for draw in waiting.values() for subject in (draw.id, draw.keyset) if subject}
    owed = select(Duty.subject, Trustee.body).join(Trustee, Trustee.name == Duty.trustee)
    owed = owed.where(Duty.answer.is_(None), Duty.kind.in_((*_OF_DRAW, *_OF_KEYSET)), Duty.subject.in_(subjects))
    found: dict[str, set[str]] = {}
    for subject, body in await session.execute(owed):
        found.setdefault(subjects[subject], set()).add(body)
    return {one: Awaited(at, tuple(sorted(found.get(one, ())))) for one, at in until.items()}


async def take_refusal(work: Work, duty: Duty, code: str) -> None:
    """The supervisor's trustee finds the pool wrong: the draw fails for that reason. Any other refusal waits for time."""
    if code.startswith("draw."):
        await fail_draw(work, duty.subject, code, "supervisor")


async def fail_draw(work: Work, draw_id: str, why: str, party: str | None) -> None:
    """End a draw that runs, naming the party it failed at; one that has ended stays as it is."""
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    if draw.state in WAITING:
        await fail(work, draw, why, party)


async def fail(work: Work, draw: Draw, why: str, party: str | None) -> None:
    """End this draw, locked by the caller, at once and for everybody to read; nobody is asked for it any more."""
    system = work.ctx.actor
    require(system, "draw.fail")
    draw.state = LIFE.move("fail", DrawState(draw.state), system.role)
    draw.failed_why = why
    await work.session.execute(delete(Duty).where(Duty.answer.is_(None), _about(draw)))
    work.record(Event.DRAW_FAILED, draw.id, section=draw.section, region=draw.region, reason=why, party=party or "")


_OF_DRAW = (duties.AUDIT, duties.COMMIT, duties.ESCROW)
_OF_KEYSET = (duties.KEY, duties.SIGN, duties.RELEASE)


def _owing(draw: Draw) -> Select[str]:
    owing = select(Trustee.body).join(Duty, Duty.trustee == Trustee.name)
    heard = owing.outerjoin(TrusteeReport, TrusteeReport.trustee == Trustee.name)
    return heard.where(Duty.answer.is_(None), _about(draw))


async def _opens(session: AsyncSession, draw: Draw) -> bool:
    """Whether enough keys are released for the escrows to be opened."""
    given = select(func.count()).where(
        Duty.kind == duties.RELEASE, Duty.subject == draw.keyset, Duty.answer.is_not(None)
    )
    return (await session.execute(given)).scalar_one() >= THRESHOLD


def _about(draw: Draw) -> ColumnElement[bool]:
    """The duties that a draw waits for: its own, and those of its escrow keyset."""
    of_draw = Duty.kind.in_(_OF_DRAW) & (Duty.subject == draw.id)
    return or_(of_draw, Duty.kind.in_(_OF_KEYSET) & (Duty.subject == draw.keyset))
