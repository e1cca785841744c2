"""One file for several places: chosen once for many parts and sections, and what becomes of files when a browser is full."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bid_rooms import COMMERCIAL, TECHNICAL, City, a_turning_city, choose, enrol, fill, hand_in, ready, rehearse, seal
from playwright.async_api import Browser, Route, expect
from sealing_hall import altered
from sqlalchemy import delete

from infra.auth.tables import WebSession
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects

pytestmark = [pytest.mark.browser, pytest.mark.soak]

BLOCKS = "**/blocks/*"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 3) as found:
        yield found


async def test_requirement_08_one_file_fills_several_parts_and_sections_and_is_chosen_again_once(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    rooms = [await city.room(context, section) for section in city.sections[:2]]
    for page in rooms:
        await choose(page, "commercial", COMMERCIAL, "one.pdf")
        same = page.locator("#slot-technical .slot__same")
        await expect(same).to_have_text("Take one.pdf here too")
        await same.click()
        await page.wait_for_selector("#slot-technical.slot--full")
    for page in rooms:
        await page.reload()
        await page.wait_for_selector("#room[data-ready]")
    (tmp_path / "one.pdf").write_bytes(COMMERCIAL)
    (tmp_path / "strange.pdf").write_bytes(TECHNICAL)
    await rooms[0].set_input_files("#files-again", tmp_path / "strange.pdf")
    await expect(rooms[0].locator(".errsum")).to_contain_text("No part had the file “strange.pdf” before")
    await rooms[0].set_input_files("#files-again", tmp_path / "one.pdf")
    for part in ("commercial", "technical"):
        await rooms[0].wait_for_selector(f"#slot-{part}.slot--full")
    for part in ("commercial", "technical"):
        await rooms[1].wait_for_selector(f"#slot-{part}.slot--full")
    await context.close()


async def test_a_browser_that_is_full_says_that_its_tab_must_stay_open_and_hands_in_all_the_same(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder2")
    await altered(context, "store.js", "SPARE = 64 << 20", "SPARE = 2 ** 60")
    page = await city.room(context, city.sections[0])
    await ready(page, tmp_path)
    await expect(page.locator("#unstored-line")).to_be_visible()
    await hand_in(page)
    await context.close()


async def test_a_store_that_is_away_during_the_upload_is_told_and_nothing_is_lost(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder3")
    page = await city.room(context, city.sections[0])
    await ready(page, tmp_path)
    away = asyncio.Event()

    async def refuse(route: Route) -> None:
        if away.is_set():
            await route.continue_()
        else:
            body = '{"code":"objects.unreachable","title":"away","detail":"later","facts":{}}'
            await route.fulfill(status=503, body=body, content_type="application/problem+json")

    await page.route(BLOCKS, refuse)
    await page.click("#submit-button")
    await expect(page.locator("#submit-line")).to_contain_text("The platform's store does not answer")
    away.set()
    await page.wait_for_url("**/receipt")
    await context.close()


async def test_requirement_01_a_session_that_ends_during_the_upload_goes_on_after_signing_in(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    page = await city.room(context, city.sections[2])
    await fill(page)
    await choose(page, "commercial", COMMERCIAL)
    await choose(page, "technical", TECHNICAL)
    await seal(page)
    first, go = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        first.set()
        await go.wait()
        await route.continue_()

    await rehearse(page, tmp_path)
    await enrol(page)
    await page.route(BLOCKS, hold)
    await page.click("#submit-button")
    await first.wait()
    async with city.hall.database.work(SYSTEM) as work:
        await work.session.execute(delete(WebSession))
    go.set()
    await expect(page.locator("#signin")).to_be_visible()
    await city.sign_in(context, "bidder1")
    await page.click("#signin-continue")
    await page.wait_for_url("**/receipt")
    await context.close()
