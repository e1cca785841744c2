"""The browser recomputes draws as the platform and the second implementation do, and "Recompute here" says so."""

import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser, Page, expect
from test_section_screens import Site, site
from verify_cases import SCRIPTS

sys.path.append(str(Path(__file__).resolve().parents[1] / "draw"))

from draw_cases import Document, a_case, a_drawn_case, broken, hidden
from second_draw import Refused, second_draw

from expertpool.draw.evidence import recompute
from infra.kernel.problems import Problem

__all__ = ["site"]
pytestmark = [pytest.mark.browser, pytest.mark.soak]

RECOMPUTE = """
async (documents) => {
  const { recomputeDraw } = await import(%s + "draw.js");
  return documents.map((document) => {
    try {
      const { out, reasons } = recomputeDraw(document);
      return [out, reasons];
    } catch (problem) {
      return problem.code ? "refused" : `${problem}`;
    }
  });
}
"""


def files(count: int) -> list[Document]:
    """Sound files, refused ones, drawn ones with a transcript, some with hidden employers, some broken in one place."""
    dice, found = random.Random(200), list[Document]()
    for seed in range(count):
        document = a_case(seed) if seed % 2 else (a_drawn_case(seed) or a_case(seed))
        if seed % 5 == 0 and (sound := ours(document)) != "refused":
            walked = {line[0] for part in sound for line in part}
            document = hidden(document, walked, list(dict.fromkeys(line[1] for line in sound[0])))
        found.append(broken(document, dice) if seed % 3 == 0 else document)
    return found


def ours(document: Document) -> Any:
    try:
        found = recompute(document)
    except Problem:
        return "refused"
    return [found["out"], found["reasons"]]


def theirs(document: Document) -> Any:
    try:
        return [*second_draw(document)]
    except Refused:
        return "refused"


async def in_browser(page: Page, documents: list[Document]) -> list[Any]:
    found: list[Any] = await page.evaluate(RECOMPUTE % SCRIPTS, documents)
    return found


@pytest.mark.parametrize("count", [10, pytest.param(200, marks=pytest.mark.soak)])
async def test_three_implementations_agree_on_random_files(browser: Browser, hall: Hall, count: int) -> None:
    page = await opened(browser, hall)
    await page.goto(hall.origin + "/verify")
    documents = files(count)
    answers = await in_browser(page, documents)
    for place, document in enumerate(documents):
        assert answers[place] == ours(document) == theirs(document), place
    assert 0 < answers.count("refused") < count


@pytest.mark.soak
async def test_anybody_recomputes_a_draw_on_the_sections_own_page(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.hall)
    await page.goto(site.url(site.story.finished, "/draws"))
    await page.get_by_role("button", name="在此重新计算").click()
    told = page.locator("form[data-recompute] output")
    await expect(told).to_have_attribute("data-tone", "ok")
    await expect(told).to_contain_text("计算结果一致")
    for width in (1440, 390):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if folder := os.environ.get("OPENHALL_PICTURES"):
            await page.screenshot(path=f"{folder}/draws-{width}.png", full_page=True)
    assert await page.evaluate("window.violations") == []
