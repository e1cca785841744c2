"""Asking for a committee, for recusal, and deciding about it, in browsers at both widths and in both languages."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from judge_stage import Site, a_site
from playwright.async_api import Browser, expect
from test_judges_in_the_browser import SMALL
from test_public_screens import barriers

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser) -> AsyncIterator[Site]:
    async with a_site(postgres, template, objects, browser) as site:
        page = await site.page("bidder1")
        await page.goto(site.url(f"/sections/{site.section}/recusal"))
        await page.fill("#private_whom", "周明远")
        await page.fill("#private_why", "2024 年至 2025 年任投标人二的监事，见企业信用信息公示系统。")
        await page.click("form.form .btn--primary")
        await expect(page.locator("#own")).to_be_visible()
        yield site


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["", "/en"])
async def test_requirement_22_every_screen_of_request_and_recusal_keeps_the_policy_fits_and_bars_nobody(
    site: Site, language: str, width: int
) -> None:
    wrong: dict[str, object] = {}
    for who, tail in (("agent", "panel"), ("bidder1", "recusal"), ("supervisor", "recusals")):
        page = await site.page(who, width=width)
        await page.goto(site.url(f"/sections/{site.section}/{tail}", language), wait_until="load")
        if folder := os.environ.get("OPENHALL_PICTURES"):
            await page.screenshot(path=Path(folder) / f"{tail}-{language[1:]}-{width}.png", full_page=True)
        found = {
            "violations": await page.evaluate("window.violations"),
            "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
            "barriers": await barriers(page),
            "small": await page.evaluate(SMALL) if width == 390 else [],
        }
        wrong |= {f"{tail} {what}": value for what, value in found.items() if value}
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


async def test_a_refused_request_comes_back_with_what_was_typed_and_says_why(site: Site) -> None:
    page = await site.page("agent")
    await page.goto(site.url(f"/sections/{site.section}/panel"))
    await page.fill("#quota-A08", "2")
    await page.fill("#place", "云湖市公共资源交易中心三楼报到台")
    await page.fill("#private_persons", "周明远，429900197001010019")
    await page.click("form.form .btn--primary")
    await expect(page.locator(".errsum")).to_be_focused()
    await expect(page.locator("#quota-A08")).to_have_value("2")
    if folder := os.environ.get("OPENHALL_PICTURES"):
        await page.screenshot(path=Path(folder) / "panel-refused.png", full_page=True)
