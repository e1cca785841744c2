"""The audit view in a browser: policy kept, nobody barred, narrow and in large text, filters by keyboard alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from browser_hall import LISTEN
from inspection import WIDE, Inspector
from playwright.async_api import Browser, Page, expect
from portal import served
from section_story import Story

from infra.access.rooting import make_root

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(browser: Browser, story: Story) -> AsyncIterator[tuple[Page, str]]:
    """The supervising body's person before the story's pages, at a server of its own."""
    hall = story.hall
    address = hall.stack.settings.database
    assert address is not None
    server = served(address, objects=hall.objects, keys=hall.keys)
    origin = await asyncio.to_thread(server.__enter__)
    context = await browser.new_context(viewport=WIDE, locale="zh-CN")
    await context.add_init_script(LISTEN)
    token = await hall._token("supervisor")
    await context.add_cookies([{"name": "openhall_session", "value": token, "url": origin}])
    page = await context.new_page()
    for login in ("centre", "bidder1", "agent"):
        async with await hall.client(login) as client:
            await client.get(f"/sections/{story.finished}/seats")
            await client.get(f"/sections/{story.finished}/mine")
    await make_root(hall.database, timedelta(0))
    for _ in range(3):
        await hall.step()
    yield page, origin
    await context.close()
    await asyncio.to_thread(server.__exit__, None, None, None)


async def test_audit_screens_keep_the_policy_fit_and_bar_nobody(desk: tuple[Page, str], story: Story) -> None:
    page, origin = desk
    inspector = Inspector()
    paths = {
        "audit journal": "/audit",
        "audit journal of nothing": "/audit?subject=nothing",
        "audit journal refused": "/audit?since=2026-12-02T10:00&until=2026-12-01T10:00",
        "audit sections": "/audit/sections",
        "audit running section": f"/audit/sections/{story.running}",
        "audit finished section": f"/audit/sections/{story.finished}",
        "audit failed section": f"/audit/sections/{story.failed}",
        "audit reads": "/audit/reads",
        "audit health": "/audit/health",
    }
    for name, path in paths.items():
        await page.goto(origin + path)
        await inspector.look(page, name)
    assert (inspector.policy, inspector.barred, inspector.narrow) == ([], [], [])


async def test_a_search_is_made_with_the_keyboard_and_stands_in_the_address(
    desk: tuple[Page, str], story: Story
) -> None:
    page, origin = desk
    await page.goto(origin + "/audit")
    await page.get_by_label("标段", exact=False).first.focus()
    await page.keyboard.type(story.finished)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/audit?*section=*")
    await expect(page.locator(".lines tbody tr").first).to_be_visible()
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="连同证明导出").click()
    assert (await waiting.value).suggested_filename == "journal.jsonl"
