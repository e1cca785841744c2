"""Reading appraisals: ratings and events by seat, points by expert for the supervisor, sanctions and their hearings."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.appraisal.actions import APPRAISED
from expertpool.appraisal.rules import YEAR, points_in_a_year
from expertpool.appraisal.tables import AppraisalEvent, Hearing, Rating, Sanction
from infra.auth.keys import KeyService

AT_ONCE = 50


class Stated(NamedTuple):
    """A sanction with its hearing."""

    sanction: Sanction
    hearing: Hearing


async def ratings_by(session: AsyncSession, section: str, organisation: str) -> dict[str, Rating]:
    """What one body has said of a section's judges, by seat id."""
    found = select(Rating).where(Rating.section == section, Rating.organisation == organisation)
    return {one.seat: one for one in (await session.execute(found)).scalars()}


async def events_of(session: AsyncSession) -> list[AppraisalEvent]:
    """The events the reader may see, those to be confirmed first, then the newest; at most `AT_ONCE`."""
    found = select(AppraisalEvent).order_by(
        AppraisalEvent.confirmed_at.is_not(None), AppraisalEvent.reported_at.desc(), AppraisalEvent.id
    )
    return list((await session.execute(found.limit(AT_ONCE))).scalars())


async def points_of(
    session: AsyncSession, keys: KeyService, now: datetime, determined: Collection[str]
) -> dict[str, int]:
    """The confirmed points of twelve months by expert id, of sections that are determined; never of any other."""
    wanted = select(AppraisalEvent).where(
        AppraisalEvent.confirmed_at > now - YEAR, AppraisalEvent.section.in_(determined)
    )
    by_expert: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for one in (await session.execute(wanted)).scalars():
        expert = keys.unwrap(APPRAISED, one.id, one.sealed_expert).rstrip(b"\0").decode()
        by_expert[expert].append((one.confirmed_at or now, one.points))
    return {expert: points_in_a_year(events, now) for expert, events in by_expert.items()}


async def sanctions_of(session: AsyncSession, expert: str | None = None) -> list[Stated]:
    """The sanctions the reader may see, the newest first, of one expert or of all; at most `AT_ONCE` of them."""
    found = select(Sanction, Hearing).join(Hearing, Hearing.sanction == Sanction.id)
    if expert is not None:
        found = found.where(Sanction.expert == expert)
    return [Stated(*row) for row in await session.execute(found.order_by(Sanction.opened_at.desc()).limit(AT_ONCE))]
