"""From the request for a committee to the signed report, in browsers: agent, centre, five judges; told in this order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from judge_stage import Site, a_site
from playwright.async_api import Browser, Page, expect
from test_public_screens import barriers

from expertpool.draw.actions import freeze_draw
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.evaluation.foresight import draws_of
from trading.sections.states import SectionState

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PATIENCE = 30_000
SMALL = """
Array.from(document.querySelectorAll("main a, main button, main input")).filter((one) => {
  const box = one.getBoundingClientRect();
  const tick = one.type === "radio" || one.type === "checkbox" || one.type === "hidden";
  return !tick && box.width && box.height < 24;
}).map((one) => one.outerHTML.slice(0, 120))
"""


@dataclass
class Room:
    """A site whose five judges sit at machines of their own."""

    site: Site
    codes: list[str]
    judges: list[Page]

    async def bench(self, judge: int) -> Page:
        """A judge's page at the bench."""
        page = self.judges[judge - 1]
        await page.goto(self.site.url("/judge/marks"))
        await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)
        return page

    async def saved(self, judge: int) -> dict[str, dict[str, str]]:
        """The judge's marks as the platform has them."""
        answer = await self.judges[judge - 1].request.get(self.site.url("/judge/marks/state"))
        found: dict[str, dict[str, Any]] = (await answer.json())["marks"]
        return {bid: {item: one[0] for item, one in row.items()} for bid, row in found.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser) -> AsyncIterator[Room]:
    async with a_site(postgres, template, objects, browser) as site:
        codes = await drawn(site)
        judges = [await seated(site, code) for code in codes]
        await site.checked()
        yield Room(site, codes, judges)


async def drawn(site: Site) -> list[str]:
    """The agent asks, the system freezes, the centre prints; the codes by seat. For calls: `test_draw_day_screens.py`."""
    agent = await site.page("agent")
    await agent.goto(site.url(f"/sections/{site.section}/panel"))
    await agent.fill("#quota-A08", "30")
    await expect(agent.locator("#reach")).to_contain_text("人数不足", timeout=PATIENCE)
    await agent.fill("#quota-A08", "3")
    await agent.fill("#quota-A06", "2")
    await agent.fill("#place", "云湖市公共资源交易中心三楼报到台")
    await expect(agent.locator("#reach")).to_contain_text("人数满足", timeout=PATIENCE)
    await agent.click("form.form .btn--primary")
    await expect(agent.locator(".phases li[data-s=done]")).to_have_count(1, timeout=PATIENCE)
    async with site.hall.database.work(SYSTEM) as work:
        [draw] = await draws_of(work.session, site.section)
        await freeze_draw(work, site.hall.objects, site.hall.keys.service, draw.id)
    centre = await site.page("centre")
    await centre.goto(site.url(f"/sections/{site.section}/seats"))
    await expect(centre.locator(".phases li[data-s=done]")).to_have_count(5, timeout=2 * PATIENCE)
    await expect(agent.locator(".phases li[data-s=done]")).to_have_count(5, timeout=PATIENCE)
    await expect(centre.locator("[name=by]")).to_be_visible()
    await centre.click("#print")
    codes = await centre.locator(".slip-card__code").all_inner_texts()
    assert len(codes) == 5
    return codes


async def seated(site: Site, code: str) -> Page:
    """A judge at a machine of its own, signed in."""
    page = await site.page()
    await page.goto(site.url("/judge"))
    await page.fill("#slip", code)
    await page.click(".door .btn--primary")
    for one in await page.locator("input[value=no]").all():
        await one.check()
    await page.click("form[data-door] .btn--primary")
    await expect(page.locator(".room__who")).to_be_visible(timeout=PATIENCE)
    return page


