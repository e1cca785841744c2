"""The hourly root: every read of the hour becomes part of one leaf of the public log, and so cannot be taken away unseen."""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from infra.access.rules import Tree
from infra.access.tables import AccessLine, AccessRoot
from infra.db.work import Database, Work
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event

log = logging.getLogger("openhall.access")

LOCK = 0x61636373
HOUR, DEMO_HOUR = timedelta(hours=1), timedelta(minutes=1)
LOOK_EVERY = 15.0
ALONE = text("SELECT pg_try_advisory_xact_lock(:lock)")
# Lines get their ids before they commit. While nobody else may write, none is under way: ids up to the last are whole.
STILL = (text("SET LOCAL lock_timeout = '2s'"), text("LOCK TABLE access_log IN SHARE MODE"))


async def make_root(database: Database, every: timedelta) -> AccessRoot | None:
    """Root what was read since the last root and log it; None before `every` has passed, or if another is at work.

    The event says number, hours and root, nothing of how much was read.
    """
    async with database.work(SYSTEM) as work:
        if not (await work.session.execute(ALONE, {"lock": LOCK})).scalar_one():
            return None
        before = (
            await work.session.execute(select(AccessRoot).order_by(AccessRoot.number.desc()).limit(1))
        ).scalar_one_or_none()
        since = await _beginning(work, every) if before is None else before.until
        if work.ctx.now - since < every:
            return None
        for statement in STILL:
            await work.session.execute(statement)
        return await _root(work, before, since)


async def run_forever(database: Database, every: timedelta, stop: asyncio.Event) -> None:
    """Make the root of each period until `stop`; a database that is away, or busy, is asked again."""
    pause = min(LOOK_EVERY, every.total_seconds() / 4)
    while not stop.is_set():
        try:
            await make_root(database, every)
        except (OSError, DBAPIError) as error:
            log.error("access log: no root this time: %s", error)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue


async def _beginning(work: Work, every: timedelta) -> datetime:
    """Where the first period begins: with the first read, else one period ago."""
    first: datetime | None = (await work.session.execute(select(func.min(AccessLine.at)))).scalar_one()
    return work.ctx.now - every if first is None else first


async def _root(work: Work, before: AccessRoot | None, since: datetime) -> AccessRoot:
    after = 0 if before is None else before.last
    rows = select(AccessLine.id, AccessLine.entry).where(AccessLine.id > after).order_by(AccessLine.id)
    found = [(number, bytes(entry)) for number, entry in await work.session.execute(rows)]
    blind = work.ctx.random(32)
    made = AccessRoot(
        number=1 if before is None else before.number + 1,
        since=since,
        until=work.ctx.now,
        first=after,
        last=found[-1][0] if found else after,
        blind=blind,
        root=Tree([entry for _, entry in found], blind).root,
    )
    work.session.add(made)
    work.record(
        Event.ACCESS_ROOTED,
        f"access-root:{made.number}",
        number=made.number,
        since=_instant(since),
        until=_instant(made.until),
        root=b64(made.root),
    )
    return made


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
