"""A hall that turns by itself behind a server, and what a bidder does in its browser, step by step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from browser_hall import LISTEN
from browser_hall import Hall as Origin
from playwright.async_api import Browser, BrowserContext, Page, Request, ViewportSize
from portal import Made, served
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects

PASSPHRASE = "correct horse battery"
PRICE = "9310000.00"
COMMERCIAL, TECHNICAL = b"%PDF-1.7 commercial " * 400, b"%PDF-1.7 technical " * 900


@dataclass
class City:
    """The served hall; `sections` are open for bids, one for each test that hands in."""

    hall: Hall
    origin: str
    sections: list[str] = field(default_factory=list)

    @property
    def site(self) -> Origin:
        """What the helpers of other screens want."""
        return Origin(self.origin, Made("", "", ""))

    async def desk(self, browser: Browser, login: str | None, width: int = 1440) -> BrowserContext:
        """A browser of its own, signed in as this login."""
        size: ViewportSize = {"width": width, "height": 900}
        context = await browser.new_context(viewport=size, locale="zh-CN", accept_downloads=True)
        await context.add_init_script(LISTEN)
        if login is not None:
            await self.sign_in(context, login)
        return context

    async def sign_in(self, context: BrowserContext, login: str) -> None:
        """A fresh session in this browser."""
        token = await self.hall._token(login)
        await context.add_cookies([{"name": "openhall_session", "value": token, "url": self.origin}])

    async def room(self, context: BrowserContext, section: str, language: str = "/en") -> Page:
        """The bid room of a section in a tab of its own, ready for work."""
        page = await context.new_page()
        await page.goto(f"{self.origin}{language}/sections/{section}/bid")
        await page.wait_for_selector("#room[data-ready]")
        return page


@asynccontextmanager
async def a_turning_city(
    postgres: EmbeddedPostgres, template: str, objects: Objects, sections: int, **terms: Any
) -> AsyncIterator[City]:
    """A served hall with so many sections open for bids on these terms; log, trustees and jobs turn in the background."""
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        open_sections = [await hall.a_tender(3000, **terms) for _ in range(sections)]
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=hall.objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        wheels = asyncio.create_task(_turn(hall))
        try:
            yield City(hall, origin, open_sections)
        finally:
            wheels.cancel()
            with suppress(asyncio.CancelledError):
                await wheels
            await asyncio.to_thread(server.__exit__, None, None, None)


async def fill(page: Page, price: str = PRICE) -> None:
    """Type the opening form."""
    for name, text in (("price", price), ("duration", "300"), ("quality", "合格"), ("leader", "温如海")):
        await page.fill(f"#{name}", text)


async def choose(page: Page, part: str, content: bytes, name: str | None = None) -> None:
    """Pick a file for a part."""
    file = {"name": name or f"{part}.pdf", "mimeType": "application/pdf", "buffer": content}
    await page.set_input_files(f"#file-{part}", file)  # type: ignore[arg-type]


async def pick(page: Page, part: str, file: Path) -> None:
    """Pick a file that is too large for the wire between test and browser."""
    await page.set_input_files(f"#file-{part}", file)
    await page.wait_for_selector(f"#slot-{part}.slot--full")


async def seal(page: Page) -> None:
    """Seal what was typed and chosen."""
    await page.fill("#passphrase", PASSPHRASE)
    await page.fill("#passphrase-again", PASSPHRASE)
    await page.click("#seal-button")
    await page.wait_for_selector("#kit-form:not([hidden])")


async def rehearse(page: Page, folder: Path, passphrase: str = PASSPHRASE) -> None:
    """Save the kit and read it back."""
    async with page.expect_download() as download:
        await page.click("#kit-save")
    await (await download.value).save_as(folder / "kit.json")
    await page.set_input_files("#kit-file", folder / "kit.json")
    await page.fill("#kit-passphrase", passphrase)
    await page.click("#kit-button")
    await page.wait_for_selector("#submit-ready:not([hidden])")


async def enrol(page: Page) -> None:
    """Make a signing key unless this browser has one."""
    await page.wait_for_selector("#key-missing:not([hidden]), #key-there:not([hidden])")
    if await page.is_visible("#key-button"):
        await page.click("#key-button")
    await page.wait_for_selector("#submit-form:not([hidden])")


async def ready(page: Page, folder: Path) -> None:
    """Everything up to the last button."""
    await fill(page)
    await choose(page, "commercial", COMMERCIAL)
    await choose(page, "technical", TECHNICAL)
    await seal(page)
    await rehearse(page, folder)
    await enrol(page)


async def hand_in(page: Page) -> str:
    """Press the last button and wait for the receipt; the bid's id."""
    await page.click("#submit-button")
    await page.wait_for_url("**/receipt")
    await page.wait_for_selector("a[href$='receipt.json']")
    return page.url.split("/")[-2]


def sent_bytes(request: Request) -> bytes:
    """Everything of a request that a server could read."""
    return request.url.encode() + (request.post_data_buffer or b"")


async def _turn(hall: Hall) -> None:
    while True:
        await hall.step()
        await asyncio.sleep(0.2)
