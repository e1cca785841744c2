"""The office of these tests."""

from collections.abc import AsyncIterator

import pytest_asyncio
from pool_scene import Office, an_office

from infra.db.work import Database


@pytest_asyncio.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    """A pool office over a fresh database."""
    async with an_office(database) as found:
        yield found
