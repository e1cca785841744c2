"""The machine checks in a browser: policy kept, nobody barred, narrow and in large text, for judge, centre and supervisor."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browser_hall import LISTEN
from inspection import WIDE, Inspector
from machine_story import BILLS, Told, tell
from playwright.async_api import Browser
from portal import served
from scenes import a_hall

from infra.auth.sessions import open_seat_session
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Told]:
    async with a_hall(postgres, template, objects) as hall:
        yield await tell(hall)


async def test_the_screens_of_machine_checks_keep_the_policy_fit_and_bar_nobody(browser: Browser, told: Told) -> None:
    hall, inspector = told.hall, Inspector()
    address = hall.stack.settings.database
    assert address is not None
    async with hall.database.work(SYSTEM) as work:
        seat = await open_seat_session(work, told.panel.seat(1).id, cast.REGION)
    labels = sorted(told.labels[told.bids[login]] for login in list(BILLS)[:2])
    server = served(address, objects=hall.objects, keys=hall.keys)
    origin = await asyncio.to_thread(server.__enter__)
    try:
        for name, token, path in (
            ("checks of the judge", seat, "/judge/checks"),
            ("checks beside", seat, f"/judge/checks/technical/{labels[0]}/{labels[1]}"),
            ("checks of the supervisor", await hall._token("supervisor"), f"/sections/{told.section}/checks"),
            ("checks of the centre", await hall._token("centre"), f"/sections/{told.section}/checks"),
        ):
            context = await browser.new_context(viewport=WIDE, locale="zh-CN")
            await context.add_init_script(LISTEN)
            await context.add_cookies([{"name": "openhall_session", "value": token, "url": origin}])
            page = await context.new_page()
            await page.goto(origin + path)
            await inspector.look(page, name)
            await context.close()
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)
    assert (inspector.policy, inspector.barred, inspector.narrow) == ([], [], [])
