"""The procuring side by forms: a project registered and accepted, a section drafted, frozen, given keys, published."""

from collections.abc import AsyncIterator

import pytest_asyncio
from procurement_scene import Office
from scenes import a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.sections.states import SectionState


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Office]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        opened = Office(hall)
        yield opened
        await opened.close()


async def test_a_section_goes_from_registration_to_its_notice_by_forms_alone(office: Office) -> None:
    section = await office.published()
    assert (await office.hall.section(section)).state == SectionState.BIDDING
    assert "云湖第三水厂扩建工程" in (await office.see(f"/sections/{section}", "bidder1")).text
