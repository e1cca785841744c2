"""One hall for each file of the door."""

from collections.abc import AsyncIterator

import pytest_asyncio
from door_scene import Door, a_door
from scenes import a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def door(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Door]:
    async with a_hall(postgres, template, objects) as hall:
        yield await a_door(hall)
