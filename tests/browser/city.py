"""A city of real processes for the browser: web, worker and three trustees, people who can sign in, a pool of experts."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from infra.edge import random_bytes
from infra.embedded.databases import create_database, drop_database
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import ROLE, EmbeddedPostgres
from infra.settings import Settings
from web.demo.files import write_pdf
from web.demo.people import People, bring_experts, bring_people
from web.stage import Stage
from web.state import Stack
from web.wiring import open_stack


@dataclass(frozen=True)
class City:
    """Where it is served, its stores and keys, and the people with accounts."""

    origin: str
    stack: Stack
    people: People
    folder: Path

    async def now(self) -> datetime:
        """The database's clock."""
        async with self.stack.database.reading() as session:
            moment: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        return moment

    def files(self, login: str) -> Path:
        """A folder with this bidder's commercial and technical file."""
        desk = self.folder / "desks" / login
        if not desk.exists():
            desk.mkdir(parents=True)
            write_pdf(desk / "commercial.pdf", f"{login} 商务标", ["报价说明"], 1, random_bytes)
            write_pdf(desk / "technical.pdf", f"{login} 技术标", ["施工组织设计"], 20, random_bytes)
        return desk


@asynccontextmanager
async def a_city(
    postgres: EmbeddedPostgres, objects: EmbeddedObjects, folder: Path, bidders: int
) -> AsyncIterator[City]:
    """Everything started on the test run's own stores; ended in reverse."""
    name = f"city_{os.getpid()}"
    await create_database(postgres.admin_dsn, name, None, ROLE)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    address = postgres.address.of(name)
    settings = Settings(folder, address, objects.address, port=port, origin=f"http://127.0.0.1:{port}")
    stage = Stage(settings)
    try:
        await asyncio.to_thread(stage.__enter__)
        await asyncio.to_thread(stage.wait_until_ready)
        async with open_stack(settings) as stack:
            people = await bring_people(stack.database, stack.keys, folder, bidders)
            await bring_experts(stack.database, stack.keys)
            yield City(settings.origin, stack, people, folder)
    finally:
        await asyncio.to_thread(stage.close)
        await drop_database(postgres.admin_dsn, name)
