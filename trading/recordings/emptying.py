"""Emptying a spool: what waits goes into the ledger, then its parts into the store, in order; whoever is away is waited for."""

import asyncio
import logging
from dataclasses import dataclass

import asyncpg
from sqlalchemy.exc import DBAPIError

from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.spool import Spool
from trading.recordings.storing import append, has_bytes, store_part

log = logging.getLogger("openhall.recorder")

AT_ONCE = 50
AWAY = (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass
class Emptied:
    """A stream's spool, and how far ledger and store have it."""

    stream: str
    recording: str
    label: str
    spool: Spool
    chained: int = 0
    stored: int = 0
    storing: asyncio.Task[None] | None = None

    async def chain(self, database: Database) -> None:
        """Take what waits into the ledger."""
        while rows := await asyncio.to_thread(self.spool.waiting, AT_ONCE, after=self.chained):
            async with database.work(SYSTEM) as work:
                await append(work, self.stream, rows)
            self.chained = rows[-1].entry["seq"]

    def begin_storing(self, database: Database, objects: Objects) -> None:
        """Store beside everything else; never twice at a time."""
        if self.storing is None or self.storing.done():
            self.storing = asyncio.create_task(self.store(database, objects))

    async def store(self, database: Database, objects: Objects) -> None:
        """Take what the ledger has into the store, in order; a store that is away is tried again with the next turn."""
        try:
            while rows := await asyncio.to_thread(self.spool.waiting, AT_ONCE):
                for row in rows:
                    if row.entry["seq"] > self.chained:
                        return
                    if has_bytes(row):
                        data = await asyncio.to_thread(self.spool.data, row.entry["seq"])
                        await store_part(database, objects, self.stream, row, data)
                        self.stored += 1
                    await asyncio.to_thread(self.spool.taken, row)
        except Problem as problem:
            log.warning("%s: %s; parts wait in the spool", self.label, problem.code)
        except AWAY as error:
            log.warning("%s: the database is away (%s)", self.label, type(error).__name__)
