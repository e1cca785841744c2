"""A hall with many bidders for each file of faults."""

from collections.abc import AsyncIterator

import pytest_asyncio
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=24) as opened:
        yield opened
