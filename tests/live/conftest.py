"""What the tests of live pages share: a hub of its own for each test, and a hall."""

from collections.abc import AsyncIterator

import pytest_asyncio
from scenes import Hall, a_hall

from infra.custody.bell import Bell
from infra.db.work import Database
from infra.embedded.postgres import EmbeddedPostgres
from infra.live import Hub
from infra.objects import Objects


@pytest_asyncio.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    """A hub on a database of its own."""
    opened = Hub(database, Bell(database.dsn))
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    """A hall with bidders and trustees, one for each file of tests."""
    async with a_hall(postgres, template, objects, bidders=4) as opened:
        yield opened
