"""A section's pages in a browser, at every stage, in both languages, wide and narrow: policy kept, nobody barred."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from browser_hall import Hall, opened
from playwright.async_api import Browser, expect
from portal import Made, served
from section_story import PAGES, Story
from test_public_screens import LOOKS, barriers

pytestmark = [pytest.mark.browser, pytest.mark.soak]


SMALL = """
Array.from(document.querySelectorAll("main a")).filter((link) => {
  const box = link.getBoundingClientRect();
  return box.width && box.height < 24;
}).map((link) => link.outerHTML.slice(0, 120))
"""


@dataclass(frozen=True)
class Site:
    """The served story."""

    hall: Hall
    story: Story

    def url(self, section: str, path: str = "", language: str = "zh") -> str:
        prefix = "/en" if language == "en" else ""
        return f"{self.hall.origin}{prefix}/sections/{section}{path}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(browser: Browser, story: Story) -> AsyncIterator[Site]:
    """The story behind a server of its own."""
    address = story.hall.stack.settings.database
    assert address is not None
    server = served(address, objects=story.hall.objects, keys=story.hall.keys)
    origin = await asyncio.to_thread(server.__enter__)
    yield Site(Hall(origin, Made("", "", "")), story)
    await asyncio.to_thread(server.__exit__, None, None, None)


@pytest.mark.parametrize(("language", "width", "large"), LOOKS)
async def test_section_pages_keep_the_policy_fit_and_bar_nobody(
    browser: Browser, site: Site, language: str, width: int, large: bool
) -> None:
    page = await opened(browser, site.hall, width=width, large=large)
    spoken: list[str] = []
    page.on("console", lambda message: spoken.append(message.text))
    page.on("pageerror", lambda error: spoken.append(str(error)))
    wrong: dict[str, object] = {}
    story = site.story
    for name in ("running", "failed", "opened", "finished"):
        for path in PAGES:
            await page.goto(site.url(getattr(story, name), path, language), wait_until="load")
            found = {
                "violations": await page.evaluate("window.violations"),
                "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
                "barriers": await barriers(page),
                "console": [*spoken],
            }
            spoken.clear()
            wrong |= {f"{name}{path} {what}": value for what, value in found.items() if value}
    await page.context.close()
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


async def test_the_countdown_to_the_deadline_runs(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.hall)
    await page.goto(site.url(site.story.running))
    clock = page.locator(".duo count-down")
    before = await clock.text_content()
    await expect(clock).not_to_have_text(before or "", timeout=3000)
    await page.context.close()


async def test_without_scripts_one_goes_from_the_home_page_to_the_marks_and_takes_the_evaluation_away(
    browser: Browser, site: Site
) -> None:
    page = await opened(browser, site.hall, scripts=False)
    await page.goto(site.url(site.story.finished))
    await page.click("text=评分明细 >> nth=0")
    await expect(page.locator(".matrix .who")).to_have_count(5)
    async with page.expect_download() as download:
        await page.click("text=evaluation.json >> nth=-1")
    assert (await download.value).suggested_filename == "evaluation.json"
    await page.context.close()


async def test_the_targets_of_a_narrow_page_are_large_enough(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.hall, width=390)
    for path in PAGES:
        await page.goto(site.url(site.story.finished, path))
        assert await page.evaluate(SMALL) == []
    await page.context.close()
