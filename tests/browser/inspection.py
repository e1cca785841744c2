"""Looking at a page as its reader would: policy kept, nothing overflows, nobody barred, targets large enough."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Page, ViewportSize
from test_public_screens import barriers

PICTURES = Path(os.environ["OPENHALL_PICTURES"]) if os.environ.get("OPENHALL_PICTURES") else None
"""Where pictures of the screens are kept, if anybody wants them (`make pictures`)."""
ALL = PICTURES is not None or os.environ.get("OPENHALL_LOOKS") == "all"
"""Whether every screen is looked at in English and large text as well (`make soak`): each is loaded three times then."""

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
SMALL = """
Array.from(document.querySelectorAll("main a, main button, main select, main input:not([type=hidden])")).filter((one) => {
  const box = one.getBoundingClientRect();
  const inline = one.matches("p a, li a, td a, dd a, .meta a, .lead a");
  return box.width && (box.height < 24 || box.width < 24) && !inline;
}).map((one) => one.outerHTML.slice(0, 120))
"""
LATE = """
Array.from(document.querySelectorAll("main .btn--primary, main .btn--seal")).filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && box.height < 44 && !one.classList.contains("btn--sm");
}).map((one) => one.outerHTML.slice(0, 120))
"""
OVERFLOW = "Math.max(0, document.documentElement.scrollWidth - innerWidth)"


@dataclass
class Inspector:
    """Collects, over a whole story, what was wrong on which screen, by requirement of ux.md §5."""

    policy: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    narrow: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    reading: bool = True
    """Whether axe-core reads each screen, which takes a second or two."""

    async def look(self, page: Page, name: str, *, narrow: bool = True, ready: str = "main") -> None:
        """Look at the page as it stands, wide and narrow; with `ALL` in English, narrow and large text, and come back."""
        self.seen.append(name)
        await page.locator(ready).first.wait_for()
        await self._look(page, f"{name} zh")
        if narrow and ALL:
            await self._look_in_english(page, name, ready)
        elif narrow:
            await page.set_viewport_size(NARROW)
            await self._look_narrow(page, f"{name} zh")
            await page.set_viewport_size(WIDE)

    async def _look_in_english(self, page: Page, name: str, ready: str) -> None:
        here = page.url
        parts = urlsplit(here)
        english = parts._replace(path="/en" + parts.path).geturl()
        await page.context.add_cookies([{"name": "openhall_text", "value": "large", "url": english}])
        await page.set_viewport_size(NARROW)
        await page.goto(english)
        await page.locator(ready).first.wait_for()
        await self._look(page, f"{name} en", narrow=True)
        await page.context.clear_cookies(name="openhall_text")
        if PICTURES is not None:
            await page.goto(here)
            await page.locator(ready).first.wait_for()
            await self._look_narrow(page, f"{name} zh")
        await page.set_viewport_size(WIDE)
        await page.goto(here)

    async def _look(self, page: Page, name: str, *, narrow: bool = False) -> None:
        await _keep(page, name)
        self.policy += [f"{name}: {one}" for one in await page.evaluate("window.violations || []")]
        self.barred += [f"{name}: {one}" for one in await barriers(page)] if self.reading else []
        if narrow:
            await self._look_narrow(page, name, keep=False)

    async def _look_narrow(self, page: Page, name: str, *, keep: bool = True) -> None:
        if keep:
            await _keep(page, f"{name}-narrow")
        wide: Any = await page.evaluate(OVERFLOW)
        self.narrow += [f"{name}: {wide} px too wide"] if wide else []
        self.narrow += [f"{name}: under 24 px: {one}" for one in await page.evaluate(SMALL)]
        self.narrow += [f"{name}: under 44 px: {one}" for one in await page.evaluate(LATE)]


async def _keep(page: Page, name: str) -> None:
    if PICTURES is not None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"{name.replace(' ', '-')}.png", full_page=True)
