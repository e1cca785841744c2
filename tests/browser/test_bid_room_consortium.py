"""A consortium in the bid room: typed, checked, its agreement a part of the bid, and nothing of it sent unsealed."""

from collections.abc import AsyncIterator
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
    rehearse,
    seal,
    sent_bytes,
)
from playwright.async_api import Browser, Page, Request, expect
from stdnum.cn import uscc

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects

pytestmark = [pytest.mark.browser, pytest.mark.soak]

STEM = "91420500MA4900099"
MEMBER = STEM + uscc.calc_check_digit(STEM)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 1) as found:
        yield found


async def typed(page: Page, share: str = "33.5", code: str = MEMBER) -> None:
    await page.check("#joint")
    await page.fill("#lead-share", "66.5")
    await page.fill("#lead-work", "土建")
    for name, text in (("name", "云湖市机电安装有限公司"), ("code", code), ("share", share), ("work", "机电安装")):
        await page.fill(f"#member-1-{name}", text)


async def test_a_consortium_is_checked_where_it_is_typed_and_leaves_only_sealed(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    sent: list[bytes] = []

    def note(request: Request) -> None:
        sent.append(sent_bytes(request))

    context.on("request", note)
    page = await city.room(context, city.sections[0])
    await fill(page)
    await choose(page, "commercial", COMMERCIAL)
    await choose(page, "technical", TECHNICAL)
    await expect(page.locator("#slot-consortium-agreement")).to_be_hidden()
    await typed(page, "30", MEMBER[:-1] + ("0" if MEMBER[-1] != "0" else "1"))
    await expect(page.locator("#shares-line")).to_have_text("Shares: 96.5 of 100 %")
    await page.fill("#passphrase", "long enough")
    await page.fill("#passphrase-again", "long enough")
    await page.click("#seal-button")
    await expect(page.locator("#member-1-code-refused")).to_contain_text("is no unified social credit code")
    await expect(page.locator("#slot-consortium-agreement .err")).to_contain_text(
        "No file is chosen for “Consortium agreement”"
    )
    await page.fill("#member-1-code", MEMBER)
    await page.click("#seal-button")
    await expect(page.locator("#lead-share-refused")).to_have_text("The shares make 96.5 per cent, not 100.")
    await page.fill("#member-1-share", "33.5")
    await page.reload()
    await page.wait_for_selector("#room[data-ready]")
    await expect(page.locator("#member-1-share")).to_have_value("33.5")
    for part, content in (
        ("commercial", COMMERCIAL),
        ("technical", TECHNICAL),
        ("consortium-agreement", b"%PDF-1.7 joint"),
    ):
        await choose(page, part, content)
        await page.wait_for_selector(f"#slot-{part}.slot--full")
    await seal(page)
    await rehearse(page, tmp_path)
    await enrol(page)
    await hand_in(page)
    await expect(page.locator(".sizes")).to_contain_text("Consortium agreement")
    for secret in (MEMBER.encode(), "机电".encode(), b"33.5", b"%PDF-1.7 joint"):
        assert not [one for one in sent if secret in one], secret
    assert await page.evaluate("window.violations") == []
    await context.close()
