"""Reading lotteries: public once an attempt was frozen; at the centre's desk also those whose list is being written."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import rules
from expertpool.lotteries.actions import series
from expertpool.lotteries.rules import Entry, published, winners
from expertpool.lotteries.states import LotteryState
from expertpool.lotteries.tables import Lottery, LotteryAttempt
from infra.db.journal import Line
from infra.kernel.canonical import read
from infra.kernel.events import Event
from infra.kernel.problems import Problem

PAGE = 20
STATES = tuple(LotteryState)


class Listed(NamedTuple):
    """One line of the list: the lottery, its state (that of its last attempt) and when that was frozen."""

    lottery: Lottery
    state: LotteryState
    frozen_at: datetime | None
    entries: int


class Found(NamedTuple):
    """A page of lotteries, and how many there are."""

    lines: list[Listed]
    total: int


async def lotteries(
    session: AsyncSession, *, words: str = "", state: str = "", page: int = 1, drafts: bool = False
) -> Found:
    """The lotteries the reader may see, the newest first, by words of the subject and by state; open ones with `drafts`."""
    last = LotteryAttempt.number == Lottery.attempts
    where: list[ColumnElement[bool]] = [] if drafts else [Lottery.attempts > 0]
    if words:
        where.append(or_(Lottery.subject.contains(words, autoescape=True), Lottery.id == words))
    if state == LotteryState.OPEN:
        where.append(Lottery.attempts == 0)
    elif state:
        where.append(LotteryAttempt.state == state)
    wanted = select(
        Lottery, LotteryAttempt.state, LotteryAttempt.frozen_at, func.jsonb_array_length(Lottery.entries)
    ).outerjoin(LotteryAttempt, (LotteryAttempt.lottery == Lottery.id) & last)
    counted = select(func.count()).select_from(Lottery).outerjoin(
        LotteryAttempt, (LotteryAttempt.lottery == Lottery.id) & last
    )  # fmt: skip
    total = (await session.execute(counted.where(*where))).scalar_one()
    turn = wanted.where(*where).order_by(Lottery.opened_at.desc(), Lottery.id).offset((page - 1) * PAGE).limit(PAGE)
    rows = await session.execute(turn)
    lines = [Listed(row, LotteryState(state or LotteryState.OPEN), at, count) for row, state, at, count in rows]
    return Found(lines, total)


class Attempt(NamedTuple):
    """An attempt as everybody may read it: its row, the frozen facts, what each body gave so far, the file's parts."""

    row: LotteryAttempt
    frozen: dict[str, Any]
    commitments: dict[str, str]
    escrowed: frozenset[str]
    committed_at: datetime | None
    leaves: dict[str, int]
    told: dict[str, Any]
    drawn: list[Entry]


async def lottery_of(session: AsyncSession, lottery_id: str, *, drafts: bool = False) -> Lottery:
    """The lottery of this id; `page.unknown` also for one whose list is still being written, unless `drafts`."""
    found = await session.get(Lottery, lottery_id) if "\0" not in lottery_id else None
    if found is None or not (found.attempts or drafts):
        raise Problem("page.unknown", path=f"/lotteries/{lottery_id[:80]}")
    return found


async def attempts_of(session: AsyncSession, lottery: Lottery) -> list[Attempt]:
    """Every attempt, the newest first, with what the log holds of it."""
    wanted = select(LotteryAttempt).where(LotteryAttempt.lottery == lottery.id).order_by(LotteryAttempt.number.desc())
    rows = list((await session.execute(wanted)).scalars())
    about = select(Line).where(Line.section == series(lottery.id)).order_by(Line.id)
    lines = list((await session.execute(about)).scalars())
    return [_attempt(row, [one for one in lines if _is_about(one, row.id)]) for row in rows]


def file_of(attempt: LotteryAttempt) -> dict[str, Any]:
    """An attempt's public file: the entries with their salts, and once it is revealed the whole evidence."""
    if attempt.told is not None:
        found: dict[str, Any] = read(attempt.told)
        return found
    return published(rules.frozen_of(attempt.pool), attempt.request)


def _is_about(line: Line, draw_id: str) -> bool:
    return line.subject == draw_id or line.subject.startswith(draw_id + "/")


def _attempt(row: LotteryAttempt, lines: list[Line]) -> Attempt:
    told = file_of(row)
    given = {one.facts["party"]: one for one in lines if one.event == Event.LOTTERY_COMMITMENT_GIVEN}
    return Attempt(
        row,
        told["frozen"],
        {party: one.facts["commitment"] for party, one in given.items()},
        frozenset(one.facts["party"] for one in lines if one.event == Event.LOTTERY_ESCROW_GIVEN),
        next((one.at for one in lines if one.event == Event.LOTTERY_COMMITTED), None),
        {one.event: one.leaf for one in lines if one.subject == row.id and one.leaf is not None},
        told,
        winners(told) if "evidence" in told else [],
    )
