"""The portal of these tests: one database with hand-made notices, the application called without a network."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest_asyncio
from page_site import EXTRA, ORIGIN, Site
from portal import Made, fill

from infra.db.work import Database
from infra.embedded.databases import create_database, drop_database
from infra.embedded.postgres import ROLE, EmbeddedPostgres
from infra.settings import DatabaseAddress, Settings
from web.app import create_app
from web.state import Stack

NUMBERS = itertools.count(1)


@pytest_asyncio.fixture(scope="session")
async def portal_database(postgres: EmbeddedPostgres) -> AsyncIterator[tuple[DatabaseAddress, Made]]:
    """A filled database that no test of this folder changes in a way that another would notice."""
    name = f"pages_{os.getpid()}_{next(NUMBERS)}"
    await create_database(postgres.admin_dsn, name, None, ROLE)
    address = postgres.address.of(name)
    yield address, await fill(address)
    await drop_database(postgres.admin_dsn, name)


@pytest_asyncio.fixture(scope="session")
async def site(portal_database: tuple[DatabaseAddress, Made]) -> AsyncIterator[Site]:
    """The application over that database; every visitor has cookies of its own."""
    address, made = portal_database
    database = Database(address.sqlalchemy)
    app = create_app(Stack(Settings(Path("unused"), origin=ORIGIN), database), pages=EXTRA)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        yield Site(database, made, lambda: httpx.AsyncClient(transport=transport, base_url=ORIGIN))


@pytest_asyncio.fixture
async def visitor(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """One fresh visitor."""
    async with site.visitor() as client:
        yield client
