"""Which draws count for pairs: those of sections whose result is determined, with their agent and their bidders."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import UnaryExpression, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.appraisal.counting import EXPERT, Meeting, Who, count_pairs, pair_of
from expertpool.appraisal.rules import YEAR
from expertpool.appraisal.tables import PairCount
from expertpool.attendance.queries import every_region
from expertpool.draw.entries import Entry
from expertpool.draw.pools import each_piece
from expertpool.draw.reveal import EVIDENCE
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService, PlatformKeys
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.canonical import read
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from infra.timers import schedule
from trading.bidding.tables import Bid
from trading.evaluation.leanings import count_leanings
from trading.evaluation.roster import DETERMINED
from trading.projects.tables import Project
from trading.regimes.china import SHANGHAI
from trading.sections.tables import Section

COUNT, NIGHTLY = "count-pairs", "pairs.count"
"""The job that counts one region, and the timer whose effect is that job."""
PAGE = 30
NIGHT = time(3)
LEAST_LIKELY = "tail"
ORDERS: Mapping[str, UnaryExpression[Any]] = {
    LEAST_LIKELY: PairCount.tail.asc(),
    "observed": PairCount.observed.desc(),
    "draws": PairCount.draws.desc(),
}


class Told(NamedTuple):
    """One pair as the supervising body reads it: numbers of experts, the body's name, and the counts."""

    row: PairCount
    expert: str
    other: str

    @property
    def rate(self) -> float:
        """The expected rate."""
        return float(self.row.expected) / self.row.draws if self.row.draws else 0.0

    @property
    def seen(self) -> float:
        """The observed rate."""
        return self.row.observed / self.row.draws if self.row.draws else 0.0


class Pairs(NamedTuple):
    """A page of pairs, how many fit, and when they were counted."""

    rows: list[Told]
    total: int
    counted_at: datetime | None


async def count_region(database: Database, objects: Objects, keys: PlatformKeys, region: str) -> int:
    """Count pairs and leanings of a region anew; how many pairs there are. What is not determined has no part in it."""
    async with database.work(SYSTEM) as work:

        def pool(draw: Draw) -> AsyncIterator[list[Entry]]:
            return each_piece(work.session, objects, keys.service, draw)

        await count_leanings(work, keys.service, region)
        return await count_pairs(work, keys.service, region, await _meetings(work, keys, region), pool)


async def ask_for_count(work: Work) -> None:
    """Have the pairs of the actor's region counted anew at once."""
    require(work.ctx.actor, "pair.count")
    await enqueue(work, COUNT, region=work.ctx.actor.region)


async def count_tonight(work: Work, region: str) -> None:
    """Have the pairs of a region counted in the coming night; asked for twice in a day it is done once."""
    at = work.ctx.now.astimezone(SHANGHAI)
    night = datetime.combine(at.date() + timedelta(days=at.time() >= NIGHT), NIGHT, SHANGHAI)
    await schedule(work, night, NIGHTLY, f"{region}/{night:%Y-%m-%d}")


async def begin_count(work: Work, subject: str) -> None:
    """The night has come: count, and again in the next one, for what is older than twelve months goes out."""
    region = subject.partition("/")[0]
    await enqueue(work, COUNT, region=region)
    await count_tonight(work, region)


async def pairs(
    session: AsyncSession, keys: KeyService, region: str, *, kind: str, flagged: bool, order: str, page: int
) -> Pairs:
    """Pairs of the supervisor's region by kind, flagged ones alone if wished, the least likely first."""
    where = [PairCount.region == region]
    where += [PairCount.kind == kind] if kind else []
    where += [PairCount.flagged.is_(True)] if flagged else []
    wanted = select(PairCount).where(*where).order_by(PairCount.flagged.desc(), ORDERS[order], PairCount.tag)
    rows = list((await session.execute(wanted.offset((page - 1) * PAGE).limit(PAGE))).scalars())
    counts = select(func.count(), func.max(PairCount.counted_at)).where(*where)
    total, at = (await session.execute(counts)).one()
    return Pairs(await _told(session, keys, rows), total, at)


async def _told(session: AsyncSession, keys: KeyService, rows: list[PairCount]) -> list[Told]:
    found: list[tuple[PairCount, Who]] = [(row, pair_of(keys, row)) for row in rows]
    wanted = {who.expert for _, who in found} | {who.other for _, who in found}
    async with every_region(session):
        experts = await _names(session, select(Expert.id, Expert.number).where(Expert.id.in_(wanted)))
    bodies = await _names(session, select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return [
        Told(row, experts.get(who.expert, ""), (experts if row.kind == EXPERT else bodies).get(who.other, ""))
        for row, who in found
    ]


async def _names(session: AsyncSession, wanted: Any) -> dict[str, str]:
    return {one: name or "" for one, name in await session.execute(wanted)}


async def _meetings(work: Work, keys: PlatformKeys, region: str) -> list[Meeting]:
    """The revealed draws of twelve months of determined sections, in order."""
    wanted = (
        select(Draw, Project.agent)
        .join(Section, Section.id == Draw.section)
        .join(Project, Project.id == Section.project)
        .where(
            Section.region == region, Section.state.in_(DETERMINED), Draw.revealed_at > work.ctx.now - YEAR,
            Draw.state.in_((DrawState.REVEALED, DrawState.DISCLOSED)),
        )
    )  # fmt: skip
    found = [(draw, agent) for draw, agent in await work.session.execute(wanted.order_by(Draw.revealed_at, Draw.id))]
    opened = select(Bid.section, Bid.bidder).where(
        Bid.section.in_({draw.section for draw, _ in found}), Bid.form.is_not(None)
    )  # fmt: skip
    bidders: dict[str, set[str]] = {}
    for section, bidder in await work.session.execute(opened):
        bidders.setdefault(section, set()).add(bidder)
    return [_meeting(keys, draw, agent, bidders.get(draw.section, set())) for draw, agent in found]


def _meeting(keys: PlatformKeys, draw: Draw, agent: str, bidders: set[str]) -> Meeting:
    assert draw.sealed_evidence is not None
    evidence = read(keys.service.unwrap(EVIDENCE, draw.id, draw.sealed_evidence))
    taken = frozenset(bytes.fromhex(row[0]) for row in evidence["out"] if len(row) == 2)
    avoid = frozenset(evidence["avoid"])
    return Meeting(draw, evidence["quota"], avoid, taken, agent, tuple(sorted(bidders)))
