"""Helpers of the browser tests: the browser's options, the hall, a page that notes what the content policy refused."""

import shutil
from dataclasses import dataclass

from playwright.async_api import Browser, Page, ViewportSize
from portal import Made

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
});
"""


def chromium() -> str | None:
    """The system's Chromium, if any."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(frozen=True)
class Hall:
    """A served portal with hand-made notices, and the real records where they stand beside the project."""

    origin: str
    made: Made


async def opened(browser: Browser, hall: Hall, *, width: int = 1440, large: bool = False, scripts: bool = True) -> Page:
    """A page in a fresh context that notes every violation of the content policy and every word on the console."""
    size: ViewportSize = {"width": width, "height": 900}
    context = await browser.new_context(viewport=size, locale="zh-CN", java_script_enabled=scripts)
    await context.add_init_script(LISTEN)
    if large:
        await context.add_cookies([{"name": "openhall_text", "value": "large", "url": hall.origin}])
    return await context.new_page()
