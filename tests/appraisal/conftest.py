"""One hall with a committee whose marks are published, for the file that appraises it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from door_scene import an_opened_section
from judging import Panel, a_panel, enter_experts
from scenes import a_hall
from sqlalchemy import update

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.sections.states import SectionState
from trading.sections.tables import Section


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def panel(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Panel]:
    async with a_hall(postgres, template, objects) as hall:
        await enter_experts(hall)
        section = await an_opened_section(hall)
        found = await a_panel(hall, section)
        async with hall.database.work(hall.actor("centre")) as work:
            await work.session.execute(
                update(Section).where(Section.id == section).values(state=SectionState.EVALUATING)
            )
        supervisor = hall.actor("supervisor")
        hall.actors["other supervisor"] = replace(supervisor, id="account-other-supervisor")
        yield found
