"""What public pages do by themselves: the home page renews, searches are kept in the browser."""

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.mark.soak
async def test_the_home_page_renews_its_openings_within_half_a_minute_and_leaves_what_is_in_use(
    browser: Browser, hall: Hall
) -> None:
    page = await opened(browser, hall)
    await page.clock.install()
    await page.goto(hall.origin + "/")
    spoil = "id => document.querySelector(`${id} h2`).textContent = 'old'"
    await page.evaluate(spoil, "#openings")
    await page.evaluate(spoil, "#results")
    await page.locator("#results a").first.focus()
    await page.clock.fast_forward(31_000)
    await expect(page.locator("#openings h2")).to_have_text("今日开标")
    await expect(page.locator("#results h2")).to_have_text("old")
    await expect(page.locator("#openings count-down, #next count-down").first).to_contain_text("分")
    assert await page.evaluate("window.violations") == []
    await page.context.close()


async def test_a_search_is_saved_in_the_browser_found_again_and_forgotten(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall)
    await page.goto(hall.origin + "/notices?q=%E5%9B%BE%E4%B9%A6%E9%A6%86&kind=candidates")
    await expect(page.locator("#saved")).to_be_hidden()
    await page.click("#save")
    await expect(page.locator("#save")).to_be_disabled()
    await page.goto(hall.origin + "/notices")
    await expect(page.locator("#save")).to_have_count(0)
    await page.click("#saved a")
    await expect(page.locator(".chip").first).to_contain_text("图书馆")
    await page.click("#saved button")
    await expect(page.locator("#saved")).to_be_hidden()
    await expect(page.locator("#save")).to_be_enabled()
    assert await page.evaluate("window.violations") == []
    await page.context.close()
