"""Legal time: due rows are claimed under a lock and done in the same transaction as their effect, so exactly once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from infra.db.work import Database, Work
from infra.kernel.context import SYSTEM
from infra.timers_table import Timer

log = logging.getLogger("openhall.timers")

Effect = Callable[[Work, str], Awaitable[None]]
"""What happens when a timer falls due: (work, subject). It runs in the transaction that marks the timer done."""

RETRY = timedelta(seconds=2)
LONGEST_WAIT = 1.0


async def schedule(work: Work, due_at: datetime, verb: str, subject: str) -> None:
    """Let `verb` happen to `subject` at `due_at`; a later call for the same pair moves the time while it is not done."""
    row = insert(Timer).values(due_at=due_at, verb=verb, subject=subject)
    moved = row.on_conflict_do_update(
        index_elements=["verb", "subject"], set_={"due_at": due_at}, where=Timer.done_at.is_(None)
    )
    await work.session.execute(moved)
    await work.notify("timers")


async def run_due(database: Database, effects: Mapping[str, Effect]) -> int:
    """Do everything that is due now, each in its own transaction; returns how many were done."""
    done = 0
    while await _one(database, effects):
        done += 1
    return done


async def next_due(database: Database) -> float:
    """Seconds until the next timer falls due by the database's clock, at most `LONGEST_WAIT`."""
    async with database.reading() as session:
        left = func.extract("epoch", func.min(Timer.due_at) - func.clock_timestamp())
        seconds = (await session.execute(select(left).where(Timer.done_at.is_(None)))).scalar_one()
    return LONGEST_WAIT if seconds is None else max(0.0, min(LONGEST_WAIT, float(seconds)))


async def run_forever(database: Database, effects: Mapping[str, Effect], stop: asyncio.Event) -> None:
    """Serve legal time until `stop` is set; trouble with the database is logged and tried again."""
    while not stop.is_set():
        try:
            await run_due(database, effects)
            wait = await next_due(database)
        except (OSError, DBAPIError) as error:
            log.error("timers: the database is away: %s", error)
            wait = LONGEST_WAIT
        try:
            await asyncio.wait_for(stop.wait(), max(wait, 0.002))
        except TimeoutError:
            continue


async def _one(database: Database, effects: Mapping[str, Effect]) -> bool:
    claimed: tuple[int, str, str] | None = None
    try:
        async with database.work(SYSTEM) as work:
            timer = await _claim(work, list(effects))
            if timer is None:
                return False
            claimed = timer.id, timer.verb, timer.subject
            await effects[timer.verb](work, timer.subject)
            timer.done_at = await work.clock()
        return True
    except Exception as error:
        if claimed is None:
            raise
        log.exception("timer %s %s failed", claimed[1], claimed[2])
        await _put_off(database, claimed[0], error)
        return True


async def _claim(work: Work, verbs: list[str]) -> Timer | None:
    # By the transaction's own time: an effect that compares it with the limit must find the limit reached.
    due = (
        select(Timer)
        .where(Timer.done_at.is_(None), Timer.due_at <= work.ctx.now, Timer.verb.in_(verbs))
        .order_by(Timer.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await work.session.execute(due)).scalar_one_or_none()


async def _put_off(database: Database, timer_id: int, error: Exception) -> None:
    """A failed effect is tried again soon and its trouble kept; the timer stays pending, never lost."""
    async with database.work(SYSTEM) as work:
        timer = await work.session.get_one(Timer, timer_id)
        timer.tries += 1
        timer.trouble = f"{type(error).__name__}: {error}"[:2000]
        timer.due_at = await work.clock() + RETRY * min(timer.tries, 30)
