"""Two centres on one platform: a clerk's pages show the own region's business and nothing of the other's."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from registration_scene import REGION, Desk, Visitor, an_application, at_the_desk
from sqlalchemy import select

from infra.auth.organisations import register
from infra.auth.registration.actions import accept
from infra.auth.registration.tables import OrganisationVersion
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.problems import Problem

ABROAD = "110000"
ROOM = {"name": "第一开标厅", "kind": "opening-hall", "seats": "40"}


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with at_the_desk(database) as found:
        yield found


async def moved(body: Visitor) -> None:
    """The body hands in a change: its office has moved to the other region."""
    code = re.search(r'name="credit_code"[^>]*value="([^"]+)"', (await body.get("/company/change")).text)
    assert code
    told = an_application(credit_code=code[1], region=ABROAD)
    assert (await body.post("/company/change", told)).status_code == 303


async def test_rooms_projects_and_queues_of_another_region_are_on_no_page_of_a_clerk(desk: Desk) -> None:
    clerk, abroad = await desk.clerk(), await desk.clerk("abroad", ABROAD)
    await desk.applied()
    assert (await clerk.post("/centre/board", ROOM)).status_code == 303
    assert "第一开标厅" in (await clerk.get("/centre/board")).text
    assert "第一开标厅" not in (await abroad.get("/centre/board")).text
    assert "审核入库申请" in (await clerk.get("/desk")).text
    assert "审核入库申请" not in (await abroad.get("/desk")).text
    assert "没有符合条件的项目" in (await abroad.get("/centre/projects?q=zz")).text
    for path in ("/centre/registrations?state=all", "/centre/projects?state=", "/evaluations", "/messages/outbox"):
        assert (await abroad.get(path)).status_code == 200, path


async def test_a_body_stays_with_the_centre_that_registered_it_wherever_its_office_moves(desk: Desk) -> None:
    body, clerk, abroad = await desk.a_body(), await desk.clerk(), await desk.clerk("abroad", ABROAD)
    await moved(body)
    assert await abroad.waiting() == []
    assert (await clerk.accept(await clerk.first_waiting())).status_code == 303
    async with desk.database.reading() as session:
        rows = (await session.execute(select(OrganisationVersion.state, OrganisationVersion.region))).all()
    assert sorted(rows) == [("accepted", REGION), ("superseded", REGION)]


async def test_a_code_registered_by_another_centre_meanwhile_is_refused_and_not_a_failure(desk: Desk) -> None:
    await desk.applied()
    async with desk.database.reading() as session:
        version = await session.scalar(select(OrganisationVersion))
    assert version is not None
    clerk = Actor("clerk", Role.CENTRE, None, REGION)
    async with desk.database.work(SYSTEM) as work:
        await register(work, version.credit_code, "别处先登记", ABROAD)
    with pytest.raises(Problem, match=r"registration\.known"):
        async with desk.database.work(clerk) as work:
            await accept(work, version.id)
