"""The object store away at the opening and in the middle of an upload; trustees away when their keys are wanted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from mortals import a_city
from outsiders import BIDDERS, Told, a_section, lines, patiently, published
from sqlalchemy import func, select

from infra.crypto.keyset import parse_keyset
from infra.edge import random_bytes
from infra.kernel.events import Event
from trading.bidding.wire import BLOCK
from trading.opening.form import make_form
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.bench.ground import free_port
from web.client import Bidder
from web.commands.seal import seal_all
from web.demo.people import PASSWORD, People, bring_people
from web.wiring import open_stack, prepare_buckets

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]

BEFORE, AFTER = 2.0, 6.0
"""Seconds before the deadline at which something goes away, and after it at which it is back."""


@dataclass
class Stand:
    """A city with its people, and what they are told."""

    told: Told
    people: People
    home: Path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    home = tmp_path_factory.mktemp("outages")
    stage, city = await asyncio.to_thread(a_city, home, free_port())
    try:
        async with open_stack(stage.settings) as stack:
            people = await bring_people(stack.database, stack.keys, home, BIDDERS)
            await prepare_buckets(stack.objects)
            yield Stand(Told(city, stack), people, home)
    finally:
        await asyncio.to_thread(stage.close)


async def away_over_the_deadline(stand: Stand, tender: str, *names: str) -> str:
    """A section over whose deadline these are gone; the state in which it waited, told while they were still gone."""
    living = asyncio.create_task(a_section(stand.told, stand.people, stand.home, tender))
    section = f"{tender}/01"
    while not await _left(stand, section, BEFORE):
        await asyncio.sleep(0.1)
    mortals = [stand.told.city.mortals[name] for name in names]
    for mortal in mortals:
        await asyncio.to_thread(mortal.die)
    while not await _left(stand, section, -AFTER):
        await asyncio.sleep(0.1)
    async with stand.told.stack.database.reading() as session:
        waited = (await session.get_one(Section, section)).state
    for mortal in mortals:
        await asyncio.to_thread(mortal.come_back)
    await living
    return waited


async def _left(stand: Stand, section: str, seconds: float) -> bool:
    """Whether no more than so many seconds are left of the bidding."""
    async with stand.told.stack.database.reading() as session:
        row = select(Section.deadline, func.clock_timestamp()).where(Section.id == section)
        found = (await session.execute(row)).first()
    return found is not None and found[0] is not None and (found[0] - found[1]).total_seconds() <= seconds


async def opened_once(stand: Stand, section: str) -> None:
    """Every bid that was answered for is listed, opened once and checked once."""
    [closing] = await lines(stand.told, section, Event.SECTION_CLOSED)
    listed = sorted(row["bid"] for row in closing.facts["bids"])
    assert sorted(stand.told.answered[section]) == listed and len(listed) == BIDDERS
    for event in (Event.BID_OPENED, Event.BID_FILES_CHECKED):
        assert sorted(line.subject for line in await lines(stand.told, section, event)) == listed


async def test_a_section_whose_store_is_away_at_the_deadline_opens_when_it_is_back(stand: Stand) -> None:
    waited = await away_over_the_deadline(stand, "YH-OUT-001", "objects")
    assert waited == SectionState.DECRYPTING
    await opened_once(stand, "YH-OUT-001/01")


async def test_a_section_of_which_two_trustees_are_away_waits_and_opens_when_they_are_back(stand: Stand) -> None:
    waited = await away_over_the_deadline(stand, "YH-OUT-002", "trustee-agent", "trustee-centre")
    assert waited not in (SectionState.OPENED, SectionState.BIDDING)
    await opened_once(stand, "YH-OUT-002/01")


async def test_a_section_of_which_one_trustee_is_away_opens_without_it(stand: Stand) -> None:
    waited = await away_over_the_deadline(stand, "YH-OUT-003", "trustee-supervisor")
    assert waited == SectionState.OPENED
    await opened_once(stand, "YH-OUT-003/01")


async def test_an_upload_whose_store_dies_in_the_middle_goes_on_from_the_blocks_that_were_answered_for(
    stand: Stand,
) -> None:
    await published(stand.told.stack, stand.people, "YH-OUT-004")
    section, desk = "YH-OUT-004/01", stand.home / "cut"
    desk.mkdir()
    files = {name: desk / f"{name}.pdf" for name in ("commercial", "technical")}
    files["commercial"].write_bytes(b"%PDF-1.7 commercial")
    files["technical"].write_bytes(b"".join(random_bytes(BLOCK) for _ in range(6)))
    files["opening-form"] = desk / "form.json"
    files["opening-form"].write_bytes(make_form("9000001.00", "300", "合格", "bidder1"))
    bidder = Bidder(stand.told.city.settings.origin, stand.people.signers["bidder1"])
    await bidder.sign_in("bidder1", PASSWORD)
    sealed = desk / "sealed"
    sealed.mkdir()
    keyset = parse_keyset(await bidder.keyset(section))
    await asyncio.to_thread(seal_all, keyset, stand.people.body("bidder1").credit_code, None, files, None, sealed)
    first = await bidder.start(section, sealed)
    half = {"technical": first["missing"]["technical"][:3]}
    await bidder.upload(first["bid"], sealed, half)
    store = stand.told.city.mortals["objects"]
    await asyncio.to_thread(store.die)
    back = asyncio.create_task(asyncio.to_thread(store.come_back))
    again = await patiently(lambda: bidder.start(section, sealed))
    assert again is not None and set(again["missing"]["technical"]).isdisjoint(half["technical"])
    await patiently(lambda: bidder.bid(section, sealed))
    await back
    receipt = await bidder.receipt(first["bid"])
    await bidder.close()
    assert receipt["bid"] == first["bid"]
