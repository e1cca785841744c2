"""The committee elects its leader 评标委员会负责人 (M87 45, TBL 37 leaves it to the committee): one seat, one vote.

Rule `leader/v1`: most votes win when all have voted; a tie is voted on once more among those tied; a second tie goes to
the lowest seat number among them. The leader speaks for the committee and decides nothing alone. A purchaser's
representative votes but may not lead (M87 45(4); kept in every procedure).
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from expertpool.recusal.representatives import REPRESENTATIVE
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.evaluation.marks import judge_id
from trading.evaluation.queries import own_seat, seats_of
from trading.evaluation.tables import LeaderVote
from trading.sections.states import SectionState

ROUNDS = (1, 2)
Votes = Mapping[int, Mapping[int, int]]
"""Round → seat number of the voter → seat number voted for."""


class Election(NamedTuple):
    """How the election stands: the round and who may be voted for in it, how many have voted; counts once all have."""

    round: int
    candidates: tuple[int, ...]
    voted: frozenset[int]
    counts: dict[int, int]
    elected: int | None


def election(votes: Votes, seats: Collection[int], barred: Collection[int] = ()) -> Election:
    """The state of the election by rule `leader/v1`; counts are those of the last round that is complete.

    Every seat votes; for those of `barred` nobody may.
    """
    candidates, counts = tuple(sorted(set(seats) - set(barred))), dict[int, int]()
    for number in ROUNDS:
        given = votes.get(number, {})
        voted = frozenset(given)
        if not seats or voted != set(seats):
            return Election(number, candidates, voted, counts, None)
        counts = dict(sorted(Counter(given.values()).items()))
        most = max(counts.values())
        tied = tuple(seat for seat, count in counts.items() if count == most)
        if len(tied) == 1 or number == ROUNDS[-1]:
            return Election(number, candidates, voted, counts, min(tied))
        candidates = tied
    raise AssertionError("the last round elects")


async def election_of(session: AsyncSession, seats: Collection[Seat]) -> Election:
    """How the election of these seats stands."""
    numbers = {seat.id: seat.number for seat in seats}
    rows = (await session.execute(select(LeaderVote).where(LeaderVote.seat.in_(numbers)))).scalars()
    votes: dict[int, dict[int, int]] = {}
    for row in rows:
        votes.setdefault(row.round, {})[numbers[row.seat]] = row.candidate
    return election(votes, numbers.values(), [seat.number for seat in seats if seat.kind == REPRESENTATIVE])


async def vote_for_leader(work: Work, seat_id: str, candidate: int, asked_round: int) -> Election:
    """One judge's vote, once a round; who voted for whom stays secret, and counts too until all have voted.

    `leader.not-open` unless all judges sit and evaluate, `leader.round` for another round than the running one,
    `leader.voted`, `leader.candidate`, `leader.elected`.
    """
    require(work.ctx.actor, "leader.vote")
    seat, section = await own_seat(work, seat_id)
    seats = await seats_of(work.session, section.id)
    if section.state != SectionState.EVALUATING or any(one.signed_in_at is None for one in seats):
        raise Problem("leader.not-open", state=section.state)
    now = await election_of(work.session, seats)
    if now.elected is not None:
        raise Problem("leader.elected", judge=judge_id(now.elected))
    if asked_round != now.round:
        raise Problem("leader.round", round=now.round)
    if seat.number in now.voted:
        raise Problem("leader.voted", round=now.round)
    if candidate not in now.candidates:
        raise Problem("leader.candidate", number=candidate)
    work.session.add(
        LeaderVote(
            seat=seat.id,
            round=now.round,
            section=section.id,
            region=section.region,
            candidate=candidate,
            voted_at=work.ctx.now,
        )
    )
    await work.session.flush()
    after = await election_of(work.session, seats)
    elected = None if after.elected is None else judge_id(after.elected)
    subject = f"{section.id}#{judge_id(seat.number)}"
    work.record(
        Event.LEADER_VOTED, subject, section=section.id, region=section.region, round=now.round, elected=elected
    )
    return after
