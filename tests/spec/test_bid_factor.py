"""The bidder's own factor B: where a section asks for it every part needs it, and nobody hands in without a tried kit."""

import pytest_asyncio
from bidding_scene import Two, refused
from envelopes import Envelope, an_envelope, start, upload
from scenes import Hall
from sqlalchemy import update

from infra.edge import random_bytes
from infra.kernel.context import SYSTEM
from trading.bidding.actions import hand_in
from trading.bidding.rehearsing import record_rehearsal
from trading.bidding.states import BidState
from trading.sections.tables import Section


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tenders(hall: Hall) -> Two:
    """`one` asks for the factor, `other` does not."""
    found = Two(await hall.a_tender(600), await hall.a_tender(700))
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Section).where(Section.id == found.one).values(bidder_factor=True))
    return found


async def test_a_bid_sealed_with_its_bidders_factor_is_accepted_after_the_rehearsal(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.one, "bidder1", random_bytes(32))
    bid = await uploaded(hall, "bidder1", envelope)
    assert await refused(hand_in(hall.database, hall.actor("bidder1"), bid)) == "bid.not-rehearsed"
    async with hall.database.work(hall.actor("bidder1")) as work:
        assert await record_rehearsal(work, tenders.one, envelope.manifest.digest)
    taken = await hand_in(hall.database, hall.actor("bidder1"), bid)
    assert taken.state == BidState.SUBMITTED


async def test_a_bid_without_the_factor_is_refused_at_its_first_block_where_the_section_asks_for_one(
    hall: Hall, tenders: Two
) -> None:
    envelope = await an_envelope(hall, tenders.one, "bidder2")
    bid = await start(hall, "bidder2", envelope)
    assert await refused(upload(hall, "bidder2", bid.id, envelope)) == "seal.bidder"


async def test_a_bid_with_a_factor_is_refused_at_its_first_block_where_the_section_asks_for_none(
    hall: Hall, tenders: Two
) -> None:
    envelope = await an_envelope(hall, tenders.other, "bidder2", random_bytes(32))
    bid = await start(hall, "bidder2", envelope)
    assert await refused(upload(hall, "bidder2", bid.id, envelope)) == "seal.policy"


async def test_a_factor_asked_for_after_the_upload_is_missed_when_the_bid_is_handed_in(
    hall: Hall, tenders: Two
) -> None:
    section = await hall.a_tender(600)
    envelope = await an_envelope(hall, section, "bidder3")
    bid = await uploaded(hall, "bidder3", envelope)
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Section).where(Section.id == section).values(bidder_factor=True))
    async with hall.database.work(hall.actor("bidder3")) as work:
        await record_rehearsal(work, section, envelope.manifest.digest)
    assert await refused(hand_in(hall.database, hall.actor("bidder3"), bid)) == "seal.bidder"


async def uploaded(hall: Hall, login: str, envelope: Envelope) -> str:
    bid = await start(hall, login, envelope)
    await upload(hall, login, bid.id, envelope)
    return bid.id
