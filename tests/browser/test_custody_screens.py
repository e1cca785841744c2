"""The key ceremony and the page of the holders in a browser: policy kept, nothing overflows, nobody barred, renewed alone."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from inspection import LATE, OVERFLOW, SMALL
from playwright.async_api import Browser, Page, expect
from portal import Made, served
from scenes import Hall, a_hall
from sqlalchemy import update
from test_public_screens import barriers

from infra.custody.tables import TrusteeReport
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM, Actor, Role
from infra.objects import Objects
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]
PASSWORD = "a-long-enough-password"
SCREENS = {"centre": ("/custody", "/keys"), "supervisor": ("/custody",), "agent": ("/custody",)}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(
    browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects
) -> AsyncIterator[tuple[Hall, Served]]:
    """A section open for bids; one trustee is ready, one asks a person, one has seen a key that does not fit."""
    async with a_hall(postgres, template, objects, bidders=1) as hall:
        await hall.a_tender(3000)
        hall.trustees["centre"].confirming = True
        hall.trustees["agent"].state.rehearsed_at = "2026-11-01T00:00:00+00:00"
        hall.trustees["agent"].state.administrator = "招标代理信息部值班二组"
        supervisor = hall.trustees["supervisor"].state
        supervisor.records = {"keyset": {"agent.trustee.example": {"key": "", "at": "2026-11-01T00:00:00+00:00"}}}
        supervisor.misfits = [
            {"section": "YH-1/01", "custodian": "centre.trustee.example", "code": "release.no-record"}
        ]
        await hall.poll_all()
        hall.actors["security"] = Actor("account-security", Role.SECURITY_ADMIN, None, cast.REGION)
        for login in SCREENS:
            await hall._token(login)
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        yield hall, Served(origin, Made("", "", ""))
        await asyncio.to_thread(server.__exit__, None, None, None)


async def signed_in(browser: Browser, site: Served, login: str, **given: bool | int) -> Page:
    page = await opened(browser, site, **given)  # type: ignore[arg-type]
    await page.goto(site.origin + "/login")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(re.compile(r"(?<!/login)$"))
    return page


@pytest.mark.parametrize(("width", "large", "prefix"), [(1440, False, ""), (390, True, "/en"), (390, False, "")])
async def test_the_key_ceremony_keeps_the_policy_fits_and_bars_nobody(
    browser: Browser, site: tuple[Hall, Served], width: int, large: bool, prefix: str
) -> None:
    hall, server = site
    await hall.poll_all()
    wrong: dict[str, object] = {}
    for login, paths in SCREENS.items():
        page = await signed_in(browser, server, login, width=width, large=large)
        for path in paths:
            answer = await page.goto(server.origin + prefix + path, wait_until="load")
            assert answer is not None and answer.status == 200, path
            small = [*await page.evaluate(SMALL), *await page.evaluate(LATE)] if width < 400 else []
            found = (await page.evaluate("violations"), await page.evaluate(OVERFLOW), await barriers(page), small)
            if any(found):
                wrong[f"{login} {path}"] = found
        await page.context.close()
    assert wrong == {}


async def test_the_page_shows_a_missing_trustee_without_being_loaded_anew(
    browser: Browser, site: tuple[Hall, Served]
) -> None:
    hall, server = site
    await hall.poll_all()
    page = await signed_in(browser, server, "centre")
    await page.goto(server.origin + "/en/custody")
    await expect(page.locator("#custody")).to_contain_text("Quorum reached")
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(TrusteeReport).values(refused="trustee.same-host"))
    await expect(page.locator("#custody")).to_contain_text("No quorum", timeout=20_000)
    await page.context.close()
