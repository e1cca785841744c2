"""What the web application stands on: settings, stores, the database's clock, and what plugs into the home page."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.custody.bell import Bell
from infra.db.work import Database
from infra.live import Hub
from infra.settings import Settings
from trading.notices.kinds import Category
from trading.recordings.ingest import Ingest


class LogStatus(NamedTuple):
    """The latest checkpoint of the public log: root in hex, number of entries, its time, who co-signed it."""

    root: str
    size: int
    at: datetime
    cosigned_by: tuple[str, ...]


class Opening(NamedTuple):
    """One bid opening on the home page; `state` and `action` are msgids, `tone` is ok, info, live or empty.

    Nothing here may tell the number or names of bidders before the deadline.
    """

    at: datetime
    category: Category
    code: str
    title: str
    by: str
    state: str
    tone: str
    bidders: str
    place: str
    path: str
    action: str


class Openings(NamedTuple):
    """Today's openings in order of time, and the next one of a later day."""

    today: list[Opening]
    following: Opening | None


class Clock:
    """The database's time, read every half minute and carried on by this machine's steady clock in between."""

    EVERY = 30.0

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: tuple[datetime, float] | None = None

    async def now(self) -> datetime:
        """The database's time in UTC."""
        if self._read is None or time.monotonic() - self._read[1] > self.EVERY:
            async with self._database.reading() as session:
                before = time.monotonic()
                moment: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
                self._read = (moment, (before + time.monotonic()) / 2)
        moment, at = self._read
        return moment + timedelta(seconds=time.monotonic() - at)


@dataclass(frozen=True, eq=False)
class Stack:
    """Everything `create_app` is given; `objects` and `keys` are what the API and the signing pages need.

    `openings` tells today's openings; None reads them from the tender notices. `log_status` tells the public log's
    head; None reads the newest checkpoint. What public pages show besides notices is read anew after `pages_keep`
    seconds; 0 keeps nothing. At the `bell` trustees wait for news; without one they are answered at once. The `hub`
    feeds live pages, the `ingest` takes what browsers record; without one the application makes its own.
    """

    settings: Settings
    database: Database
    objects: Any = None
    keys: Any = None
    openings: Callable[[AsyncSession, datetime], Awaitable[Openings]] | None = None
    log_status: Callable[[AsyncSession], Awaitable[LogStatus | None]] | None = None
    bell: Bell | None = None
    hub: Hub | None = None
    ingest: Ingest | None = None
    pages_keep: float = 0.0

    @property
    def demo(self) -> bool:
        """Whether this is the demonstration mode, which marks every page."""
        return self.settings.mode == "demo"
