"""A real platform behind the sealing engine: a section open for bids, a signed-in bidder's tab, the wheels turned by hand."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from applications import app_on
from browser_hall import LISTEN
from playwright.async_api import Browser, BrowserContext, Page, Route
from scenes import Hall
from sealing_stage import a_tab

from infra.auth.certification import certify_key
from infra.auth.sessions import find_session
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Actor
from web.security import form_token, session_cookie_name
from web.static import ROOT

PASSPHRASE = "晴天 a long passphrase"
FORM = {"price": "9310000.00", "duration": "300", "quality": "合格", "leader": "王工"}
OPEN = """
async (told) => {
  window.s = await m.main.Sealing.open(told);
  window.heard = [];
  for (const name of ["progress", "state", "offline", "online", "signin"]) {
    s.addEventListener(name, ({ detail }) => heard.push([name, structuredClone(detail)]));
  }
  window.key = await m.main.SigningKey.open(told.account);
  return s.plan;
}
"""
FILES = """
(seed) => {
  const file = (name, size) => new File([new Uint8Array(size).fill(seed)], name);
  window.files = { commercial: file("商务标.pdf", 300000), technical: file("技术标.pdf", (8 << 20) + 5) };
}
"""
CHOOSE = """
async (form) => {
  await s.choose("opening-form", m.form.makeForm(form));
  await s.choose("commercial", files.commercial);
  await s.choose("technical", files.technical);
  return s.plan;
}
"""


@asynccontextmanager
async def served(hall: Hall) -> AsyncIterator[str]:
    """The hall over HTTP, in this very loop."""
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app_on(hall.stack), log_level="error", lifespan="off", loop="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([place]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@dataclass
class Desk:
    """One bidder at a browser: the context outlives its tabs, as a browser outlives a killed tab."""

    hall: Hall
    origin: str
    context: BrowserContext
    login: str
    section: str
    token: str = ""

    async def sign_in(self) -> None:
        """A session of one's own, as a cookie, with the form token that its pages carry."""
        session = await self.hall._token(self.login)
        name = session_cookie_name(secure=False)
        await self.context.add_cookies([{"name": name, "value": session, "url": self.origin}])
        found = await find_session(self.hall.database, session, await self.now())
        assert found is not None
        self.token = form_token(found.csrf)

    async def now(self) -> Any:
        async with self.hall.database.work(self.actor) as work:
            return work.ctx.now

    @property
    def actor(self) -> Actor:
        """Who the session acts for."""
        known = self.hall.actor(self.login)
        return Actor(self.hall.accounts[self.login].id, known.role, known.organisation, known.region)

    async def tab(self, **given: Any) -> Page:
        """A tab with the engine open on the section."""
        page = await a_tab(self.context, self.origin + "/")
        await page.evaluate(FILES, 1)
        await page.evaluate(OPEN, self.given() | given)
        return page

    def given(self) -> dict[str, Any]:
        """What the bid room gives to `Sealing.open`."""
        return {
            "section": self.section,
            "creditCode": self.hall.bodies[self.login].credit_code,
            "account": self.hall.accounts[self.login].id,
            "parts": ["opening-form", "commercial", "technical"],
            "token": self.token,
        }

    async def enrol(self, page: Page) -> None:
        """The browser's key, certified by the platform as its page would do."""
        made = await page.evaluate("key.create()")
        async with self.hall.database.work(self.actor) as work:
            key = await certify_key(work, self.hall.keys.authority, unb64(made["publicKey"]), unb64(made["proof"]))
            certificate = key.certificate
        await page.evaluate("(told) => key.keep(told)", b64(certificate))

    async def seal(self, page: Page) -> None:
        """Choose, seal and rehearse."""
        await page.evaluate(CHOOSE, FORM)
        await page.evaluate("async (words) => { await s.rehearse(await s.seal(words), words); }", PASSPHRASE)

    async def until(self, page: Page, script: str) -> Any:
        """Turn the platform's wheels until the page says so."""

        async def found() -> Any:
            return await page.evaluate(script)

        return await self.hall.until(found)


async def seen(page: Page, script: str) -> Any:
    """Ask the page until the script's value is true; without eval, which the content policy forbids."""
    while not (value := await page.evaluate(script)):
        await asyncio.sleep(0.02)
    return value


async def altered(context: BrowserContext, name: str, old: str, new: str) -> None:
    """Give this browser a file of the engine with one value replaced: a cost or a limit, never what is done."""
    body = (ROOT / "js/seal" / name).read_text("utf-8")
    assert body.count(old) == 1

    async def give(route: Route) -> None:
        await route.fulfill(body=body.replace(old, new), content_type="text/javascript")

    await context.route(f"**/seal/{name}", give)


@asynccontextmanager
async def a_desk(browser: Browser, hall: Hall, origin: str, login: str, section: str) -> AsyncIterator[Desk]:
    """A bidder's browser, signed in; its kits cost little, for what they cost is tested where kits are."""
    context = await browser.new_context()
    await context.add_init_script(LISTEN)
    await altered(context, "kit.js", "m: 1 << 16", "m: 1 << 8")
    desk = Desk(hall, origin, context, login, section)
    await desk.sign_in()
    try:
        yield desk
    finally:
        await context.close()
