"""The procuring side's and the centre's screens in a browser: total and amount while one types, every screen looked at."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from playwright.async_api import Browser, Page, expect
from portal import Made, served
from procurement_scene import Office
from scenes import a_hall
from test_public_screens import barriers

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.objects import Objects
from trading.choice.rules import choice_message
from trading.publication.rules import decision_message
from trading.sections.tables import SectionDraft
from trading.venues.actions import enter_room
from trading.venues.tables import RoomKind
from trading.ways.rules import Grounds, Way, way_message
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PASSWORD = "a-long-enough-password"
TELL = """
async ([label, value]) => {
  const { told } = await import(document.querySelector("script[src*='clock.js']").src.replace("clock.js", "judge/key.js"));
  return Array.from(await told(label, value));
}
"""
OVERFLOW = "Math.max(0, document.documentElement.scrollWidth - innerWidth)"


@dataclass(frozen=True)
class Site:
    """A served hall with a project, a section in draft and one whose keyset is published."""

    office: Office
    served: Served
    draft: str
    keyed: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Site]:
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        office = Office(hall)
        async with hall.database.work(hall.actor("centre")) as work:
            await enter_room(work, "第一开标厅", RoomKind.OPENING, 60, region=cast.REGION)
        await office.submitted()
        draft, keyed = await office.drafted(), await office.keyed(3000)
        await office.done(f"/sections/{draft}/document", action="template:benchmark")
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        yield Site(office, Served(origin, Made("", "", "")), draft, keyed)
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def signed_in(browser: Browser, site: Site, login: str, **given: bool | int) -> Page:
    page = await opened(browser, site.served, **given)  # type: ignore[arg-type]
    await page.goto(site.served.origin + "/login")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(re.compile(r"(?<!/login)$"))
    return page


def screens(site: Site) -> dict[str, tuple[str, ...]]:
    """Who looks where."""
    draft, keyed, code = f"/sections/{site.draft}", f"/sections/{site.keyed}", site.draft.split("/")[0]
    return {
        "agent": (
            "/projects",
            "/projects/new",
            f"/projects/{code}",
            f"/projects/{code}/sections/new",
            *(f"{draft}/{page}" for page in ("manage", "document", "document/preview", "document/files")),
            *(
                f"{keyed}/{page}"
                for page in ("document", "notice", "notice/preview", "venue", "award", "award/way", "award/choice")
            ),
        ),
        "centre": ("/centre/projects", f"/centre/projects/{code}", "/centre/board"),
    }


@pytest.mark.soak
@pytest.mark.parametrize(("width", "large", "prefix"), [(1440, False, ""), (390, True, "/en")], ids=["wide", "narrow"])
async def test_every_procurement_screen_keeps_the_policy_fits_and_bars_nobody(
    browser: Browser, site: Site, width: int, large: bool, prefix: str
) -> None:
    wrong: dict[str, object] = {}
    for login, paths in screens(site).items():
        page = await signed_in(browser, site, login, width=width, large=large)
        for path in paths:
            answer = await page.goto(site.served.origin + prefix + path, wait_until="load")
            assert answer is not None and answer.status == 200, path
            found = (await page.evaluate("violations"), await page.evaluate(OVERFLOW), await barriers(page))
            if any(found):
                wrong[path] = found
        await page.context.close()
    assert wrong == {}


async def test_the_total_runs_while_one_types_and_the_draft_keeps_itself(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site, "agent")
    await page.goto(f"{site.served.origin}/sections/{site.draft}/document")
    total = page.locator("[data-total]")
    await expect(total).to_have_text(re.compile("100 分，完整"))
    await page.fill("#item-1-max", "20.5")
    await expect(total).to_have_text(re.compile(r"100\.5 分，应为 100 分"))
    await expect(page.locator("[data-state]")).to_have_text("已保存", timeout=10_000)
    async with site.office.hall.database.reading() as session:
        assert (await session.get_one(SectionDraft, site.draft)).fields["item-1-max"] == "20.5"
    await page.select_option("#price-kind", "lowest_price_first")
    await expect(page.locator("#price-k")).to_be_hidden()
    await page.fill("#item-1-max", "20")
    await expect(total).to_have_text(re.compile("100 分，完整"))
    await page.context.close()


async def test_the_browser_signs_the_very_decision_of_a_tie_that_the_platform_checks(
    browser: Browser, site: Site
) -> None:
    page = await opened(browser, site.served)
    await page.goto(site.served.origin)
    told = {
        "section": "YH-1/01",
        "report": b64(bytes(32)),
        "decided": [["bid-b", "bid-a"]],
        "reasons": "业绩优者\n优先",
    }
    found = await page.evaluate(TELL, ["openhall tie/v1", told])
    assert bytes(found) == decision_message("YH-1/01", bytes(32), [["bid-b", "bid-a"]], told["reasons"])
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize(("way", "bid"), [(Way.NEXT, "bid-a"), (Way.RETENDER, None)], ids=["next", "retender"])
async def test_the_browser_signs_the_very_way_on_that_the_platform_checks(
    browser: Browser, site: Site, way: Way, bid: str | None
) -> None:
    page = await opened(browser, site.served)
    await page.goto(site.served.origin)
    grounds = Grounds("objection-upheld", (1, 12), "经查属实\n不符合中标条件")
    told = {"section": "YH-1/01", "report": b64(bytes(32)), "way": way.value, "bid": bid, **grounds._asdict()}
    found = await page.evaluate(TELL, ["openhall way/v1", told])
    assert bytes(found) == way_message("YH-1/01", bytes(32), way, bid, grounds)
    await page.context.close()


async def test_the_browser_signs_the_very_choice_of_a_winner_that_the_platform_checks(
    browser: Browser, site: Site
) -> None:
    page = await opened(browser, site.served)
    await page.goto(site.served.origin)
    told = {"section": "YH-1/01", "report": b64(bytes(32)), "bid": "bid-b", "reasons": "票决\n三票同意"}
    found = await page.evaluate(TELL, ["openhall choice/v1", told])
    assert bytes(found) == choice_message("YH-1/01", bytes(32), "bid-b", told["reasons"])
    await page.context.close()


async def test_the_amount_is_told_in_chinese_words_while_it_is_typed(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site, "agent")
    await page.goto(f"{site.served.origin}/sections/{site.draft}/manage")
    words = page.locator("output[data-amount]")
    for typed, told in (
        ("9,310,000.05", "玖佰叁拾壹万元零伍分"),
        ("100010000", "壹亿零壹万元整"),
        ("0.5", "伍角整"),
        ("1000000000001", "壹万亿零壹元整"),
        ("abc", ""),
    ):
        await page.fill("#ceiling", typed)
        await expect(words).to_have_text(told)
    await page.context.close()
