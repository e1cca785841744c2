"""Bids under way: every open section of one's tenders with its parts (requirements 7 and 8), never another bidder's."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from envelopes import an_envelope, start, submitted
from scenes import FAR, Hall, a_hall
from two_envelopes import a_two_envelope_tender, submitted_pair

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.bidding.uploads import put_block


@dataclass
class Desk:
    """Two sections of two tenders; bidder1 has handed in for the first and begun to upload for the second."""

    hall: Hall
    one: str
    other: str

    async def get(self, path: str, login: str = "bidder1") -> str:
        async with await self.hall.client(login) as client:
            answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Desk]:
    async with a_hall(postgres, template, objects, bidders=2) as hall:
        one, other = [await hall.a_tender(1500) for _ in range(2)]
        await submitted(hall, one, "bidder1")
        envelope = await an_envelope(hall, other, "bidder1")
        bid = await start(hall, "bidder1", envelope)
        block = envelope.blocks("commercial")[0]
        await put_block(hall.database, hall.objects, hall.actor("bidder1"), bid.id, "commercial", 0, block)
        yield Desk(hall, one, other)


@pytest.mark.parametrize("path", ["/en/bids", "/en/desk"])
async def test_requirement_08_every_section_tells_which_of_its_parts_have_arrived(desk: Desk, path: str) -> None:
    listed = (await desk.get(path)).partition('id="preparing-list"')[2].partition("</section>")[0]
    first, second = listed.split('<li data-section="')[1:]
    assert first.startswith(desk.one) and second.startswith(desk.other)
    assert first.count("handed in") == 3
    assert second.count(">arrived<") == 1 and second.count("nothing yet") == 2 and "Not handed in yet" in second


async def test_another_bidder_sees_nothing_of_it(desk: Desk) -> None:
    for path in ("/en/bids", "/en/desk"):
        assert "data-section=" not in (await desk.get(path, "bidder2")).partition('id="preparing-list"')[2]
    told = await desk.get(f"/en/bids/preparing?section={desk.one}&section={desk.other}", "bidder2")
    assert told.count("data-section=") == 2 and told.count("nothing yet") == 6


async def test_a_section_that_only_the_browser_knows_is_listed_and_nonsense_is_passed_over(desk: Desk) -> None:
    told = await desk.get(f"/en/bids/preparing?section=..%2F..&section=NO-SUCH/01&section={desk.other}", "bidder2")
    assert told.count("data-section=") == 1


async def test_of_two_envelopes_the_price_envelope_is_listed_too(desk: Desk) -> None:
    section = await a_two_envelope_tender(desk.hall, FAR)
    told = await desk.get(f"/en/bids/preparing?section={section}", "bidder2")
    assert re.findall(r'data-part="([a-z-]+)"', told) == ["commercial", "opening-form", "technical", "price"]
    await submitted_pair(desk.hall, section, "bidder2")
    assert (await desk.get("/en/bids/preparing", "bidder2")).count("handed in") == 4
