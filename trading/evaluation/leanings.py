"""How each expert's marks lean over the determined sections of twelve months: counted by night, sealed, told by number."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.appraisal.rules import YEAR, Deviation, deviations, leaning
from expertpool.appraisal.tables import ExpertLeaning
from expertpool.attendance.queries import every_region
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Seat
from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from trading.evaluation.appraising import totals_of
from trading.evaluation.marks import judge_id
from trading.evaluation.roster import DETERMINED
from trading.evaluation.tables import Evaluation
from trading.sections.tables import Section

LABEL = "expert leaning"
PAGE = 30
_LENGTH = 64


class Leaned(NamedTuple):
    """One expert's leaning with the number the register has given."""

    row: ExpertLeaning
    expert: str

    @property
    def leans(self) -> bool:
        """Whether the interval leaves nothing out: a reason to look, no finding."""
        low, high = self.row.low, self.row.high
        return low is not None and high is not None and (low > 0 or high < 0)


async def count_leanings(work: Work, keys: KeyService, region: str) -> int:
    """Replace the leanings of a region by those of its determined sections; how many experts. Twice is once."""
    require(work.ctx.actor, "pair.count")
    of_judges = await _deviations(work, region)
    by_expert: dict[str, dict[str, list[Deviation]]] = defaultdict(dict)
    seats = select(Seat).where(Seat.section.in_(of_judges), Seat.kind == "expert", Seat.signed_in_at.is_not(None))
    for seat in (await work.session.execute(seats)).scalars():
        expert = keys.unwrap(EXPERT, seat.id, seat.sealed_expert).decode()
        if found := of_judges[seat.section].get(judge_id(seat.number)):
            by_expert[expert][seat.section] = found
    await work.session.execute(delete(ExpertLeaning).where(ExpertLeaning.region == region))
    work.session.add_all(_row(work, keys, region, expert, found) for expert, found in by_expert.items())
    return len(by_expert)


async def leanings(session: AsyncSession, keys: KeyService, region: str, page: int) -> tuple[list[Leaned], int]:
    """The experts of a region's determined sections, those who lean first, then by how far; and how many there are."""
    certain = ExpertLeaning.low.is_not(None) & ((ExpertLeaning.low > 0) | (ExpertLeaning.high < 0))
    wanted = select(ExpertLeaning).where(ExpertLeaning.region == region)
    turn = wanted.order_by(certain.desc(), func.abs(ExpertLeaning.mean).desc(), ExpertLeaning.tag)
    rows = list((await session.execute(turn.offset((page - 1) * PAGE).limit(PAGE))).scalars())
    total = select(func.count()).select_from(ExpertLeaning).where(ExpertLeaning.region == region)
    who = {row.tag: _expert_of(keys, row) for row in rows}
    async with every_region(session):
        known = select(Expert.id, Expert.number).where(Expert.id.in_(who.values()))
        numbers = {expert: number or "" for expert, number in await session.execute(known)}
    return [Leaned(row, numbers.get(who[row.tag], "")) for row in rows], (await session.execute(total)).scalar_one()


async def own_leanings(session: AsyncSession, keys: KeyService, expert: str) -> list[ExpertLeaning]:
    """An expert's own, one for each region with determined sections."""
    found = select(ExpertLeaning).where(ExpertLeaning.tag == _tag(keys, expert)).order_by(ExpertLeaning.region)
    return list((await session.execute(found)).scalars())


async def _deviations(work: Work, region: str) -> dict[str, dict[str, list[Deviation]]]:
    """By section and judge; only sections whose result is determined."""
    wanted = select(Evaluation).join(Section, Section.id == Evaluation.section).where(
        Section.region == region, Section.state.in_(DETERMINED), Evaluation.published_at > work.ctx.now - YEAR
    )  # fmt: skip
    found: dict[str, dict[str, list[Deviation]]] = {}
    async for one in await work.session.stream_scalars(wanted.execution_options(yield_per=100)):
        by_judge: dict[str, list[Deviation]] = defaultdict(list)
        for deviation in deviations(totals_of(one)):
            by_judge[deviation.judge].append(deviation)
        found[one.section] = by_judge
    return found


def _row(work: Work, keys: KeyService, region: str, expert: str, sections: dict[str, list[Deviation]]) -> ExpertLeaning:
    every = [one for found in sections.values() for one in found]
    found, tag = leaning([one.share for one in every]), _tag(keys, expert)
    low, high = found.interval or (None, None)
    return ExpertLeaning(
        region=region,
        tag=tag,
        sealed=keys.wrap(LABEL, f"{region}/{tag.hex()}", expert.encode().ljust(_LENGTH, b"\0"), work.ctx.random),
        sections=len(sections),
        marks=found.n,
        apart=sum(one.is_outlier for one in every),
        mean=_share(found.mean),
        low=None if low is None else _share(low),
        high=None if high is None else _share(high),
        counted_at=work.ctx.now,
    )


def _share(value: Decimal) -> Decimal:
    return round(value, 6)


def _tag(keys: KeyService, expert: str) -> bytes:
    return keys.tag(LABEL, "", expert.encode())


def _expert_of(keys: KeyService, row: ExpertLeaning) -> str:
    return keys.unwrap(LABEL, f"{row.region}/{row.tag.hex()}", row.sealed).rstrip(b"\0").decode()
