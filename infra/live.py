"""The live hub: whoever watches a channel gets everything told on it, in order, without gap or repetition.

One task reads what is new for all watchers of the process. What a watcher has missed, for whatever reason, it reads
from the table by its cursor; that the numbers of a channel have no gaps is how it knows.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from infra.custody.bell import Bell
from infra.db.work import Database
from infra.kernel.channels import LIVE
from infra.kernel.problems import Problem
from infra.live_table import LiveEvent

log = logging.getLogger("openhall.live")

MOST_WATCHERS = 5000
REMEMBERED = 256
"""Events of a channel that are kept in memory for its watchers; whoever is further behind reads the table."""
AT_ONCE = 500
"""Rows read at a time."""
KEPT = timedelta(days=2)
PRUNED_EVERY = 600.0
AWAY = 1.0
BEGINNING = 0


class Told(NamedTuple):
    """One event as watchers get it; `number` is the cursor after it."""

    number: int
    kind: str
    subject: str
    at: datetime


class BehindError(Exception):
    """A cursor that cannot be resumed: what followed it is not kept any more, or it was never given out."""


class _Channel:
    def __init__(self) -> None:
        self.recent: deque[Told] = deque(maxlen=REMEMBERED)
        self.watchers: set[Watcher] = set()

    def take(self, told: Told) -> None:
        self.recent.append(told)
        for watcher in self.watchers:
            watcher.news.set()

    def after(self, cursor: int) -> list[Told]:
        return list(takewhile(lambda told: told.number > cursor, reversed(self.recent)))[::-1]

    def look_again(self) -> None:
        for watcher in self.watchers:
            watcher.checked = False
            watcher.news.set()


class Watcher:
    """One who watches one channel from a cursor on; `news` is set when it is worth looking.

    `checked` tells that the table holds nothing after the cursor but what memory holds too.
    """

    def __init__(self, hub: "Hub", channel: _Channel, name: str, cursor: int) -> None:
        self.news = asyncio.Event()
        self.cursor = cursor
        self._hub, self._channel, self._name = hub, channel, name
        self.checked = False

    async def next(self, seconds: float) -> list[Told] | None:
        """What follows the cursor, at the latest after so many seconds; an empty list is no news, None the hub's end.

        `BehindError` where the cursor cannot be resumed.
        """
        self.news.clear()
        if not (found := await self._look()) and not self._hub.closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.news.wait()
            found = await self._look()
        return None if self._hub.closed else found

    async def _look(self) -> list[Told]:
        """From memory where it continues the cursor without a gap, else from the table."""
        found = self._channel.after(self.cursor)
        if not self.checked or (found and found[0].number != self.cursor + 1):
            self.checked = True
            found = await self._hub.replay(self._name, self.cursor)
            self.checked = self.checked and len(found) < AT_ONCE
        if found:
            self.cursor = found[-1].number
        return found


class Hub:
    """All channels of one process, fed by one reader that starts with the first watcher."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self.closed = False
        self._database, self._bell = database, bell
        self._channels: dict[str, _Channel] = {}
        self._reader: asyncio.Task[None] | None = None
        self._head: int | None = None
        self._count = 0
        self._pruned: float | None = None

    @asynccontextmanager
    async def watching(self, channel: str, cursor: int) -> AsyncIterator[Watcher]:
        """A place among the watchers of a channel, from a cursor that `cursor_of` or an event gave; `live.full`."""
        if self._count >= MOST_WATCHERS:
            raise Problem("live.full", most=MOST_WATCHERS)
        if self._reader is None and not self.closed:
            self._reader = asyncio.create_task(self._read_forever())
        found = self._channels.setdefault(channel, _Channel())
        watcher = Watcher(self, found, channel, cursor)
        found.watchers.add(watcher)
        self._count += 1
        try:
            yield watcher
        finally:
            self._count -= 1
            found.watchers.discard(watcher)
            if not found.watchers:
                self._channels.pop(channel, None)

    async def replay(self, channel: str, cursor: int) -> list[Told]:
        """What the table holds after a cursor, at most `AT_ONCE`; `BehindError` where that is not all there was."""
        columns = (LiveEvent.number, LiveEvent.kind, LiveEvent.subject, LiveEvent.at)
        wanted = select(*columns).where(LiveEvent.channel == channel, LiveEvent.number >= cursor)
        async with self._database.reading() as session:
            rows = await session.execute(wanted.order_by(LiveEvent.number).limit(AT_ONCE + 1))
            found = [Told(*row) for row in rows]
        if (not found and cursor != BEGINNING) or (found and found[0].number > cursor + 1):
            raise BehindError
        return [told for told in found if told.number > cursor]

    async def close(self) -> None:
        """End every watch and let nobody watch any more; twice is no error."""
        self.closed = True
        for channel in self._channels.values():
            channel.look_again()
        await self._bell.close()
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader

    async def _read_forever(self) -> None:
        """Read at every ring; a database that goes away is waited for, and what it told meanwhile is not lost."""
        while not self.closed:
            try:
                rung = await self._bell.listening(LIVE)
                await self._read()
                await self._prune()
                if rung is not None:
                    await rung.wait()
            except (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("live: the database is away: %s", error)
                await asyncio.sleep(AWAY)

    async def _read(self) -> None:
        if self._head is None:
            async with self._database.reading() as session:
                self._head = (await session.execute(select(func.coalesce(func.max(LiveEvent.id), 0)))).scalar_one()
            # What was told between a watcher's first look and this moment comes by no other way.
            for channel in self._channels.values():
                channel.look_again()
        more = True
        while more:
            async with self._database.reading() as session:
                rows = list(await session.execute(_after(self._head)))
            for row in rows:
                self._head = row.id
                if watched := self._channels.get(row.channel):
                    watched.take(Told(row.number, row.kind, row.subject, row.at))
            more = len(rows) == AT_ONCE

    async def _prune(self) -> None:
        """Forget what nobody resumes from any more, except the newest of each channel: it keeps the count."""
        now = asyncio.get_running_loop().time()
        if self._pruned is not None and now - self._pruned < PRUNED_EVERY:
            return
        self._pruned = now
        async with self._database.engine.begin() as connection:
            await connection.execute(outdated(KEPT))


def outdated(kept: timedelta) -> Any:
    """The statement that deletes what is older than `kept`, but never the newest event of a channel."""
    later = aliased(LiveEvent)
    newest = select(func.max(later.number)).where(later.channel == LiveEvent.channel).scalar_subquery()
    old = LiveEvent.at < func.clock_timestamp() - kept
    return delete(LiveEvent).where(old, LiveEvent.number < newest).execution_options(synchronize_session=False)


async def cursor_of(session: AsyncSession, channel: str) -> int:
    """The cursor at a channel's end. Take it before reading what a page shows, and the page misses nothing after it."""
    newest = select(func.coalesce(func.max(LiveEvent.number), BEGINNING)).where(LiveEvent.channel == channel)
    return int((await session.execute(newest)).scalar_one())


def _after(head: int) -> Any:
    columns = (LiveEvent.id, LiveEvent.channel, LiveEvent.number, LiveEvent.kind, LiveEvent.subject, LiveEvent.at)
    return select(*columns).where(LiveEvent.id > head).order_by(LiveEvent.id).limit(AT_ONCE)
