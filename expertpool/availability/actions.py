"""When an expert is away: entered by the expert, taken back while it is not over."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from expertpool.availability.tables import Absence
from expertpool.experts.tables import Expert
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem

LONGEST = timedelta(days=366)
MOST = 40
KINDS = ("leave", "busy")


async def own_entry(work: Work) -> Expert:
    """The entry of whoever is signed in, locked; `expert.unknown` where the account belongs to none."""
    found = select(Expert).where(Expert.account == work.ctx.actor.id).with_for_update()
    expert = (await work.session.execute(found)).scalar_one_or_none()
    if expert is None:
        raise Problem("expert.unknown")
    return expert


async def enter_absence(work: Work, since: datetime, until: datetime, kind: str) -> Absence:
    """Away from `since` until just before `until`: nobody draws the expert for an evaluation in between.

    What was frozen before stays frozen. `absence.span`, `absence.overlaps`, `absence.many`.
    """
    require(work.ctx.actor, "availability.enter")
    expert = await own_entry(work)
    if kind not in KINDS or not since < until or until <= work.ctx.now or until - since > LONGEST:
        raise Problem("absence.span", most=LONGEST.days)
    coming = select(func.count()).where(Absence.expert == expert.id, func.upper(Absence.during) > work.ctx.now)
    if (await work.session.execute(coming)).scalar_one() >= MOST:
        raise Problem("absence.many", most=MOST)
    absence = Absence(
        id=work.ctx.new_id("absence"),
        region=expert.region,
        expert=expert.id,
        during=Range(since, until),
        kind=kind,
        entered_at=work.ctx.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(absence)
            await work.session.flush()
    except IntegrityError as error:
        raise Problem("absence.overlaps") from error
    work.record(Event.ABSENCE_ENTERED, absence.id, region=expert.region, act="entered")
    return absence


async def take_back(work: Work, absence_id: str) -> None:
    """An absence that is not over falls away; a stranger's is `absence.unknown`, one that is over `absence.begun`."""
    require(work.ctx.actor, "availability.enter")
    expert = await own_entry(work)
    found = select(Absence).where(Absence.id == absence_id, Absence.expert == expert.id).with_for_update()
    absence = None if "\0" in absence_id else (await work.session.execute(found)).scalar_one_or_none()
    if absence is None:
        raise Problem("absence.unknown")
    assert absence.during.upper is not None
    if absence.during.upper <= work.ctx.now:
        raise Problem("absence.begun")
    await work.session.delete(absence)
    work.record(Event.ABSENCE_ENTERED, absence.id, region=expert.region, act="taken-back")
