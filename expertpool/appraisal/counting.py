"""Counting who was drawn with whom: over the draws of determined sections of twelve months, always all of them anew."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import delete

from expertpool.appraisal.pairs import Chances, find, in_either
from expertpool.appraisal.tables import PairCount
from expertpool.draw.called import called_by
from expertpool.draw.entries import Entry
from expertpool.draw.tables import Draw
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import canonical, read

PAIR = "pair count"
PADDED = 256
AGENT, BIDDER, EXPERT = "agent", "bidder", "expert"
KINDS = (AGENT, BIDDER, EXPERT)

Pool = Callable[[Draw], AsyncIterator[list[Entry]]]
"""A frozen pool, piece by piece; it is read once, and twice where the draw kept no list of whom it called."""


class Meeting(NamedTuple):
    """One draw of a determined section: its frozen facts and outcome, the section's agent and bidders by id of the body."""

    draw: Draw
    quota: Mapping[str, int]
    avoid: frozenset[str]
    out: frozenset[bytes]
    agent: str
    bidders: tuple[str, ...]


class Who(NamedTuple):
    """A pair: an expert's id, and the id of the body, or of the other expert (the later of the two)."""

    kind: str
    expert: str
    other: str


class _Sums:
    """What is known of each pair so far; only pairs that met at least once are kept."""

    def __init__(self, drawn: Mapping[str, set[str]], meetings: Sequence[Meeting]) -> None:
        self.observed: dict[Who, int] = defaultdict(int)
        self.expected: dict[Who, float] = defaultdict(float)
        self.draws: dict[Who, int] = defaultdict(int)
        for meeting in meetings:
            for pair in _pairs(sorted(drawn[meeting.draw.id]), meeting):
                self.observed[pair] += 1
        self.partners: dict[str, set[str]] = defaultdict(set)
        for pair in self.observed:
            if pair.kind == EXPERT:
                self.partners[pair.expert].add(pair.other)

    def add(self, pair: Who, chance: float) -> None:
        """One more draw in which these two could have met."""
        self.draws[pair] += 1
        self.expected[pair] += chance


async def count_pairs(work: Work, keys: KeyService, region: str, meetings: Sequence[Meeting], pool: Pool) -> int:
    """Replace the counts of a region by those of these draws, which must all be of determined sections; how many pairs.

    Twice is once. Only who met at least once is kept: nobody else can stand above the expected rate.
    """
    require(work.ctx.actor, "pair.count")
    drawn = {meeting.draw.id: await _drawn(keys, meeting, pool) for meeting in meetings}
    interest = {expert for experts in drawn.values() for expert in experts}
    sums = _Sums(drawn, meetings)
    for meeting in meetings:
        await _add_chances(sums, meeting, pool, interest)
    await work.session.execute(delete(PairCount).where(PairCount.region == region))
    for pair, observed in sums.observed.items():
        work.session.add(_row(work, keys, region, pair, observed, sums))
    return len(sums.observed)


def pair_of(keys: KeyService, row: PairCount) -> Who:
    """Whom a row is about."""
    found: dict[str, str] = read(keys.unwrap(PAIR, row.tag.hex(), row.sealed).rstrip(b"\0"))
    return Who(row.kind, found["expert"], found["other"])


def _pairs(experts: Sequence[str], meeting: Meeting) -> Iterable[Who]:
    for place, one in enumerate(experts):
        yield Who(AGENT, one, meeting.agent)
        yield from (Who(BIDDER, one, bidder) for bidder in meeting.bidders)
        yield from (Who(EXPERT, one, other) for other in experts[place + 1 :])


async def _drawn(keys: KeyService, meeting: Meeting, pool: Pool) -> set[str]:
    """Whom the draw itself took for a seat; alternates who were called later are left out, for no chance is told of them."""
    if called := called_by(keys, meeting.draw):
        return {*called[: sum(meeting.quota.values())]}  # in drawn order, and every seat comes before any alternate
    found = set()
    async for batch in pool(meeting.draw):
        for entry in batch:
            if entry.why is None and any(row.leaf in meeting.out for _, row in entry.listed()):
                found.add(entry.expert)
    return found


async def _add_chances(sums: _Sums, meeting: Meeting, pool: Pool, interest: set[str]) -> None:
    employers: dict[str, dict[str, int]] = {specialty: defaultdict(int) for specialty in meeting.quota}
    members: dict[str, list[tuple[str, int, str]]] = {}
    async for batch in pool(meeting.draw):
        for entry in batch:
            lines = [one for one in entry.lines if one.emp not in meeting.avoid]
            for one in lines:
                employers[one.specialty][one.emp] += one.weight
            if entry.expert in interest and lines:
                members[entry.expert] = [(one.specialty, one.weight, one.emp) for one in lines]
    lists = {name: Chances(found, meeting.quota[name]) for name, found in employers.items()}
    _add(sums, meeting, _Within(lists, employers, members))


class _Within(NamedTuple):
    """One draw's chances, and where those of interest stand in its lists: (specialty, weight, employer)."""

    lists: Mapping[str, Chances]
    employers: Mapping[str, Mapping[str, int]]
    members: Mapping[str, Sequence[tuple[str, int, str]]]

    def one(self, expert: str) -> float:
        """That this one is drawn."""
        return in_either(
            [self.lists[name].one(weight, self._sum(name, emp)) for name, weight, emp in self.members[expert]]
        )

    def both(self, one: str, two: str) -> float:
        """That both are: of one list together, of two lists each by itself; colleagues never."""
        found = 0.0
        for name, weight, emp in self.members[one]:
            for other, heavy, boss in self.members[two]:
                if emp == boss:
                    continue
                first, second = (weight, self._sum(name, emp)), (heavy, self._sum(other, boss))
                if name == other:
                    found += self.lists[name].both(first, second)
                else:
                    found += self.lists[name].one(*first) * self.lists[other].one(*second)
        return min(found, self.one(one), self.one(two))

    def _sum(self, specialty: str, employer: str) -> int:
        return self.employers[specialty][employer]


def _add(sums: _Sums, meeting: Meeting, within: _Within) -> None:
    for expert in within.members:
        own = within.one(expert)
        for pair in (Who(AGENT, expert, meeting.agent), *(Who(BIDDER, expert, body) for body in meeting.bidders)):
            if pair in sums.observed:
                sums.add(pair, own)
        for other in sums.partners.get(expert, ()):
            if other in within.members:
                sums.add(Who(EXPERT, expert, other), within.both(expert, other))


def _row(work: Work, keys: KeyService, region: str, pair: Who, observed: int, sums: _Sums) -> PairCount:
    found = find(sums.expected[pair], sums.draws[pair], observed)
    tag = keys.tag(PAIR, region, canonical(list(pair)))
    told: dict[str, Any] = {"expert": pair.expert, "other": pair.other}
    return PairCount(
        kind=pair.kind,
        tag=tag,
        sealed=keys.wrap(PAIR, tag.hex(), canonical(told).ljust(PADDED, b"\0"), work.ctx.random),
        draws=found.draws,
        observed=observed,
        expected=Decimal(f"{found.expected:.6f}"),
        tail=Decimal(f"{found.tail:.8f}"),
        flagged=found.is_flagged,
        counted_at=work.ctx.now,
        region=region,
    )
