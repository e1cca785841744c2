"""A unit of work: one transaction, the database's time, one journal line; leaving the block commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from infra.db import regions
from infra.db.journal import Line
from infra.db.telling import Telling, tell
from infra.db.together import Together
from infra.edge import random_bytes
from infra.kernel.channels import CHANGED, OF_A_DRAW, channels_of, draw_channel
from infra.kernel.context import Actor, Context
from infra.kernel.events import Event


class Work:
    """What a use-case is handed: the session, the context (actor, database time, chance) and the journal."""

    def __init__(self, session: AsyncSession, ctx: Context) -> None:
        self.session = session
        self.ctx = ctx
        self._tellings: list[Telling] = []

    def record(
        self, event: Event, subject: str, *, section: str | None = None, region: str | None = None, **facts: Any
    ) -> Line:
        """Write the use-case's journal line. Facts are canonical JSON values: strings, integers, lists, objects.

        Live pages are told of it where `infra.kernel.channels` says so.
        """
        salt, link_salt = salts(self.ctx, event)
        line = Line(
            event=event,
            actor=self.ctx.actor.id,
            role=self.ctx.actor.role,
            address=self.ctx.address,
            subject=subject,
            section=section,
            region=region or self.ctx.actor.region,
            facts=facts,
            salt=salt,
            link_salt=link_salt,
        )
        self.session.add(line)
        for channel in channels_of(event, section):
            self.tell(channel, event, subject)
        if section is not None and event in OF_A_DRAW:
            self.tell(draw_channel(section), CHANGED, "")
        return line

    def tell(self, channel: str, kind: str, subject: str) -> None:
        """Let the watchers of a channel know, when (and only if) this transaction commits, that something is new."""
        self._tellings.append(Telling(channel, kind, subject))

    async def finish(self) -> None:
        """What a transaction does last, before it commits."""
        await tell(self.session, self._tellings)

    async def clock(self) -> datetime:
        """The database's clock at this very moment: the only judge of lateness."""
        moment: datetime = (await self.session.execute(select(func.clock_timestamp()))).scalar_one()
        return moment

    async def notify(self, channel: str, payload: str = "") -> None:
        """Wake listeners when (and only if) this transaction commits."""
        await self.session.execute(
            text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload}
        )


def salts(ctx: Context, event: Event) -> tuple[bytes | None, bytes | None]:
    """The salts `salt` and `link_salt` of a new journal line of this kind: 32 bytes each, or none for what is no leaf."""
    return (ctx.random(32), ctx.random(32)) if event.kind.leaf else (None, None)


class Database:
    """The engine and the ways in: `work` to change, `reading` to look, `bare` for the few paths that must be quick."""

    def __init__(self, url: str, *, pool: int = 10, mode: str = "demo") -> None:
        self.mode = mode
        self._pool = pool
        self.together = Together()
        self._bare: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self.engine: AsyncEngine = create_async_engine(url, pool_size=pool, max_overflow=pool, pool_pre_ping=False)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @property
    def dsn(self) -> str:
        """Where the database is, for a connection outside the pool."""
        return self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def work(self, actor: Actor, address: str | None = None) -> AsyncIterator[Work]:
        """One transaction: commits on leaving, rolls back on any exception. Whoever acts for a region is confined to it."""
        prefix = regions.confined_to(actor)
        asked = (regions.CLOCK,) if prefix is None else (regions.CLOCK_WITHIN, {"prefix": prefix})
        session, now = await self._begun(asked)
        async with session:
            work = Work(session, Context(actor, now, random_bytes, address, self.mode))
            yield work
            await work.finish()
            await session.commit()

    @asynccontextmanager
    async def reading(self, actor: Actor | None = None) -> AsyncIterator[AsyncSession]:
        """A session to read with; what it changes is never kept. With an actor it is confined as `work` is."""
        prefix = None if actor is None else regions.confined_to(actor)
        async with self._sessions() as session:
            if prefix is not None:
                await session.execute(regions.SET_WITHIN, {"prefix": prefix})
            yield session

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[Any]:
        """An asyncpg connection without the ORM; each statement is its own transaction unless one is begun.

        There are at most `pool` of them, so a rush waits here, first come first served, and not in the database.
        What the database refuses is a `DBAPIError`, as it is everywhere.
        """
        pool = self._bare or await self._open_bare()
        try:
            async with pool.acquire() as connection:
                yield connection
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            closed = not isinstance(error, asyncpg.PostgresError)
            raise DBAPIError(None, None, error, connection_invalidated=closed) from error

    def context(self, actor: Actor, now: datetime, address: str | None = None) -> Context:
        """The context of a use-case on a bare connection; `now` is what the database's clock said in it."""
        return Context(actor, now, random_bytes, address, self.mode)

    async def close(self) -> None:
        """Give back every connection."""
        await self.engine.dispose()
        if self._bare is not None:
            await self._bare.close()

    async def _begun(self, asked: tuple[Any, ...]) -> tuple[AsyncSession, datetime]:
        """A session whose first statement was answered, and the answer: what the clock says.

        A connection that died while nobody used it is replaced once: nothing has been done on it yet.
        """
        for patient in (True, False):
            session = self._sessions()
            try:
                now: datetime = (await session.execute(*asked)).one()[0]
            except BaseException as error:
                await session.close()
                if not patient or not isinstance(error, DBAPIError) or not error.connection_invalidated:
                    raise
            else:
                break
        return session, now

    async def _open_bare(self) -> asyncpg.Pool:
        async with self._opening:
            if self._bare is None:
                self._bare = await asyncpg.create_pool(self.dsn, min_size=0, max_size=self._pool, reset=_as_it_is)
        return self._bare


async def _as_it_is(_: Any) -> None:
    """Nothing to undo: who takes a bare connection changes none of its settings; an open transaction is rolled back."""
