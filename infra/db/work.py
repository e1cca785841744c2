"""A unit of work: one transaction, the database's time, one journal line; leaving the block commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from infra.db.journal import Line
from infra.edge import random_bytes
from infra.kernel.context import Actor, Context
from infra.kernel.events import Event


class Work:
    """What a use-case is handed: the session, the context (actor, database time, chance) and the journal."""

    def __init__(self, session: AsyncSession, ctx: Context) -> None:
        self.session = session
        self.ctx = ctx

    def record(
        self, event: Event, subject: str, *, section: str | None = None, region: str | None = None, **facts: Any
    ) -> Line:
        """Write the use-case's journal line. Facts are canonical JSON values: strings, integers, lists, objects."""
        leaf = event.kind.leaf
        line = Line(
            event=event,
            actor=self.ctx.actor.id,
            role=self.ctx.actor.role,
            address=self.ctx.address,
            subject=subject,
            section=section,
            region=region or self.ctx.actor.region,
            facts=facts,
            salt=self.ctx.random(32) if leaf else None,
            link_salt=self.ctx.random(32) if leaf else None,
        )
        self.session.add(line)
        return line

    async def clock(self) -> datetime:
        """The database's clock at this very moment: the only judge of lateness."""
        moment: datetime = (await self.session.execute(select(func.clock_timestamp()))).scalar_one()
        return moment

    async def notify(self, channel: str, payload: str = "") -> None:
        """Wake listeners when (and only if) this transaction commits."""
        await self.session.execute(
            text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload}
        )


class Database:
    """The engine and the two ways in: `work` to change, `reading` to look."""

    def __init__(self, url: str, *, pool: int = 10, mode: str = "demo") -> None:
        self.mode = mode
        self.engine: AsyncEngine = create_async_engine(url, pool_size=pool, max_overflow=pool, pool_pre_ping=False)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def work(self, actor: Actor, address: str | None = None) -> AsyncIterator[Work]:
        """One transaction: commits on leaving, rolls back on any exception."""
        async with self._sessions.begin() as session:
            now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
            yield Work(session, Context(actor, now, random_bytes, address, self.mode))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session to read with; what it changes is never kept."""
        async with self._sessions() as session:
            yield session

    async def close(self) -> None:
        """Give back every connection."""
        await self.engine.dispose()
