"""The bid room with two envelopes: typed once, sealed twice, handed in together; no price leaves the browser unsealed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bid_rooms import City, a_turning_city, hand_in, ready, sent_bytes
from playwright.async_api import Browser, Request, expect
from scenes import FAR
from sqlalchemy import select
from two_envelopes import a_two_envelope_tender

from infra.crypto.manifest import parse_manifest
from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.bidding.tables import Bid, BidPart

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 0) as found:
        found.sections.append(await a_two_envelope_tender(found.hall, FAR))
        yield found


async def test_a_bid_in_two_envelopes_is_typed_once_and_handed_in_whole(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    sent: list[bytes] = []

    def note(request: Request) -> None:
        sent.append(sent_bytes(request))

    context.on("request", note)
    page = await city.room(context, city.sections[0])
    await expect(page.locator("[data-task=price]")).to_be_visible()
    await ready(page, tmp_path)
    bid = await hand_in(page)
    async with city.hall.database.reading() as session:
        row = await session.get_one(Bid, bid)
        parts = set((await session.execute(select(BidPart.part).where(BidPart.bid == bid))).scalars())
    assert row.second_manifest is not None
    assert [one.part for one in parse_manifest(row.second_manifest.encode()).parts] == ["price"]
    assert parts == {"commercial", "opening-form", "technical", "price"}
    for secret in (b"9310000", b"9,310,000", "温如海".encode(), "玖佰叁拾壹".encode()):
        assert not [one for one in sent if secret in one], secret
    assert await page.evaluate("window.violations") == []
    await context.close()
