"""Rating a committee from the section's side, and how its published marks stand apart; people by J-number only."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.appraisal.actions import rate_judge, report_event
from expertpool.appraisal.queries import points_of
from expertpool.appraisal.rules import Deviation, Leaning, deviations, leaning, proposal, same_rankings
from expertpool.appraisal.tables import AppraisalEvent
from expertpool.draw.tables import Seat
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.evaluation.foresight import section_for
from trading.evaluation.roster import DETERMINED, MARKED
from trading.evaluation.tables import Evaluation
from trading.regimes.days import Unit
from trading.regimes.rules import REGIMES
from trading.sections.tables import Section

NOTICE_DAYS = 5
"""○: working days between the notice of a hearing and the hearing."""
AT_ONCE = 20


class Pointed(NamedTuple):
    """An expert with confirmed points of twelve months, and what a supervisor may consider; nothing follows by itself."""

    number: str | None
    points: int
    proposal: str | None


class Judged(NamedTuple):
    """One evaluated section: how far each judge's totals stand apart, the outliers, and rankings that are the same."""

    section: str
    published_at: datetime
    leanings: dict[str, Leaning]
    outliers: list[Deviation]
    twins: list[tuple[str, str]]


async def rate(work: Work, section_id: str, number: int, marks: Mapping[str, int], words: str) -> None:
    """What the actor's body says of one judge, once the marks are published: `rating.early`, and see `rate_judge`."""
    require(work.ctx.actor, "judge.rate")
    await rate_judge(work, await _seat(work, section_id, number), marks, words)


async def report(work: Work, keys: KeyService, section_id: str, number: int, kind: str, account: str) -> None:
    """Report an event of TBR 71 of one judge, once the marks are published: `rating.early`, and see `report_event`."""
    require(work.ctx.actor, "judge.rate")
    await report_event(work, keys, await _seat(work, section_id, number), kind, account)


def earliest_hearing(now: datetime, mode: str) -> datetime:
    """From when a hearing noticed now may be held: five working days of the rules in force."""
    return REGIMES.on(now, mode=mode).add_days(now, NOTICE_DAYS, Unit.WORKING_DAY)


async def judged(session: AsyncSession, actor: Actor, before: datetime | None = None) -> list[Judged]:
    """Evaluated sections of the actor's region by their marks' publication, the newest first; one more than `AT_ONCE`."""
    found = select(Evaluation).join(Section, Section.id == Evaluation.section).where(Section.region == actor.region)
    if before is not None:
        found = found.where(Evaluation.published_at < before)
    newest = found.order_by(Evaluation.published_at.desc()).limit(AT_ONCE + 1)
    return [_judged(one) for one in (await session.execute(newest)).scalars()]


async def pointed(session: AsyncSession, keys: KeyService, actor: Actor, now: datetime) -> list[Pointed]:
    """Experts of the actor's region with points, most first; only events of sections whose result is determined count."""
    reported = select(AppraisalEvent.section)
    determined = select(Section.id).where(
        Section.region == actor.region, Section.state.in_(DETERMINED), Section.id.in_(reported)
    )
    found = await points_of(session, keys, now, (await session.execute(determined)).scalars().all())
    numbers = select(Expert.id, Expert.number).where(Expert.id.in_(found))
    told = {expert: number for expert, number in await session.execute(numbers)}
    rows = [Pointed(told[expert], points, proposal(points)) for expert, points in found.items() if expert in told]
    return sorted(rows, key=lambda row: (-row.points, row.number or ""))


def totals_of(one: Evaluation) -> dict[str, dict[str, Decimal]]:
    """Each judge's total of each bid, by J-number."""
    return {
        judge: {bid: sum((Decimal(mark) for mark in row.values()), Decimal(0)) for bid, row in sheet.items()}
        for judge, sheet in one.evidence.get("marks", {}).items()
    }


def _judged(one: Evaluation) -> Judged:
    sheets = totals_of(one)
    apart = deviations(sheets)
    leanings = {judge: leaning([one.share for one in apart if one.judge == judge]) for judge in sorted(sheets)}
    outliers = [deviation for deviation in apart if deviation.is_outlier]
    return Judged(one.section, one.published_at, leanings, outliers, same_rankings(sheets))


async def _seat(work: Work, section_id: str, number: int) -> Seat:
    section = await section_for(work.session, work.ctx.actor, section_id)
    if section.state not in MARKED:
        raise Problem("rating.early", state=section.state)
    wanted = select(Seat).where(Seat.section == section_id, Seat.number == number, Seat.vacant_since.is_(None))
    wanted = wanted.where(Seat.kind == "expert")
    seat = (await work.session.execute(wanted)).scalar_one_or_none()
    if seat is None:
        raise Problem("seat.none", number=number)
    return seat
