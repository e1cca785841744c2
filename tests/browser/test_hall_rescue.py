"""A bid that needs its bidder, in Chromium: a factor that does not fit, the right one, a bid shown in plain."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from click.testing import CliRunner
from envelopes import Envelope, plaintexts
from playwright.async_api import Browser, Page, expect
from portal import Made, served
from rescuing import end_window, handed_in, openings, tenders_that, windows
from scenes import Hall, a_hall
from test_public_screens import barriers

from infra.crypto.seal_kit import BidKit
from infra.edge import random_bytes
from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.opening.opening import open_section
from trading.opening.states import Stage
from web.cli import group
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PASSWORD = "a-long-enough-password"
WITHIN = 10_000
"""Milliseconds."""


@dataclass(frozen=True)
class Site:
    """A served hall whose section asks four bidders for their factors and permits remedies; kits by login."""

    hall: Hall
    served: Served
    section: str
    kits: dict[str, Path]
    bids: dict[str, str]

    async def turn(self) -> None:
        await open_section(self.hall.database, self.hall.objects, self.hall.keys, self.section)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(
    browser: Browser,
    postgres: EmbeddedPostgres,
    template: str,
    objects: Objects,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("kits")
    async with a_hall(postgres, template, objects, bidders=4) as hall:
        [section] = await tenders_that(hall, 8, {"bidder_factor": True, "remedy": True})
        kits, bids = {}, {}
        for login in (f"bidder{number}" for number in range(1, 5)):
            factor = random_bytes(32)
            bids[login], envelope = await handed_in(hall, section, login, factor)
            kits[login] = _kit(folder / f"{login}.json", hall, section, login, envelope, factor)
            await hall._token(login)
        await hall._token("agent")
        deadline = (await hall.section(section)).deadline
        assert deadline is not None
        await hall.wait_until(deadline)
        await hall.until(lambda: _asked(hall, section))
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        yield Site(hall, Served(origin, Made("", "", "")), section, kits, bids)
        await asyncio.to_thread(server.__exit__, None, None, None)


def _kit(path: Path, hall: Hall, section: str, login: str, envelope: Envelope, factor: bytes) -> Path:
    code = hall.bodies[login].credit_code
    manifest = envelope.manifest
    kit = BidKit(section, "1", code, manifest.bidder_salt, factor, manifest.digest, envelope.salts)
    path.write_bytes(kit.encode())
    return path


async def _asked(hall: Hall, section: str) -> bool:
    return "factor" in await windows(hall, section)


async def _entered(browser: Browser, site: Site, login: str, path: str, width: int = 1440) -> Page:
    page = await opened(browser, site.served, width=width)
    await page.goto(f"{site.served.origin}/login")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(re.compile(r"(?<!/login)$"))
    await page.goto(f"{site.served.origin}/sections/{site.section}{path}")
    return page


async def _sound(page: Page) -> None:
    assert await page.evaluate("window.violations") == []
    assert await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)") == 0
    assert await barriers(page) == []


async def test_a_failed_bidder_factor_and_its_remedy(browser: Browser, site: Site) -> None:
    await _a_kit_that_does_not_fit_and_the_right_one(browser, site)
    await _at_the_terminal(site, "factor", "bidder3")
    await end_window(site.hall, site.section, "factor")
    await site.turn()
    await _shown_in_plain(browser, site)
    await _at_the_terminal(site, "remedy", "bidder4")
    await site.turn()
    assert {login: one.stage for login, one in (await openings(site.hall, site.section)).items()} == dict.fromkeys(
        site.kits, Stage.ANNOUNCED
    )


async def _at_the_terminal(site: Site, name: str, login: str) -> None:
    """The same by command line."""
    folder = site.kits[login].parent
    password, files = folder / "password", []
    password.write_text(PASSWORD)
    for part, data in plaintexts(login).items() if name == "remedy" else ():
        (folder / part).write_bytes(data)
        files += ["--part", f"{part}={folder / part}"]
    asked = [
        name, site.bids[login], "--kit", str(site.kits[login]), "--key", str(site.hall.folder / f"{login}.key"),
        "--platform", site.served.origin, "--login", login, "--password-file", str(password), *files,
    ]  # fmt: skip
    said = await asyncio.to_thread(CliRunner().invoke, group, asked)
    assert said.exit_code == 0, said.output


async def _a_kit_that_does_not_fit_and_the_right_one(browser: Browser, site: Site) -> None:
    page = await _entered(browser, site, "bidder1", "/hall", 390)
    await _sound(page)
    await page.click(".mine >> text=提供密钥因子")
    await _sound(page)
    await page.set_input_files("#kit-file", site.kits["bidder2"])
    await page.click("#factor-form button")
    await expect(page.locator(".errsum")).to_be_visible(timeout=WITHIN)
    await _sound(page)
    await page.click("#factor-form summary")
    await page.fill("#factor", "A" * 43 + "=")
    await page.evaluate("document.querySelector('#factor-form').requestSubmit()")
    await expect(page.locator(".errsum")).to_contain_text("还可再试 4 次", timeout=3_000)
    await _sound(page)
    await page.set_input_files("#kit-file", site.kits["bidder1"])
    await page.dblclick("#factor-form button")
    await page.wait_for_url("**/hall")
    await site.turn()
    await expect(page.locator(".call--own")).to_contain_text("元", timeout=WITHIN)
    assert await page.locator(".call").count() == 1, "nobody waits for another"
    await _sound(page)
    await page.context.close()


async def _shown_in_plain(browser: Browser, site: Site) -> None:
    page = await _entered(browser, site, "bidder2", "/hall")
    await expect(page.locator(".mine")).to_contain_text("原因在投标人")
    await page.click(".mine >> text=提交明文补救")
    await _sound(page)
    await page.set_input_files("#kit-file", site.kits["bidder2"])
    plain = plaintexts("bidder2")
    other = {"name": "技术标.pdf", "mimeType": "application/pdf", "buffer": b"another file"}
    await page.set_input_files("#file-technical", other)
    await page.click("#remedy-form button")
    await expect(page.locator(".errsum")).to_contain_text("未发送任何内容", timeout=WITHIN)
    await page.set_input_files("#file-technical", {**other, "buffer": plain["technical"]})
    await page.set_input_files("#file-commercial", {**other, "name": "商务标.pdf", "buffer": plain["commercial"]})
    for name, value in (
        ("price", cast.BIDDERS[1].price),
        ("duration", "300"),
        ("quality", "合格"),
        ("leader", "负责人2"),
    ):
        await page.fill(f"#{name}", value)
    await _sound(page)
    await page.dblclick("#remedy-form button")
    await page.wait_for_url("**/hall", timeout=WITHIN)
    await site.turn()
    await expect(page.locator(".call--own")).to_contain_text("元", timeout=WITHIN)
    await _sound(page)
    await page.context.close()