async def marked(page: Page, site: Site, judge: int) -> None:
    """Mark everything and lock."""
    await page.goto(site.url("/judge/marks"))
    sheets = page.locator("section.sheet")
    for place in range(await sheets.count()):
        await page.locator("a[data-show]").nth(place).click()
        for number, field in enumerate(await sheets.nth(place).locator("input.mark").all()):
            await field.fill(f"{7 + (judge + place + number) % 5}.5")
            await page.locator(".more textarea").fill("措施一般，缺少针对性")
    await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    await page.click("#to-lock")
    await page.click("form[data-sign=lock] .btn--seal")
    await expect(page.locator("#room-state")).to_be_visible(timeout=PATIENCE)


async def test_requirement_14_an_impossible_mark_is_told_of_and_the_previous_valid_one_stays(room: Room) -> None:
    page = await room.bench(1)
    field = page.locator("input.mark >> visible=true").first
    await field.fill("12.5")
    await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    for wrong in ("20.5", "12.3", "abc", "-1"):
        await field.fill(wrong)
        await field.blur()
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(page.locator(".item .err >> visible=true")).to_contain_text("12.5")
        await expect(page.locator("#to-lock")).to_have_attribute("aria-disabled", "true")
    saved = await room.saved(1)
    assert [mark for row in saved.values() for mark in row.values()] == ["12.5"]


@pytest.mark.parametrize("delay", [60, 700], ids=["in one go", "digit by digit"])
async def test_requirement_14_the_beginning_of_an_impossible_mark_is_no_mark(room: Room, delay: int) -> None:
    page = await room.bench(5)
    field = page.locator("input.mark >> visible=true").first
    await field.click()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("15")
    await page.keyboard.press("Tab")
    await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    for wrong in ("99", "20.5", "8,5", "1e9"):
        await field.click()
        await page.keyboard.press("Control+a")
        await page.keyboard.type(wrong, delay=delay)
        await page.keyboard.press("Tab")
        await expect(page.locator(".err >> visible=true")).to_contain_text("15")
        await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    assert [row for row in (await room.saved(5)).values() if row] == [{"t1": "15"}]


async def test_requirement_15_marks_given_without_a_connection_reach_the_platform_by_themselves(room: Room) -> None:
    page = await room.bench(2)
    await page.context.set_offline(True)
    fields = await page.locator("input.mark >> visible=true").all()
    for field in fields:
        await field.fill("9.5")
    await expect(page.locator("#saved")).to_have_attribute("data-state", "offline", timeout=PATIENCE)
    await page.close()
    await page_back(room, 2)
    await expect(room.judges[1].locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    saved = await room.saved(2)
    assert [mark for row in saved.values() for mark in row.values()] == ["9.5"] * len(fields)


async def page_back(room: Room, judge: int) -> None:
    """The tab was closed without a connection; a new one is opened with it."""
    context = room.judges[judge - 1].context
    await context.set_offline(False)
    page = await context.new_page()
    room.judges[judge - 1] = page
    await page.goto(room.site.url("/judge/marks"))


async def test_requirement_16_an_item_is_marked_by_keyboard_alone_and_no_shortcut_fires_in_a_field(room: Room) -> None:
    page = await room.bench(3)
    await page.keyboard.press("j")
    fields = page.locator("input.mark >> visible=true")
    await expect(fields.nth(0)).to_be_focused()
    await page.keyboard.type("8")
    await page.keyboard.press("ArrowUp")
    await expect(fields.nth(0)).to_have_value("8.5")
    await page.keyboard.press("Enter")
    await expect(fields.nth(1)).to_be_focused()
    await page.keyboard.type("7j]k[")
    await expect(fields.nth(1)).to_be_focused()
    await expect(page.locator("section.sheet >> visible=true")).to_have_attribute("id", "bid-1")
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("7.5")
    await page.keyboard.press("Escape")
    await page.keyboard.press("]")
    await expect(page.locator("section.sheet >> visible=true")).to_have_attribute("id", "bid-2")
    await page.keyboard.press("j")
    await expect(page.locator("input.mark >> visible=true").first).to_be_focused()
    await expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=PATIENCE)
    assert sorted(mark for row in (await room.saved(3)).values() for mark in row.values()) == ["7.5", "8.5"]


