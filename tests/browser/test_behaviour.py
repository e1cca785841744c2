"""How the pages behave in a browser: keyboard, no scripts, a wrong device clock, a refused sign-in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser, expect
from portal import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.soak]

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_a_page_is_whole_without_scripts(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall, scripts=False)
    await page.goto(hall.origin + "/")
    await expect(page.locator("server-clock")).to_contain_text("周")
    await expect(page.locator(".next count-down")).to_contain_text("秒")
    await page.fill("#search-words", "图书馆")
    await page.press("#search-words", "Enter")
    await expect(page.locator(".list")).to_contain_text("市图书馆新馆施工中标候选人公示")
    await page.context.close()


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_device_clock_wrong_by_an_hour_changes_nothing(browser: Browser, hall: Hall, hours: int) -> None:
    page = await opened(browser, hall)
    await page.add_init_script(
        f"Object.defineProperty(performance, 'timeOrigin', {{value: performance.timeOrigin + {hours * 3600_000}}});"
    )
    await page.goto(hall.origin + "/")
    await expect(page.locator("clock-state")).to_contain_text("已校时")
    now = (await (await page.request.get(hall.origin + "/time")).json())["now"]
    shown = (await page.locator("server-clock").text_content()) or ""
    day, _, clock = shown.split()
    told = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)
    assert abs(told - datetime.fromisoformat(now)) < timedelta(seconds=3)
    await page.context.close()


async def test_the_first_key_leads_past_the_navigation(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall)
    await page.goto(hall.origin + "/")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    await page.context.close()


async def test_a_refused_sign_in_moves_the_focus_to_what_is_wrong(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall, width=390)
    await page.goto(hall.origin + "/en/login")
    await page.fill("#login", "stranger")
    await page.fill("#password", "not the password")
    await page.press("#password", "Enter")
    await expect(page.locator(".errsum")).to_be_focused()
    await expect(page.locator("#login")).to_have_value("stranger")
    assert await page.evaluate("window.violations") == []
    await page.context.close()


async def test_one_signs_in_and_out_by_the_narrow_menu(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall, width=390)
    await page.goto(hall.origin + "/login")
    await page.fill("#login", "bidder")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/desk")
    await page.click("summary")
    await expect(page.locator(".menu__body")).to_contain_text("王工")
    await page.click("summary")
    await page.goto(hall.origin + "/account")
    await page.click("form[action='/logout'] button")
    await page.goto(hall.origin + "/account")
    assert "/login" in page.url
    await page.context.close()
