"""Uploads that break off: a killed tab, a lost connection, a pause, another file, a wrong clock, a passed deadline."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from bid_rooms import (
    COMMERCIAL,
    TECHNICAL,
    City,
    a_turning_city,
    choose,
    enrol,
    fill,
    hand_in,
    pick,
    ready,
    rehearse,
    seal,
)
from playwright.async_api import Browser, Route, expect
from sqlalchemy import update

from infra.edge import random_bytes
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.sections.tables import Section

pytestmark = [pytest.mark.browser, pytest.mark.soak]

BLOCKS = "**/blocks/*"
LARGE = 20_000_000
"""Three blocks once it is sealed."""
FORGET = "navigator.storage.getDirectory().then((root) => root.removeEntry('openhall-sealed', {recursive: true}))"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 4) as found:
        yield found


async def test_requirement_04_sealing_and_upload_show_figures_and_go_on_after_the_tab_was_killed(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    (tmp_path / "technical.pdf").write_bytes(random_bytes(LARGE))
    context = await city.desk(browser, "bidder1")
    page = await city.room(context, city.sections[0])
    await fill(page)
    await choose(page, "commercial", COMMERCIAL)
    await pick(page, "technical", tmp_path / "technical.pdf")
    await seal(page)
    await rehearse(page, tmp_path)
    await enrol(page)
    let, stored = asyncio.Semaphore(3), asyncio.Semaphore(0)

    async def narrow(route: Route) -> None:
        await let.acquire()
        await route.continue_()

    acknowledged: set[str] = set()

    def note(url: str, status: int) -> None:
        if status == 201:
            acknowledged.add(url)
            stored.release()

    page.on("response", lambda answer: note(answer.url, answer.status) if "/blocks/" in answer.url else None)
    await page.route(BLOCKS, narrow)
    await page.click("#submit-button")
    await expect(page.locator("#submit-figures")).to_contain_text("% ·")
    for _ in range(3):
        await stored.acquire()
    await expect(page.locator("#submit-figures")).to_contain_text("MB/s · about", timeout=30_000)
    await page.close(run_before_unload=False)

    page = await city.room(context, city.sections[0])
    again: list[str] = []
    page.on("request", lambda asked: again.append(asked.url) if "/blocks/" in asked.url else None)
    await expect(page.locator("#resume-line")).to_be_visible()
    await expect(page.locator("#price")).to_have_value("9310000.00")
    await hand_in(page)
    # A block on its way when the tab died may have arrived all the same.
    assert len(acknowledged) == 3 and 1 <= len(again) <= 2
    assert not acknowledged & set(again), "what was acknowledged is not sent again"
    assert await page.evaluate("window.violations") == []
    await context.close()


@pytest.mark.soak
async def test_requirement_04_a_paused_upload_waits_and_a_lost_connection_is_told_and_mended_by_itself(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder2")
    page = await city.room(context, city.sections[0])
    await ready(page, tmp_path)
    broken = asyncio.Event()

    async def cut(route: Route) -> None:
        if broken.is_set():
            await route.continue_()
        else:
            await route.abort("connectionreset")

    await page.route(BLOCKS, cut)
    await page.click("#submit-button")
    await expect(page.locator("#submit-line")).to_contain_text("No connection. It is tried again")
    await page.click("#submit-pause")
    await expect(page.locator("#submit-continue")).to_be_focused()
    await expect(page.locator("#submit-line")).to_contain_text("Paused")
    broken.set()
    await page.click("#submit-continue")
    await page.wait_for_url("**/receipt")
    await context.close()


async def test_requirement_05_choosing_another_file_than_before_is_refused_naming_the_size(
    browser: Browser, city: City
) -> None:
    context = await city.desk(browser, "bidder3")
    page = await city.room(context, city.sections[1])
    await choose(page, "technical", TECHNICAL)
    await page.wait_for_selector("#slot-technical.slot--full")
    await page.reload()
    await page.wait_for_selector("#room[data-ready]")
    await expect(page.locator("#slot-technical .slot__file")).to_contain_text("Choose this very file again")
    await choose(page, "technical", TECHNICAL + b"more")
    await expect(page.locator(".errsum")).to_be_focused()
    await expect(page.locator(".errsum")).to_contain_text(
        f"had {len(TECHNICAL)} bytes, this one has {len(TECHNICAL) + 4}"
    )
    await choose(page, "technical", TECHNICAL)
    await expect(page.locator(".errsum")).to_have_count(0)
    await page.wait_for_selector("#slot-technical.slot--full")
    await context.close()


@pytest.mark.soak
async def test_requirement_05_a_file_of_the_same_size_but_other_content_is_refused_naming_the_hash(
    browser: Browser, city: City
) -> None:
    context = await city.desk(browser, "bidder3")
    page = await city.room(context, city.sections[2])
    await fill(page)
    await choose(page, "commercial", COMMERCIAL)
    await choose(page, "technical", TECHNICAL)
    await seal(page)
    await page.evaluate(FORGET)
    await page.reload()
    await page.wait_for_selector("#room[data-ready]")
    await expect(page.locator("#files-line")).to_contain_text("lost its sealed copy")
    await choose(page, "technical", TECHNICAL[::-1])
    await expect(page.locator(".errsum")).to_contain_text("same size, other content")
    await choose(page, "technical", TECHNICAL)
    await choose(page, "commercial", COMMERCIAL)
    await seal(page)
    await context.close()


@pytest.mark.parametrize("hours", [pytest.param(-1, marks=pytest.mark.soak), pytest.param(1, marks=pytest.mark.soak)])
async def test_requirement_02_a_device_clock_wrong_by_an_hour_changes_nothing(
    browser: Browser, city: City, tmp_path: Path, hours: int
) -> None:
    context = await city.desk(browser, "bidder1")
    shift = hours * 3_600_000
    await context.add_init_script(
        f"Object.defineProperty(performance, 'timeOrigin', {{value: performance.timeOrigin + {shift}}});"
        f"const right = Date.now; Date.now = () => right() + {shift};"
    )
    page = await city.room(context, city.sections[1])
    await expect(page.locator("clock-state")).to_contain_text("synchronised")
    deadline = (await city.hall.section(city.sections[1])).deadline
    assert deadline is not None
    left = await page.locator(".room__side count-down").inner_text()
    async with city.hall.database.work(SYSTEM) as work:
        minutes = (deadline - work.ctx.now) / timedelta(minutes=1)
    assert abs(int(left.split(" min")[0]) - minutes) < 2
    await ready(page, tmp_path)
    await hand_in(page)
    await context.close()


async def test_requirement_03_what_comes_after_the_deadline_is_refused_in_words_by_the_server_alone(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    section = city.sections[3]
    page = await city.room(context, section)
    await ready(page, tmp_path)
    async with city.hall.database.work(SYSTEM) as work:
        past = work.ctx.now - timedelta(seconds=1)
        await work.session.execute(update(Section).where(Section.id == section).values(deadline=past))
    await page.click("#submit-button")
    await expect(page.locator(".errsum")).to_be_focused()
    await expect(page.locator(".errsum")).to_contain_text(re.compile(r"Bidding is closed \(deadline \S+ \S+ UTC\+8"))
    await page.goto(f"{city.origin}/en/sections/{section}/bid")
    await expect(page.locator("h2").first).to_have_text("Bidding for this section is over")
    await context.close()
