"""A hall behind a server whose wheels turn by themselves: what judges, the agent and the centre do in browsers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from browser_hall import Hall as Door
from browser_hall import opened
from envelopes import submitted
from judging import enter_experts
from playwright.async_api import Browser, Page
from portal import Made, served
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.opening.queries import opening_progress
from trading.sections.states import SectionState
from web.security import session_cookie_name


@dataclass
class Site:
    """A served hall with one opened section."""

    hall: Hall
    origin: str
    section: str
    browser: Browser
    pages: list[Page] = field(default_factory=list)

    def url(self, path: str, language: str = "") -> str:
        return f"{self.origin}{language}{path}"

    async def page(self, login: str | None = None, width: int = 1440) -> Page:
        """A fresh browser of somebody; `login` is signed in already."""
        page = await opened(self.browser, Door(self.origin, Made("", "", "")), width=width)
        if login is not None:
            token = await self.hall._token(login)
            await page.context.add_cookies(
                [{"name": session_cookie_name(False), "value": token, "url": self.origin, "httpOnly": True}]
            )
        self.pages.append(page)
        return page

    async def reach(self, state: SectionState) -> None:
        """Wait while the wheels turn."""
        while not await self.hall.in_state(self.section, state):
            await asyncio.sleep(0.05)

    async def checked(self) -> None:
        """Wait until the files of all bids are checked, so that judges may mark."""
        while True:
            async with self.hall.database.reading() as session:
                told = await opening_progress(session, self.section)
            if told.listed and told.checked == told.listed:
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def a_site(
    postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser, bidders: int = 3, **terms: Any
) -> AsyncIterator[Site]:
    """One opened section, nobody drawn yet; the wheels turn until the end. `terms` are those of the tender."""
    async with a_hall(postgres, template, objects, bidders=bidders) as hall:
        await enter_experts(hall)
        section = await hall.a_tender(bidders, **terms)
        for number in range(1, bidders + 1):
            await submitted(hall, section, f"bidder{number}")
        deadline = (await hall.section(section)).deadline
        assert deadline is not None
        await hall.wait_until(deadline)
        await hall.reach(section, SectionState.OPENED)
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=hall.objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        wheels = asyncio.create_task(_turn(hall))
        site = Site(hall, origin, section, browser)
        try:
            yield site
        finally:
            wheels.cancel()
            with suppress(asyncio.CancelledError):
                await wheels
            for page in site.pages:
                await page.context.close()
            await asyncio.to_thread(server.__exit__, None, None, None)


async def _turn(hall: Hall) -> None:
    while True:
        await hall.step()
        await asyncio.sleep(0.1)
