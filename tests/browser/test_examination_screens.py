"""The preliminary examination in browsers: five judges examine three bids alone, by keyboard, and read the result."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from judge_stage import Site, a_site
from playwright.async_api import Browser, Page, expect
from test_judges_in_the_browser import PATIENCE, SMALL, Room, drawn, seated
from test_public_screens import barriers

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(600)]

ITEMS = [
    {
        "id": "q1",
        "stage": "form",
        "zh": "投标函签字盖章",
        "en": "Bid letter signed",
        "clause": "2.1.1",
        "ground": "TBR 51(1)",
    },
    {"id": "q2", "stage": "qualification", "zh": "资质等级", "en": "Grade", "clause": "2.1.2", "ground": "TBR 51(3)"},
    {"id": "q3", "stage": "responsiveness", "zh": "工期", "en": "Term", "clause": "2.1.3", "ground": "TBR 51(6)"},
]
REASON = "投标函未加盖单位章"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser) -> AsyncIterator[Room]:
    async with a_site(postgres, template, objects, browser, examination=ITEMS) as site:
        codes = await drawn(site)
        judges = [await seated(site, code) for code in codes]
        await site.checked()
        yield Room(site, codes, judges)


async def sheet(page: Page, site: Site, language: str = "") -> None:
    """The sheet of the first bid that lacks an answer."""
    await page.goto(site.url("/judge/examination", language))
    await expect(page.locator("#exam-form")).to_be_visible(timeout=PATIENCE)


async def failed_by_keyboard(page: Page) -> None:
    """f, the reason, the page; then p for the two other items."""
    await page.keyboard.press("f")
    await expect(page.locator("textarea >> visible=true")).to_be_focused()
    await page.keyboard.type(f"{REASON} p f j k")
    await page.fill("#one_time_page-q1", "3")
    await page.locator("#one_time_finding-q2-pass").focus()
    await page.keyboard.press("p")
    await page.keyboard.press("p")
    await expect(page.locator("[data-done]")).to_have_text("3", timeout=PATIENCE)


async def passed(page: Page) -> None:
    """The rest of this bid passes, once that is confirmed."""
    await page.click(".exam__all summary")
    await page.check("#one_time_sure")
    await page.click("[name=one_time_all]")


async def locked(page: Page) -> None:
    await page.click("form[data-sign=examination] .btn--seal")
    await expect(page.locator(".empty .h2")).to_contain_text("初步评审已锁定", timeout=PATIENCE)


async def test_a_bid_is_failed_with_reason_and_page_and_the_rest_passed_by_keyboard_and_saved(room: Room) -> None:
    page = room.judges[0]
    await sheet(page, room.site)
    assert await barriers(page) == []
    await failed_by_keyboard(page)
    await page.reload()
    await page.locator(".bench__bids a").first.click()
    await expect(page.locator("#one_time_reason-q1")).to_have_value(f"{REASON} p f j k")
    await expect(page.locator("#one_time_page-q1")).to_have_value("3")
    assert await page.locator("input[value=pass]:checked").count() == 2


async def test_whoever_passes_a_whole_bid_confirms_it_first(room: Room) -> None:
    page = room.judges[0]
    await page.locator(".bench__bids a").nth(1).click()
    await page.click(".exam__all summary")
    await page.click("[name=one_time_all]")
    await expect(page.locator(".errsum")).to_be_visible()
    await page.check("#one_time_sure")
    await page.click("[name=one_time_all]")
    await expect(page.locator(".bench__bids a[aria-current] .no")).to_have_text("3", timeout=PATIENCE)


@pytest.mark.parametrize(("language", "width"), [("", 1440), ("/en", 1440), ("", 390)])
async def test_the_sheet_bars_nobody_and_fits(room: Room, language: str, width: int, tmp_path: Path) -> None:
    page = room.judges[0]
    await page.set_viewport_size({"width": width, "height": 900})
    await sheet(page, room.site, language)
    await page.locator("input[value=fail]").first.check()
    assert await barriers(page) == []
    assert await page.evaluate(SMALL) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.screenshot(path=tmp_path / "sheet.png", full_page=True)
    await page.set_viewport_size({"width": 1440, "height": 900})


async def test_five_lock_the_majority_rejects_and_the_result_is_read(room: Room, tmp_path: Path) -> None:
    for place, page in enumerate(room.judges):
        await sheet(page, room.site)
        if 0 < place < 3:
            await failed_by_keyboard(page)
            await page.click(".bench__bar .btn--primary")
        while await page.locator("#exam-form").count():
            await passed(page)
            await page.wait_for_load_state()
        assert await barriers(page) == []
        assert await page.screenshot(path=tmp_path / f"lock{place}.png", full_page=True)
        await locked(page)
    page = room.judges[4]
    await page.goto(room.site.url("/judge"))
    await expect(page.locator("#room-state")).to_contain_text("独立打分", timeout=6 * PATIENCE)
    await page.goto(room.site.url("/judge/examination"))
    await expect(page.locator(".motion")).to_contain_text("5 位评委中 3 位判定不通过")
    assert await barriers(page) == []
    for width in (1440, 390):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.screenshot(path=tmp_path / f"result{width}.png", full_page=True)
