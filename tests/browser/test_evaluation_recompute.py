"""The browser evaluates as the platform does, and "Recompute here" says so beside the published values."""

import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser, Route, expect
from test_section_screens import Site, site
from verify_cases import SCRIPTS

sys.path.append(str(Path(__file__).resolve().parents[1] / "evaluation"))

from random_evaluations import an_evaluation

from infra.kernel.canonical import canonical, read
from infra.kernel.problems import Problem
from trading.evaluation.evidence import recompute

__all__ = ["site"]
pytestmark = [pytest.mark.browser, pytest.mark.soak]
COUNT = 600

RECOMPUTE = """
async (documents) => {
  const { recomputeEvaluation } = await import(%s + "evaluation.js");
  return documents.map((document) => {
    try {
      return recomputeEvaluation(document);
    } catch (problem) {
      return problem.code ?? `${problem}`;
    }
  });
}
"""


def ours(document: dict[str, Any]) -> Any:
    try:
        return recompute(document)["out"]
    except Problem as problem:
        return problem.code


async def test_platform_and_browser_agree_on_random_evaluations(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall)
    await page.goto(hall.origin + "/verify")
    documents = [an_evaluation(random.Random(seed)) for seed in range(COUNT)]
    answers = await page.evaluate(RECOMPUTE % SCRIPTS, documents)
    for seed, (document, answer) in enumerate(zip(documents, answers, strict=True)):
        assert answer == ours(document), seed
    assert 0 < sum(isinstance(answer, str) for answer in answers) < COUNT / 2


async def test_anybody_recomputes_the_evaluation_beside_the_published_values(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.hall)
    await page.goto(site.url(site.story.finished, "/marks"))
    await page.get_by_role("button", name="在此重新计算").click()
    told = page.locator("form[data-recompute] output")
    await expect(told).to_have_attribute("data-tone", "ok")
    await expect(told).to_contain_text("计算结果一致")
    rows = page.locator(".again tbody tr")
    assert await rows.count() == 5 * 4 + 1 + 5
    assert await page.locator(".again .differs").count() == 0
    await page.get_by_role("button", name="展开全部理由").click()
    for width in (1440, 390):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if folder := os.environ.get("OPENHALL_PICTURES"):
            await page.screenshot(path=f"{folder}/marks-{width}.png", full_page=True)
    assert await page.evaluate("window.violations") == []


async def test_a_file_that_states_another_total_is_named_value_by_value(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.hall)

    async def forge(route: Route) -> None:
        answer = await route.fetch()
        file = read(await answer.body())
        winner = file["out"]["order"][0]
        file["out"]["total"][winner] = "99.99"
        await route.fulfill(response=answer, body=canonical(file))

    await page.route("**/evaluation.json", forge)
    await page.goto(site.url(site.story.finished, "/marks"))
    await page.get_by_role("button", name="在此重新计算").click()
    await expect(page.locator("form[data-recompute] output")).to_have_attribute("data-tone", "bad")
    [differs] = await page.locator(".again .differs").all_inner_texts()
    assert "总分" in differs and "99.99" in differs


async def test_a_marks_own_link_opens_its_reason_and_searching_leaves_what_says_it(
    browser: Browser, site: Site
) -> None:
    page = await opened(browser, site.hall)
    await page.goto(site.url(site.story.finished, "/marks"))
    link = page.locator(".matrix .mk a").first
    await link.click()
    target = await link.get_attribute("href")
    assert target
    await expect(page.locator(f"[id='{target[1:]}']")).to_be_visible()
    await page.get_by_role("searchbox").fill("no such words")
    await expect(page.locator(".seek output")).to_have_text("没有包含这些文字的内容。")
    await page.get_by_role("searchbox").fill("t1 酌情")
    await expect(page.locator(".seek output")).to_contain_text("5")
    assert await page.locator(".matrix .why:visible").count() == 5


async def test_without_scripts_every_reason_can_be_opened(browser: Browser, site: Site) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site.url(site.story.finished, "/marks"))
    assert await page.locator(".seek").is_hidden() and await page.locator("form[data-recompute]").is_hidden()
    await page.locator(".why summary").first.click()
    await expect(page.locator(".why dd").first).to_be_visible()
    await context.close()
