"""Asking for a committee, for recusal, and deciding about it, in browsers at both widths and in both languages."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from judge_stage import Site, a_site
from judging import draw_in
from playwright.async_api import Browser, Page, expect
from test_judges_in_the_browser import SMALL
from test_public_screens import barriers

from expertpool.draw.actions import freeze_draw
from expertpool.draw.states import DrawState
from expertpool.invitations.tables import Meeting
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.evaluation.panel import request_panel
from web.demo import cast

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


async def _drawn_with_a_representative(site: Site) -> None:
    hall = site.hall
    async with hall.database.work(hall.actor("agent")) as work:
        quota = {cast.WORKS: 3, cast.COST: 1}
        draw = await request_panel(work, site.section, quota=quota, alternates=1, representatives=1)
    async with hall.database.work(SYSTEM) as work:
        await freeze_draw(work, hall.objects, hall.keys.service, draw.id)
    while not await draw_in(hall, draw.id, DrawState.REVEALED):
        await asyncio.sleep(0.1)
    async with hall.database.work(SYSTEM) as work:
        meet_at = work.ctx.now + timedelta(hours=2)
        work.session.add(Meeting(draw=draw.id, region=cast.REGION, meet_at=meet_at, place="三楼报到台", window=600))


@pytest.mark.parametrize("width", [1440, 390])
async def test_requirement_22_a_representative_is_named_and_a_controlling_company_declared_in_any_width(
    site: Site, width: int
) -> None:
    if width == 1440:
        await _drawn_with_a_representative(site)
    page = await site.page("agent", width=width)
    await page.goto(site.url(f"/sections/{site.section}/panel/representatives"))
    await page.fill("#private_name", "李代表")
    await page.fill("#private_identity", "429900197001018017")
    await page.set_input_files("#mandate", {"name": "m.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    wrong = await _looked_at(page, "representatives-refused", width, press="form.form .btn--primary")
    await expect(page.locator(".errsum")).to_be_focused()
    await page.fill("#private_identity", cast.resident(801))
    await page.set_input_files("#mandate", {"name": "m.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    if width == 390:
        await page.select_option("#why", "mistake")
    wrong |= await _looked_at(page, "representatives", width, press="form.form .btn--primary")
    await expect(page.locator(".place__code")).to_be_visible()
    await page.goto(site.url(f"/sections/{site.section}/panel"))
    wrong |= await _looked_at(page, "panel-drawn", width)
    body = await site.page("bidder1", width=width)
    await body.goto(site.url("/company/controllers"))
    await body.fill("#name", f"云湖控股集团{width}")
    await body.fill("#code", cast.code(900 + width % 100))
    wrong |= await _looked_at(body, "controllers", width, press="form.form--wide .btn--primary")
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


async def _looked_at(page: Page, name: str, width: int, press: str | None = None) -> dict[str, object]:
    """What is wrong with a page as it stands, after a button was pressed; its picture, where a folder is named."""
    if press is not None:
        await page.locator(press).last.click()
        await page.wait_for_load_state("load")
    if folder := os.environ.get("OPENHALL_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    found = {
        "violations": await page.evaluate("window.violations"),
        "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
        "barriers": await barriers(page),
        "small": await page.evaluate(SMALL) if width == 390 else [],
    }
    return {f"{name} {what}": value for what, value in found.items() if value}
