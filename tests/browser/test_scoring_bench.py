"""The scoring bench in a browser: reasons, pinned pages, the views, and marks given while there was no connection."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from judge_stage import a_site
from playwright.async_api import Browser, Page, expect
from test_judges_in_the_browser import PATIENCE, Room, drawn, seated
from test_public_screens import barriers

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects

pytestmark = [pytest.mark.browser, pytest.mark.soak]

FIELDS = "input.mark >> visible=true"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser) -> AsyncIterator[Room]:
    async with a_site(postgres, template, objects, browser) as site:
        codes = await drawn(site)
        judges = [await seated(site, code) for code in codes]
        await site.checked()
        yield Room(site, codes, judges)


async def saved(page: Page) -> None:
    await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)


async def words(room: Room, judge: int) -> list[tuple[str, str, int]]:
    """(mark, reason, number of pins) of everything that is saved of a judge."""
    answer = await room.judges[judge - 1].request.get(room.site.url("/judge/marks/state"))
    told = (await answer.json())["marks"]
    return [(one[0], one[2], len(one[3])) for row in told.values() for one in row.values()]


async def shot(page: Page, name: str) -> None:
    if os.environ.get("SHOTS"):
        await page.wait_for_timeout(1500)
        await page.screenshot(path=f"{os.environ['SHOTS']}/{name}.png")


async def test_a_low_mark_asks_for_a_reason_which_is_saved_with_a_pinned_page(room: Room) -> None:
    page = await room.bench(1)
    await page.set_viewport_size({"width": 1920, "height": 1000})
    await page.locator(FIELDS).first.fill("３．５")
    await expect(page.locator(".due >> visible=true")).to_have_count(1)
    await page.locator(".more textarea").fill("回退条件未写明")
    await expect(page.locator(".due >> visible=true")).to_have_count(0)
    await page.locator(".more [data-act=pin]").click()
    await expect(page.locator(".pinned__one")).to_have_count(1)
    await saved(page)
    assert await words(room, 1) == [("3.5", "回退条件未写明", 1)]
    await shot(page, "bid-1920")
    await page.reload()
    await page.locator(FIELDS).first.focus()
    await expect(page.locator(".more textarea")).to_have_value("回退条件未写明")


async def test_a_decimal_comma_is_told_of_and_nothing_of_it_is_kept(room: Room) -> None:
    page = await room.bench(2)
    field = page.locator(FIELDS).first
    await field.fill("8,5")
    await field.blur()
    await expect(page.locator(".err >> visible=true")).to_contain_text("8.5")
    for wrong in ("NaN", "1e9", "∞"):
        await field.fill(wrong)
        await field.blur()
        await expect(field).to_have_attribute("aria-invalid", "true")
    await shot(page, "wrong-1440")
    assert await words(room, 2) == []
    await field.fill("8.5")
    await saved(page)


async def test_one_item_is_marked_across_all_bids_by_keyboard_alone(room: Room) -> None:
    page = await room.bench(3)
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.locator("button[data-view=item]").click()
    fields = page.locator(FIELDS)
    await expect(fields).to_have_count(3)
    await page.locator("#bid-1-name").focus()
    await page.keyboard.press("j")
    for mark in ("12", "13.5", "14"):
        await page.keyboard.type(mark)
        await page.keyboard.press("Enter")
    await saved(page)
    assert sorted(mark for mark, _, _ in await words(room, 3)) == ["12", "13.5", "14"]
    await expect(page.locator(".more .chip")).to_have_count(3)
    await page.keyboard.press("Escape")
    await page.keyboard.press("]")
    await expect(page.locator("#the-item")).not_to_have_value("t1")
    await page.keyboard.press("[")
    await shot(page, "item-1366")
    assert await barriers(page) == []
    await page.locator("button[data-view=pair]").click()
    await expect(page.locator("bid-papers >> visible=true")).to_have_count(2)
    await expect(page.locator("section.sheet >> visible=true")).to_have_count(2)
    await page.set_viewport_size({"width": 1280, "height": 768})
    await shot(page, "pair-1280")
    assert await barriers(page) == []
    await page.goto(room.site.url("/judge/marks", "/en"))
    await page.locator(FIELDS).first.focus()
    await shot(page, "bid-en-1280")
    assert await barriers(page) == []
    assert await page.evaluate("window.violations") == []


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("judge", "seconds"), [(4, 15), (5, 600)], ids=["15 seconds", "ten minutes"])
async def test_everything_given_without_a_connection_is_there_when_it_is_back(
    room: Room, judge: int, seconds: int
) -> None:
    page = await room.bench(judge)
    await page.context.set_offline(True)
    given = []
    for bid in range(3):
        await page.locator("a[data-show]").nth(bid).click()
        for number, field in enumerate(await page.locator(FIELDS).all()):
            for mark in ("3.5", f"{4 + number}.5"):
                await field.fill(mark)
            await page.locator(".more textarea").fill(f"理由 {bid}-{number}")
            given.append((f"{4 + number}.5", f"理由 {bid}-{number}", 0))
    await expect(page.locator("#saved")).to_have_attribute("data-state", "offline", timeout=PATIENCE)
    await page.wait_for_timeout(1000 * seconds)
    assert await words_kept(page) == len(given)
    await page.context.set_offline(False)
    await saved(page)
    assert sorted(await words(room, judge)) == sorted(given)


async def words_kept(page: Page) -> int:
    """How many marks wait on this machine."""
    asked = """async () => {
      const { within } = await import(document.querySelector('script[src*="judge/room"]').src.replace(/room[^/]*$/, 'key.js'));
      return (await within("queue", "readonly", (store) => store.count()));
    }"""
    return int(await page.evaluate(asked))