@pytest.mark.soak
async def test_two_tabs_lose_no_mark_and_the_other_is_told(room: Room) -> None:
    one = await room.bench(4)
    two = await one.context.new_page()
    await two.goto(room.site.url("/judge/marks"))
    await two.locator("input.mark >> visible=true").nth(1).fill("6.5")
    await one.locator("input.mark >> visible=true").nth(0).fill("11.5")
    await expect(two.locator("input.mark >> visible=true").nth(0)).to_have_value("11.5", timeout=PATIENCE)
    await expect(two.locator(".told >> visible=true")).to_contain_text("11.5")
    await expect(one.locator("input.mark >> visible=true").nth(1)).to_have_value("6.5", timeout=PATIENCE)
    assert sorted(mark for row in (await room.saved(4)).values() for mark in row.values()) == ["11.5", "6.5"]
    await two.close()


async def test_a_judge_logs_in_twice_on_the_same_machine_and_finds_the_marks(room: Room) -> None:
    page = await room.bench(1)
    await page.context.clear_cookies()
    await page.goto(room.site.url("/judge/marks"))
    await page.fill("#slip", room.codes[0].replace(" ", "").lower())
    await page.click(".door .btn--primary")
    await page.click("form[data-door=back] .btn--primary")
    await expect(page.locator("input.mark >> visible=true").first).to_have_value("12.5", timeout=PATIENCE)
    await expect(page.locator("[data-say=no-key]")).to_be_hidden()


@pytest.mark.soak
async def test_a_second_machine_without_the_key_is_refused_in_words(room: Room) -> None:
    page = await room.site.page()
    await page.goto(room.site.url("/judge"))
    await page.fill("#slip", room.codes[0])
    await page.click(".door .btn--primary")
    await expect(page.locator("[data-say=elsewhere]")).to_contain_text("本机没有该席位的密钥", timeout=PATIENCE)
    await expect(page.locator("form[data-door=back]")).to_be_hidden()


@pytest.mark.soak
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["", "/en"])
async def test_every_screen_of_the_evaluation_keeps_the_policy_fits_and_bars_nobody(
    room: Room, language: str, width: int
) -> None:
    section = f"/sections/{room.site.section}"
    wrong: dict[str, object] = {}
    screens = {
        None: ("/judge",),
        "agent": (f"{section}/panel",),
        "centre": (f"{section}/seats",),
        "supervisor": (f"{section}/redraw",),
        5: ("/judge", "/judge/leader", "/judge/committee", "/judge/marks", "/judge/lock", "/judge/report"),
    }
    for who, paths in screens.items():
        page = room.judges[4] if who == 5 else await room.site.page(who)  # type: ignore[arg-type]
        await page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            await page.goto(room.site.url(path, language), wait_until="load")
            found = {
                "violations": await page.evaluate("window.violations"),
                "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
                "barriers": await barriers(page),
                "small": await page.evaluate(SMALL) if width == 390 else [],
            }
            wrong |= {f"{who} {path} {what}": value for what, value in found.items() if value}
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


@pytest.mark.soak
async def test_a_section_goes_from_the_request_for_a_committee_to_the_signed_report_in_browsers(room: Room) -> None:
    site = room.site
    for number, page in enumerate(room.judges, 1):
        await marked(page, site, number)
    await site.reach(SectionState.MARKED)
    for page in room.judges:
        await page.goto(site.url("/judge/report"))
        await page.click("form[data-sign=report] .btn--primary")
        await expect(page.locator(".seats li", has_text="已签署").first).to_be_visible(timeout=PATIENCE)
    await site.reach(SectionState.REPORTED)
    for page in site.pages:
        if not page.is_closed():
            assert await page.evaluate("window.violations") == []
