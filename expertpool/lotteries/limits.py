"""Each step of a lottery has its time, as that of a draw; whoever is silent or contradicts is named, and the attempt fails."""

from sqlalchemy import ColumnElement, delete, or_, select

from expertpool.draw.limits import SILENT, STEP
from expertpool.lotteries.states import ENDED, LIFE, LotteryState
from expertpool.lotteries.tables import LotteryAttempt
from infra.auth.permissions import require
from infra.custody import duties
from infra.custody.actions import THRESHOLD
from infra.custody.tables import Duty, Trustee, TrusteeReport
from infra.db.work import Work
from infra.kernel.events import Event
from infra.timers import schedule

LIMIT = "lottery.limit"


async def allow_step(work: Work, draw_id: str) -> None:
    """Begin the time for the step that an attempt waits for; whatever time the step before had left is over."""
    await schedule(work, work.ctx.now + STEP, LIMIT, draw_id)


async def pass_limit(work: Work, draw_id: str) -> None:
    """A step's time is over: an attempt that waits fails, and of the bodies that owe the longest unheard is named.

    Once enough keys are released nobody is waited for: what follows is the platform's own.
    """
    attempt = await work.session.get_one(LotteryAttempt, draw_id, with_for_update=True)
    if attempt.state in ENDED or len(await duties.answers(work.session, duties.RELEASE, attempt.keyset)) >= THRESHOLD:
        return
    owing = select(Trustee.body).join(Duty, Duty.trustee == Trustee.name).outerjoin(
        TrusteeReport, TrusteeReport.trustee == Trustee.name
    ).where(Duty.answer.is_(None), _about(attempt))  # fmt: skip
    silent = owing.order_by(TrusteeReport.seen_at.asc().nulls_first(), Trustee.body).limit(1)
    party = (await work.session.execute(silent)).scalar_one_or_none()
    if party is not None:
        await fail(work, attempt, SILENT, party)


async def fail(work: Work, attempt: LotteryAttempt, why: str, party: str) -> None:
    """End this attempt, locked by the caller, at once and for everybody to read; nobody is asked for it any more."""
    require(work.ctx.actor, "lottery.run")
    attempt.state = LIFE.move("fail", LotteryState(attempt.state), work.ctx.actor.role)
    attempt.failed_at, attempt.failed_why, attempt.failed_party = work.ctx.now, why, party
    await work.session.execute(delete(Duty).where(Duty.answer.is_(None), _about(attempt)))
    series = attempt.id.rpartition("/")[0]
    work.record(
        Event.LOTTERY_FAILED, attempt.id, section=series, region=attempt.region, reason=why, party=party
    )  # fmt: skip


def _about(attempt: LotteryAttempt) -> ColumnElement[bool]:
    """The duties that an attempt waits for: its own, and those of its escrow keyset."""
    own = Duty.kind.in_((duties.COMMIT, duties.ESCROW)) & (Duty.subject == attempt.id)
    return or_(own, Duty.kind.in_((duties.KEY, duties.SIGN, duties.RELEASE)) & (Duty.subject == attempt.keyset))
