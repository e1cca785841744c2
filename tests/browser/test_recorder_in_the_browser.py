"""A real Chromium with a camera that is none records, goes offline, is closed and opened again: the chain is whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from browser_hall import ARGUMENTS, LISTEN, chromium
from playwright.async_api import BrowserContext, Page, async_playwright
from reasons import explained
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.recordings.actions import close_recording, open_recording, stop_recording
from trading.recordings.export import published, write_folder
from trading.recordings.queries import unexplained, unstored
from trading.recordings.tables import Recording, RecordingKind
from trading.recordings.verify import Folder, verify
from trading.venues.actions import enter_room
from trading.venues.tables import RoomKind
from web.security import session_cookie_name
from web.server import serve, take_port

FAKES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
SCREEN = ["--auto-select-desktop-capture-source=Entire screen", "--auto-accept-this-tab-capture"]
pytestmark = [pytest.mark.browser, pytest.mark.soak]


@dataclass
class Site:
    """A hall behind the platform's own server, a running recording in it, and a Chromium with false devices."""

    hall: Hall
    origin: str
    recording: str
    context: BrowserContext

    async def page(self, path: str = "") -> Page:
        page = await self.context.new_page()
        await page.goto(f"{self.origin}{path or f'/recorder/{self.recording}'}")
        return page


@asynccontextmanager
async def a_site(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Site]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        async with hall.database.work(hall.actor("centre")) as work:
            room = await enter_room(work, "评标一室", RoomKind.EVALUATION, 9, region=work.ctx.actor.region)
        section = await hall.a_draft()
        async with hall.database.work(hall.actor("centre")) as work:
            made = await open_recording(work, hall.keys.service, section, room.id, RecordingKind.EVALUATION)
        with take_port("127.0.0.1", 0) as place:
            origin = f"http://127.0.0.1:{place.getsockname()[1]}"
            ready = asyncio.Event()
            stack = replace(hall.stack, settings=replace(hall.stack.settings, origin=origin))
            serving = asyncio.create_task(serve(stack, place, ready=ready.set))
            await ready.wait()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=chromium(), args=[*ARGUMENTS, *FAKES, *SCREEN]
                )
                context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
                await context.add_init_script(LISTEN)
                cookie = {"name": session_cookie_name(False), "value": await hall._token("centre"), "url": origin}
                await context.add_cookies([{**cookie, "httpOnly": True}])  # type: ignore[list-item]
                try:
                    yield Site(hall, origin, made.id, context)
                finally:
                    await browser.close()
            serving.cancel()
            await asyncio.wait([serving])


async def waiting(page: Page) -> int:
    return int(await page.locator("#recorder").get_attribute("data-waiting") or "0")


async def sent(page: Page) -> None:
    await page.wait_for_selector("#recorder[data-waiting='0']", timeout=60_000)


async def recording(page: Page) -> None:
    await page.click("#choose")
    await page.wait_for_selector("#preview:visible")
    await page.click("#record:enabled")
    await page.wait_for_selector("#recorder[data-now=recording]")


@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
async def test_ten_seconds_a_lost_network_and_a_closed_tab_leave_a_whole_chain_that_verifies(
    postgres: EmbeddedPostgres, template: str, objects: Objects, tmp_path: Path
) -> None:
    async with a_site(postgres, template, objects) as site:
        page = await site.page()
        await recording(page)
        await asyncio.sleep(10)
        await site.context.set_offline(True)
        await asyncio.sleep(5)
        assert await waiting(page) >= 1 and await page.is_visible("#offline")
        await site.context.set_offline(False)
        await asyncio.sleep(5)
        assert await waiting(page) <= 2 and await page.is_hidden("#offline")
        await site.context.set_offline(True)
        await asyncio.sleep(5)
        left = await waiting(page)
        assert left >= 1 and await page.evaluate("window.violations") == []
        await page.close(run_before_unload=False)
        await site.context.set_offline(False)
        page = await site.page()
        await sent(page)
        await recording(page)
        await asyncio.sleep(5)
        for width in (1440, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.screenshot(path=tmp_path / f"recording-{width}.png", full_page=True)
        await page.click("#stop")
        await page.wait_for_selector("#recorder[data-now=idle]")
        await sent(page)
        assert await page.evaluate("window.violations") == [] and await page.is_hidden("#problem")
        told = await closed(site, tmp_path / "export")
        found = {step.name: step.facts for step in verify(Folder(tmp_path / "export"), told)}
        assert found["stream"]["gaps"] == 1 and found["chunks"]["signed"] == found["chunks"]["seen"] >= 8


async def closed(site: Site, folder: Path) -> dict[str, object]:
    """Stop, explain, close and export; what was published."""
    hall = site.hall
    centre = hall.actor("centre")
    async with hall.database.work(centre) as work:
        await stop_recording(work, site.recording)
    for _ in range(100):
        async with hall.database.reading() as session:
            missing = await unstored(session, site.recording)
            gaps = await unexplained(session, await session.get_one(Recording, site.recording))
        if not missing:
            break
        await asyncio.sleep(0.2)
    for stream, gap in gaps:
        await explained(hall, "centre", site.recording, stream, gap.seq, "标签页关闭后重新打开")
    async with hall.database.work(centre) as work:
        await close_recording(work, hall.keys.service, site.recording)
    folder.mkdir()
    await write_folder(hall.database, hall.objects, site.recording, folder)
    async with hall.database.reading() as session:
        return await published(session, site.recording)
