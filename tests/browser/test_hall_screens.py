"""The opening hall in a browser: every view in both languages and widths, live by itself, locked while the line is cut."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from cut_line import a_line
from envelopes import an_envelope, submitted
from playwright.async_api import Browser, Page, expect
from portal import Made, served
from scenes import Hall, a_hall
from test_public_screens import barriers
from test_section_screens import SMALL

from infra.edge import utc_now
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.channels import section_channel
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.opening.confirming import raise_objection
from trading.opening.hall import scene
from trading.opening.hosting import speak
from trading.publication.queries import dossier
from trading.sections.states import SectionState
from web.hall.pages import screen_page
from web.i18n import Language
from web.public.boards import log_status
from web.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PASSWORD = "a-long-enough-password"
SEEN = """(() => {
  const box = document.querySelector(".screen__turn").getBoundingClientRect();
  const whole = (one) => one.getBoundingClientRect().top >= box.top - 1 && one.getBoundingClientRect().bottom <= box.bottom + 1;
  const rows = [...document.querySelectorAll(".screen__turn li")].filter(whole);
  const tall = (one) => [...one.children].some((part) => part.getBoundingClientRect().height > one.clientHeight + 1);
  return {
    numbers: rows.map((row) => row.querySelector(".no").textContent),
    smallest: Math.min(...rows.map((row) => parseFloat(getComputedStyle(row.querySelector("b")).fontSize))),
    cut: rows.filter(tall).length,
    height: Math.min(...rows.map((row) => row.clientHeight)),
    lowest: Math.max(box.bottom, document.querySelector("footer").getBoundingClientRect().bottom),
  };
})()"""
"""What of the prices somebody in front of the screen reads just now."""
WITHIN = 10_000
"""Milliseconds: requirement 13."""


@dataclass(frozen=True)
class Site:
    """A served hall with one section whose bids are still sealed, and one that is opened."""

    hall: Hall
    served: Served
    running: str
    opened: str

    def url(self, path: str, language: str = "zh") -> str:
        return self.served.origin + ("/en" if language == "en" else "") + path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Site]:
    async with a_hall(postgres, template, objects, bidders=5) as hall:
        running, ended = await hall.a_tender(3000), await hall.a_tender(6)
        for number in range(1, 5):
            await submitted(hall, ended, f"bidder{number}")
        await submitted(hall, ended, "bidder5", await an_envelope(hall, ended, "bidder5", form=b"no form at all"))
        deadline = (await hall.section(ended)).deadline
        assert deadline is not None
        await hall.wait_until(deadline)
        await hall.reach(ended, SectionState.OPENED)
        for login in ("bidder1", "agent", "centre"):
            await hall._token(login)
        async with hall.database.work(hall.actor("bidder2")) as work:
            await raise_objection(work, ended, "唱标价与投标文件不一致，请核对")
        async with hall.database.work(hall.actor("agent")) as work:
            await speak(work, ended, "note", "请各投标人核对开标记录")
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        yield Site(hall, Served(origin, Made("", "", "")), running, ended)
        await asyncio.to_thread(server.__exit__, None, None, None)


async def sign_in(page: Page, site: Site, login: str) -> None:
    await page.goto(site.url("/login"))
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(re.compile(r"(?<!/login)$"))


def views(site: Site) -> dict[str, tuple[str | None, str]]:
    """Every view by name: who looks, and where."""
    ended, running = f"/sections/{site.opened}", f"/sections/{site.running}"
    return {
        "sealed": (None, f"{running}/hall"),
        "sealed screen": (None, f"{running}/hall/screen"),
        "spectator": (None, f"{ended}/hall"),
        "screen": (None, f"{ended}/hall/screen"),
        "record": (None, f"{ended}/opening-record"),
        "own": ("bidder1", f"{ended}/hall"),
        "confirmation": ("bidder1", f"{ended}/hall/confirmation"),
        "objection": ("bidder1", f"{ended}/hall/objection"),
        "sealed host": ("agent", f"{running}/host"),
        "host": ("agent", f"{ended}/host"),
        "note": ("agent", f"{ended}/host/note?kind=pause"),
    }


@pytest.mark.soak
@pytest.mark.parametrize(
    ("width", "large"), [(1440, False), (390, False), (390, True)], ids=["wide", "narrow", "large"]
)
async def test_every_view_of_the_hall_keeps_the_policy_fits_and_bars_nobody(
    browser: Browser, site: Site, width: int, large: bool
) -> None:
    wrong: dict[str, object] = {}
    for login in (None, "bidder1", "agent"):
        page = await opened(browser, site.served, width=width, large=large)
        spoken: list[str] = []
        page.on("pageerror", lambda error, spoken=spoken: spoken.append(str(error)))  # type: ignore[misc]
        if login:
            await sign_in(page, site, login)
        for name, (who, path) in views(site).items():
            for language in ("zh", "en") if who == login else ():
                await page.goto(site.url(path, language), wait_until="load")
                found = {
                    "violations": await page.evaluate("window.violations"),
                    "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
                    "barriers": await barriers(page),
                    "small": await page.evaluate(SMALL) if width == 390 else [],
                    "errors": [*spoken],
                }
                spoken.clear()
                wrong |= {f"{name} {language} {what}": value for what, value in found.items() if value}
        await page.context.close()
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


@pytest.mark.soak
async def test_the_screen_fits_1080_lines_without_scrolling_and_has_nothing_to_click_but_its_voice(
    browser: Browser, site: Site
) -> None:
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.goto(site.url(f"/sections/{site.opened}/hall/screen"))
    lowest = (
        "Math.max(...[...document.querySelectorAll('main *, footer')].map((one) => one.getBoundingClientRect().bottom))"
    )
    assert await page.evaluate(lowest) <= 1080
    assert await page.locator("a, button:not(#speech button), input, select").count() == 0
    await expect(page.locator(".screen__prices li")).to_have_count(5)
    smallest = (
        "Math.min(...[...document.querySelectorAll('li b')].map((one) => parseFloat(getComputedStyle(one).fontSize)))"
    )
    assert await page.evaluate(smallest) >= 36
    await context.close()


async def crowded(site: Site, times: int) -> str:
    """The screen as it is with so many times the bids of the opened section."""
    visit = Visit(Language.EN, f"/sections/{site.opened}/hall/screen", "", utc_now(), False, None, None)
    async with site.hall.database.reading() as session:
        found = await dossier(session, site.opened)
        shown = await scene(session, found.section)
        many = replace(shown, announced=shown.announced * times)
        return screen_page(visit, True, found, many, 0, await log_status(session)).content


@pytest.mark.soak
@pytest.mark.parametrize(("times", "pages"), [(2, 1), (40, 15)])
async def test_with_many_bids_the_screen_shows_all_in_turn_by_itself_each_large_enough(
    browser: Browser, site: Site, times: int, pages: int
) -> None:
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.clock.install()
    html = await crowded(site, times)
    await page.route("**/hall/screen", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    await page.goto(site.url(f"/sections/{site.opened}/hall/screen"))
    await page.clock.run_for(1_000)
    turns: list[list[str]] = []
    for _ in range(2 * pages + 2):
        found = await page.evaluate(SEEN)
        assert found["lowest"] <= 1080 and found["smallest"] >= 36 and found["cut"] == 0, found
        turns += [found["numbers"]] if found["numbers"] not in turns[-1:] else []
        await page.clock.run_for(5_000)
        if len(turns) > pages:
            break
    assert {number for turn in turns for number in turn} == {str(number) for number in range(1, 5 * times + 1)}
    assert pages == 1 or turns[pages] == turns[0], "after the last page the first comes again"
    assert await page.locator("a, button:not(#speech button), input, select").count() == 0
    await context.close()


async def test_what_happens_is_shown_without_a_reload(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.served)
    await page.goto(site.url(f"/sections/{site.opened}/hall"))
    await page.evaluate("window.stays = true")
    async with site.hall.database.work(site.hall.actor("agent")) as work:
        await speak(work, site.opened, "note", "第二条通知：现在答疑")
    await expect(page.locator(".said")).to_contain_text("第二条通知", timeout=WITHIN)
    assert await page.evaluate("window.stays")
    assert await page.evaluate("window.violations") == []
    await page.context.close()


async def test_requirement_13_a_lost_line_is_shown_buttons_lock_and_it_comes_back_by_itself(
    browser: Browser, site: Site
) -> None:
    async with a_line(site.served.origin) as line:
        page = await opened(browser, site.served)
        through = replace(site, served=Served(line.origin, site.served.made))
        await sign_in(page, through, "agent")
        await page.goto(through.url(f"/sections/{site.opened}/host/note"))
        await page.evaluate("addEventListener('live:news', (event) => { window.heard = event.detail.subject; })")
        await page.fill("#text", "写了一半")
        button = page.locator("button[data-needs-live]")
        await expect(button).to_be_enabled()
        line.cut()
        await expect(page.locator("live-stream[offline] .livebar")).to_contain_text("实时连接已中断", timeout=WITHIN)
        await expect(button).to_be_disabled()
        async with site.hall.database.work(SYSTEM) as work:
            work.tell(section_channel(site.opened), "test", "while away")
        line.mend()
        await expect(page.locator("live-stream:not([offline])")).to_have_count(1, timeout=4 * WITHIN)
        await expect(button).to_be_enabled()
        await expect(page.locator("#text")).to_have_value("写了一半")
        await page.wait_for_function("window.heard === 'while away'", timeout=WITHIN)
        await page.context.close()


@pytest.mark.soak
async def test_a_bidder_confirms_the_record_by_keyboard_and_the_hall_shows_it(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.served, width=390)
    await sign_in(page, site, "bidder1")
    await page.goto(site.url(f"/sections/{site.opened}/hall"))
    await page.click(".mine >> text=确认开标记录")
    await page.locator("#confirm button").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/hall")
    await expect(page.locator(".mine")).to_contain_text("您已确认开标记录")
    await page.context.close()


@pytest.mark.soak
async def test_without_scripts_the_hall_is_whole(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.served, scripts=False)
    await page.goto(site.url(f"/sections/{site.opened}/hall"))
    await expect(page.locator(".call")).to_have_count(5)
    await expect(page.locator(".call").first).to_contain_text("玖佰捌拾伍万元整")
    await page.get_by_role("main").get_by_role("link", name="开标记录").click()
    await expect(page.locator(".sheet__table tbody tr")).to_have_count(5)
    await page.context.close()
