"""Telling an expert of every change of standing, and taking what the expert objects to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.contact import contact_of
from expertpool.experts.rules import LONGEST_REASON
from expertpool.experts.sealing import open_text, seal_text
from expertpool.experts.tables import Expert, ExpertStanding, StandingNotice
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Database, Work
from infra.gateways import Gateway, Handed, Outcome, Parcel
from infra.jobs import enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.timers import schedule

JOB = "tell-standing"
AGAIN = "standing-notice.again"
OBJECTION = "expert objection"
CHANNELS = ("sms", "mail")
TO_OBJECT = timedelta(days=60)
"""How long the expert may object: a parameter; sixty days as for an administrative review."""
PAUSES = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=12))

Compose = Callable[[str], tuple[str, str]]
"""Subject and text of the message for a verb of the expert's life: no name, no reason, where to read both."""


async def note_step(work: Work, expert: Expert, step: ExpertStanding) -> None:
    """Let the expert be told of a step: on the own page at once, by message as soon as a job comes to it."""
    work.session.add(StandingNotice(step=step.id, region=expert.region, expert=expert.id, at=work.ctx.now))
    await enqueue(work, JOB, step=step.id)


async def tell_step(
    database: Database, keys: KeyService, gateways: Mapping[str, Gateway], compose: Compose, step_id: str
) -> None:
    """The job: hand the message to the first channel that has an address; tried three times more, then left.

    After a crash in between the same message goes out once more, under the same id.
    """
    async with database.work(SYSTEM) as work:
        due = await _claim(work, keys, gateways, compose, step_id)
    if due is None:
        return
    channel, parcel = due
    handed = await gateways[channel].hand(parcel)
    async with database.work(SYSTEM) as work:
        await _settle(work, step_id, handed)


async def tell_again(work: Work, subject: str) -> None:
    """The effect of a pause that is over, `<step>/<try>`."""
    await enqueue(work, JOB, step=subject.partition("/")[0])


async def object_to(work: Work, keys: KeyService, step_id: str, words: str) -> None:
    """The expert objects to a step of the own life, once, within sixty days; it takes nothing back by itself.

    `objection.unknown` for another's step, `objection.words`, `objection.over`.
    """
    require(work.ctx.actor, "sanction.appeal")
    mine = select(StandingNotice).join(Expert, Expert.id == StandingNotice.expert)
    mine = mine.where(StandingNotice.step == step_id, Expert.account == work.ctx.actor.id)
    notice = None if "\0" in step_id else await work.session.scalar(mine.with_for_update(of=StandingNotice))
    if notice is None:
        raise Problem("objection.unknown")
    if not is_written(words, LONGEST_REASON):
        raise Problem("objection.words", most=LONGEST_REASON)
    if not may_object(notice, work.ctx.now):
        raise Problem("objection.over")
    notice.objected_at = work.ctx.now
    notice.sealed_objection = seal_text(keys, OBJECTION, step_id, words.strip(), work.ctx.random)
    work.record(Event.EXPERT_OBJECTED, step_id, region=notice.region, digest=_digest(step_id, words.strip()))


def may_object(notice: StandingNotice, now: datetime) -> bool:
    """Whether the expert has not objected yet and there is time left."""
    return notice.objected_at is None and now < notice.at + TO_OBJECT


async def notices_of(session: AsyncSession, expert_id: str) -> Sequence[tuple[StandingNotice, ExpertStanding]]:
    """What an expert was to be told, the newest first, with the step itself."""
    found = select(StandingNotice, ExpertStanding).join(ExpertStanding, ExpertStanding.id == StandingNotice.step)
    rows = await session.execute(found.where(StandingNotice.expert == expert_id).order_by(StandingNotice.at.desc()))
    return [(notice, step) for notice, step in rows]


def objection_of(keys: KeyService, notice: StandingNotice) -> str:
    """The expert's words, unsealed; empty where there are none."""
    sealed = notice.sealed_objection
    return open_text(keys, OBJECTION, notice.step, sealed) if sealed else ""


async def _claim(
    work: Work, keys: KeyService, gateways: Mapping[str, Gateway], compose: Compose, step_id: str
) -> tuple[str, Parcel] | None:
    notice = await work.session.get_one(StandingNotice, step_id, with_for_update=True)
    if notice.outcome is not None or notice.tries > len(PAUSES):
        return None
    contact = contact_of(keys, await work.session.get_one(Expert, notice.expert))
    addresses = dict(zip(CHANNELS, (contact.phone, contact.email), strict=True))
    ways = [(one, addresses[one]) for one in CHANNELS if one in gateways and addresses[one]]
    if not ways:
        notice.outcome = str(Outcome.KEPT)
        return None
    channel, to = ways[notice.tries % len(ways)]
    if notice.tries < len(PAUSES):
        await schedule(work, work.ctx.now + PAUSES[notice.tries], AGAIN, f"{step_id}/{notice.tries}")
    notice.tries += 1
    notice.channel = channel
    step = await work.session.get_one(ExpertStanding, step_id)
    return channel, Parcel(f"{step_id}/{channel}", to, *compose(step.verb))


async def _settle(work: Work, step_id: str, handed: Handed) -> None:
    notice = await work.session.get_one(StandingNotice, step_id, with_for_update=True)
    if notice.outcome is not None:
        return
    if handed.outcome in (Outcome.SENT, Outcome.KEPT):
        notice.outcome, notice.sent_at = str(handed.outcome), work.ctx.now
        work.record(Event.STANDING_NOTICE_SENT, step_id, region=notice.region, outcome=notice.outcome)
    elif notice.tries > len(PAUSES):
        notice.outcome = str(handed.outcome)


def _digest(step_id: str, words: str) -> str:
    """The step's random id hides the words from who would guess them."""
    return sha256(f"expert-objection/v1\0{step_id}\0{words}".encode()).hexdigest()
