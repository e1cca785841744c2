"""The log explorer in a browser: both languages, wide and narrow, policy kept, nobody barred; its tail is live."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browser_hall import Hall, opened
from inspection import PICTURES
from playwright.async_api import Browser, expect
from portal import Made, served
from section_story import Story
from test_public_screens import LOOKS, barriers

from infra.kernel.context import SYSTEM
from infra.kernel.events import Event

pytestmark = [pytest.mark.browser, pytest.mark.soak]
SMALL = """
Array.from(document.querySelectorAll("main a, main button, main input")).filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && box.height < 24 && !one.matches("p a, dd a");
}).map((one) => one.outerHTML.slice(0, 120))
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(browser: Browser, story: Story) -> AsyncIterator[Hall]:
    """The story behind a server of its own."""
    address = story.hall.stack.settings.database
    assert address is not None
    server = served(address, objects=story.hall.objects, keys=story.hall.keys)
    yield Hall(await asyncio.to_thread(server.__enter__), Made("", "", ""))
    await asyncio.to_thread(server.__exit__, None, None, None)


async def paths(story: Story) -> dict[str, str]:
    [closed] = await story.hall.lines(Event.SECTION_CLOSED, section=story.finished)
    [hidden, *_] = await story.hall.lines(Event.BID_SUBMITTED, section=story.running)
    return {
        "events": "/log",
        "section": f"/log?section={story.finished}",
        "missed": "/log?q=" + "0" * 64,
        "leaves": "/log/leaves?from=0",
        "newest": "/log/leaves",
        "leaf": f"/log/leaves/{closed.leaf}",
        "hidden": f"/log/leaves/{hidden.leaf}",
        "history": "/log/history",
        "bundles": "/log/bundles",
    }


@pytest.mark.parametrize(("language", "width", "large"), LOOKS)
async def test_the_explorer_keeps_the_policy_fits_and_bars_nobody(
    browser: Browser, site: Hall, story: Story, language: str, width: int, large: bool
) -> None:
    page = await opened(browser, site, width=width, large=large)
    spoken: list[str] = []
    page.on("console", lambda message: spoken.append(message.text))
    page.on("pageerror", lambda error: spoken.append(str(error)))
    wrong: dict[str, object] = {}
    for name, path in (await paths(story)).items():
        await page.goto(f"{site.origin}{'/en' if language == 'en' else ''}{path}", wait_until="load")
        found = {
            "violations": await page.evaluate("window.violations"),
            "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
            "small": await page.evaluate(SMALL),
            "barriers": await barriers(page),
            "console": [*spoken],
        }
        spoken.clear()
        wrong |= {f"{name} {what}": value for what, value in found.items() if value}
        if PICTURES is not None:
            PICTURES.mkdir(exist_ok=True)
            picture = PICTURES / f"log-{name}-{language}-{width}{'-large' if large else ''}.png"
            await page.screenshot(path=picture, full_page=True)
    await page.context.close()
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


async def test_a_new_event_appears_by_itself(browser: Browser, site: Hall, story: Story) -> None:
    page = await opened(browser, site)
    await page.goto(f"{site.origin}/log")
    first = page.locator("#log-live tbody tr").first
    before = await first.text_content()
    async with story.hall.database.work(SYSTEM) as work:
        work.record(Event.NOTICE_PUBLISHED, "notice-of-the-tail")
    for _ in range(2):
        await story.hall.beat()
        await story.hall.poll_all()
    await expect(first).not_to_have_text(before or "", timeout=15_000)
    await page.context.close()
