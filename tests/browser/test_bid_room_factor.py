"""The bidder's own factor in the bid room: sealed with it, kept by the kit alone, and given back by kit and passphrase."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bid_rooms import PASSPHRASE, City, a_turning_city, hand_in, ready, sent_bytes
from playwright.async_api import Browser, Request, expect
from sqlalchemy import update

from infra.crypto.seal_kit import read_kit
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.sections.tables import Section

pytestmark = [pytest.mark.browser, pytest.mark.soak]

KEPT = """
async () => {
  const { all } = await import("/static/now/js/seal/idb.js");
  return JSON.stringify([await all("plans"), { ...localStorage }]);
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 1) as found:
        async with found.hall.database.work(SYSTEM) as work:
            await work.session.execute(update(Section).values(bidder_factor=True))
        yield found


async def test_requirement_09_the_factor_stands_in_the_kit_alone_and_the_kit_can_be_checked_until_the_deadline(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    sent: list[bytes] = []

    def note(request: Request) -> None:
        sent.append(sent_bytes(request))

    context.on("request", note)
    page = await city.room(context, city.sections[0])
    await expect(page.locator("#factor-notice")).to_contain_text("nobody opens your bid without you")
    await ready(page, tmp_path)
    kit = read_kit((tmp_path / "kit.json").read_bytes(), PASSPHRASE.encode())
    assert kit.factor is not None
    await hand_in(page)
    assert not [one for one in sent if kit.factor in one or b64(kit.factor).encode() in one]
    assert b64(kit.factor) not in await page.evaluate(KEPT)

    page = await city.room(context, city.sections[0])
    await page.set_input_files("#recheck-file", tmp_path / "kit.json")
    await page.fill("#recheck-passphrase", "forgotten")
    await page.click("#recheck-button")
    await expect(page.locator(".errsum")).to_contain_text("seal anew before the deadline", timeout=60_000)
    await page.fill("#recheck-passphrase", PASSPHRASE)
    await page.click("#recheck-button")
    await expect(page.locator("#recheck-line")).to_have_text("Kit and passphrase are right.", timeout=60_000)
    await context.close()
