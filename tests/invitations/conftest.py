"""One hall for the rules of invitations, with an opened section whose experts are called."""

from collections.abc import AsyncIterator

import pytest_asyncio
from calling import called, opened_section
from judging import enter_experts
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=3) as opened:
        await enter_experts(opened)
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(hall: Hall) -> str:
    """An opened section whose five experts have their messages; three alternates of each profession wait."""
    found = await opened_section(hall)
    await called(hall, found, alternates=3)
    return found
