"""Every public screen, in both languages, both sizes of text, wide and narrow: no violation, no overflow, no barrier."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.soak]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = {
    "home": "/",
    "list": "/notices",
    "found": "/notices?q=%E9%81%93%E8%B7%AF&kind=candidates&order=closes",
    "nothing": "/notices?q=zzqq+%E9%81%93&kind=award",
    "candidates": "/notices/{candidates}",
    "replaced": "/notices/{tender}",
    "corrected": "/notices/{corrected}",
    "sign-in": "/login",
    "calendar": "/openings",
    "empty-day": "/openings?view=day&day=2031-01-05",
    "bodies": "/subjects",
    "no-body": "/subjects?q=zzqq",
    "auctions": "/auctions",
    "sealing": "/sealing",
    "verify": "/verify",
    "unknown": "/nowhere",
}
SOAK = pytest.mark.soak
LOOKS = [
    pytest.param("en", 390, True),
    pytest.param("zh", 1440, False, marks=SOAK),
    pytest.param("zh", 390, False, marks=SOAK),
    pytest.param("en", 1440, False, marks=SOAK),
    pytest.param("zh", 1440, True, marks=SOAK),
    pytest.param("zh", 390, True, marks=SOAK),
    pytest.param("en", 390, False, marks=SOAK),
    pytest.param("en", 1440, True, marks=SOAK),
]
"""Language, width, large text: the narrowest room for the longest words at every change, all in `make soak`."""


@cache
def axe() -> str:
    return AXE.read_text("utf-8")


async def barriers(page: Any) -> list[str]:
    """What axe-core finds, told in a line each."""
    await page.evaluate(axe())
    found = await page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes']]}" for one in found["violations"]]


@pytest.mark.parametrize(("language", "width", "large"), LOOKS)
async def test_public_screens_keep_the_policy_fit_and_bar_nobody(
    browser: Browser, hall: Hall, language: str, width: int, large: bool
) -> None:
    page = await opened(browser, hall, width=width, large=large)
    spoken: list[str] = []
    page.on("console", lambda message: spoken.append(message.text))
    page.on("pageerror", lambda error: spoken.append(str(error)))
    wrong: dict[str, object] = {}
    for name, path in SCREENS.items():
        path = path.format(candidates=hall.made.candidates, tender=hall.made.tender, corrected=hall.made.corrected)
        prefix = "/en" if language == "en" else ""
        await page.goto(hall.origin + ((prefix + path).rstrip("/") or "/"), wait_until="load")
        found = {
            "violations": await page.evaluate("window.violations"),
            "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
            "barriers": await barriers(page),
            "console": [text for text in spoken if "404 (Not Found)" not in text or name != "unknown"],
        }
        spoken.clear()
        wrong |= {f"{name} {what}": value for what, value in found.items() if value}
    await page.context.close()
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())
