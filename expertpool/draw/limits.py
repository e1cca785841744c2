"""The way out of a draw that does not come to its end: each step has its time, a silent or refusing body is named."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, or_, select

from expertpool.draw.states import LIFE, DrawState
from expertpool.draw.tables import Draw
from infra.auth.permissions import require
from infra.custody import duties
from infra.custody.tables import Duty, Trustee, TrusteeReport
from infra.db.work import Work
from infra.kernel.events import Event
from infra.timers import schedule

LIMIT = "draw.limit"
SILENT = "draw.silent"
STEP = {"production": timedelta(hours=2), "demo": timedelta(minutes=10)}
"""How long bodies have for an audit, for their commitments, for their escrows; a parameter, no article sets it."""


async def allow_step(work: Work, draw_id: str) -> None:
    """Begin the time for the step that a draw waits for; whatever time the step before had left is over."""
    await schedule(work, work.ctx.now + STEP[work.ctx.mode], LIMIT, draw_id)


async def pass_limit(work: Work, draw_id: str) -> None:
    """A step's time is over: a draw that still waits for a body fails, and of those that owe the longest unheard is named."""
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    if draw.state != DrawState.FROZEN:
        return
    owing = select(Trustee.body).join(Duty, Duty.trustee == Trustee.name).outerjoin(
        TrusteeReport, TrusteeReport.trustee == Trustee.name
    ).where(Duty.answer.is_(None), _about(draw))  # fmt: skip
    silent = owing.order_by(TrusteeReport.seen_at.asc().nulls_first()).limit(1)
    party = (await work.session.execute(silent)).scalar_one_or_none()
    if party is not None:
        await fail(work, draw, SILENT, party)


async def take_refusal(work: Work, duty: Duty, code: str) -> None:
    """The supervisor's trustee finds the pool wrong: the draw fails for that reason. Any other refusal waits for time."""
    if code.startswith("draw."):
        await fail_draw(work, duty.subject, code, "supervisor")


async def fail_draw(work: Work, draw_id: str, why: str, party: str | None) -> None:
    """End a draw that runs, naming the party it failed at; one that has ended stays as it is."""
    draw = await work.session.get_one(Draw, draw_id, with_for_update=True)
    if draw.state in (DrawState.FROZEN, DrawState.COMMITTED):
        await fail(work, draw, why, party)


async def fail(work: Work, draw: Draw, why: str, party: str | None) -> None:
    """End this draw, locked by the caller, at once and for everybody to read; nobody is asked for it any more."""
    system = work.ctx.actor
    require(system, "draw.fail")
    draw.state = LIFE.move("fail", DrawState(draw.state), system.role)
    draw.failed_why = why
    await work.session.execute(delete(Duty).where(Duty.answer.is_(None), _about(draw)))
    work.record(Event.DRAW_FAILED, draw.id, section=draw.section, region=draw.region, reason=why, party=party or "")


def _about(draw: Draw) -> ColumnElement[bool]:
    """The duties that a draw waits for: its own, and those of its escrow keyset."""
    of_draw = Duty.kind.in_((duties.AUDIT, duties.COMMIT, duties.ESCROW)) & (Duty.subject == draw.id)
    return or_(of_draw, Duty.kind.in_((duties.KEY, duties.SIGN)) & (Duty.subject == draw.keyset))
