"""Every screen of a bidder and every workbench, in both languages and widths: policy kept, nothing overflows, nobody barred."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bid_rooms import COMMERCIAL, City, choose, fill
from inspection import NARROW, OVERFLOW, SMALL, WIDE
from playwright.async_api import Browser, Page, expect
from portal import served
from section_story import Story
from sqlalchemy import select
from test_public_screens import barriers

from trading.bidding.tables import Bid
from web.bidder.offline import offline_page
from web.i18n import Language

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, story: Story) -> AsyncIterator[City]:
    """The told story behind a server of its own."""
    address = story.hall.stack.settings.database
    assert address is not None
    server = served(address, objects=story.hall.objects, keys=story.hall.keys)
    origin = await asyncio.to_thread(server.__enter__)
    yield City(story.hall, origin, [story.running])
    await asyncio.to_thread(server.__exit__, None, None, None)


async def looked(page: Page) -> dict[str, object]:
    """What is wrong with the page as it stands."""
    found = {
        "policy": await page.evaluate("window.violations"),
        "too wide": await page.evaluate(OVERFLOW),
        "too small": await page.evaluate(SMALL),
        "barriers": await barriers(page),
    }
    return {name: value for name, value in found.items() if value}


@pytest.mark.soak
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("language", ["", "/en"], ids=["zh", "en"])
async def test_bidders_screens_keep_the_policy_fit_and_bar_nobody(
    browser: Browser, city: City, story: Story, language: str, large: bool
) -> None:
    wanted = select(Bid.id).where(Bid.section == story.running, Bid.bidder == story.hall.bodies["bidder1"].id)
    async with story.hall.database.reading() as session:
        bid = (await session.execute(wanted)).scalar_one()
    screens = {
        "desk": "/desk",
        "device": "/device",
        "bids": "/bids",
        "no bids": "/bids?shown=gone",
        "receipt": f"/bids/{bid}/receipt",
        "withdrawal": f"/bids/{bid}/withdrawal",
        "room": f"/sections/{story.running}/bid",
        "closed room": f"/sections/{story.opened}/bid",
        "sealed": f"/sections/{story.running}/mine",
        "opened": f"/sections/{story.opened}/mine",
        "marks": f"/sections/{story.finished}/mine",
        "public": f"/sections/{story.running}",
    }
    context = await city.desk(browser, "bidder1")
    if large:
        await context.add_cookies([{"name": "openhall_text", "value": "large", "url": city.origin}])
    page, wrong = await context.new_page(), {}
    for name, path in screens.items():
        await page.goto(f"{city.origin}{language}{path}")
        if name in ("room", "device"):
            await page.wait_for_selector("[data-ready]")
        for size in (WIDE, NARROW):
            await page.set_viewport_size(size)
            if found := await looked(page):
                wrong[f"{name} {size['width']}"] = found
    assert wrong == {}
    await context.close()


@pytest.mark.soak
@pytest.mark.parametrize("login", ["bidder5", "agent", "procurer", "centre", "supervisor"])
async def test_every_workbench_keeps_the_policy_fits_and_bars_nobody(browser: Browser, city: City, login: str) -> None:
    context = await city.desk(browser, login)
    page, wrong = await context.new_page(), {}
    for path in ("/desk", "/en/desk"):
        for size in (WIDE, NARROW):
            await page.set_viewport_size(size)
            await page.goto(city.origin + path)
            if found := await looked(page):
                wrong[f"{path} {size['width']}"] = found
    assert wrong == {}
    await context.close()


@pytest.mark.soak
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_a_room_with_everything_refused_bars_nobody(browser: Browser, city: City, size: dict[str, int]) -> None:
    context = await city.desk(browser, "bidder2")
    page = await city.room(context, city.sections[0])
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.click("#seal-button")
    await expect(page.locator(".errsum li")).to_have_count(7)
    assert await looked(page) == {}
    await fill(page)
    await choose(page, "commercial", COMMERCIAL)
    await page.check("#joint")
    await page.click("#elsewhere summary")
    assert await looked(page) == {}
    await page.fill("#member-1-share", "200")
    await page.click("#seal-button")
    await expect(page.locator(".errsum")).to_contain_text("above 0 and below 100")
    assert await looked(page) == {}
    await context.close()


@pytest.mark.soak
@pytest.mark.parametrize("language", list(Language))
async def test_the_offline_page_fits_and_bars_nobody(browser: Browser, tmp_path: Path, language: Language) -> None:
    (tmp_path / "seal-offline.html").write_bytes(offline_page(language).body)
    context = await browser.new_context(offline=True)
    page = await context.new_page()
    for size in (WIDE, NARROW):
        await page.set_viewport_size(size)
        await page.goto((tmp_path / "seal-offline.html").as_uri())
        await page.wait_for_selector("#offline:not([hidden])")
        await page.click("#offline-form button:not([type])")
        await page.wait_for_selector(".errsum")
        assert await looked(page) == {}
    await context.close()


async def test_the_device_check_finds_this_browser_ready_and_tells_the_clock(browser: Browser, city: City) -> None:
    context = await city.desk(browser, "bidder1")
    page = await context.new_page()
    await page.goto(city.origin + "/en/device")
    await page.wait_for_selector("#device[data-ready]", timeout=60_000)
    assert await page.get_attribute("#device", "data-ready") in ("good", "fair")
    for name in ("modules", "secure", "sealing", "key"):
        await expect(page.locator(f"[data-check={name}]")).to_have_attribute("data-is", "good")
    await expect(page.locator("[data-check=clock] .found")).to_contain_text("measured 5 times")
    await context.close()


async def test_requirement_19_without_scripts_the_room_is_a_plain_page(browser: Browser, city: City) -> None:
    context = await browser.new_context(java_script_enabled=False)
    await city.sign_in(context, "bidder1")
    page = await context.new_page()
    for path in (f"/en/sections/{city.sections[0]}/bid", "/en/device"):
        await page.goto(city.origin + path)
        await expect(page.locator("#plain")).to_be_visible()
        await expect(page.locator("#plain")).to_contain_text("openhall seal")
    await context.close()
