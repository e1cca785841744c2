"""One hall for the tests of this folder, and the office of its procuring side; sections are each test's own."""

from collections.abc import AsyncIterator

import pytest_asyncio
from procurement_scene import Office
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=4) as hall:
        yield hall


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def office(hall: Hall) -> AsyncIterator[Office]:
    office = Office(hall)
    yield office
    await office.close()
