"""Bidding 投标: what is accepted, may be repeated, replaced and withdrawn (TBL 29, EBM 27)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest_asyncio
from bidding_scene import Two, bids_of, blocks_of, refused, stored
from envelopes import (
    Envelope,
    an_envelope,
    prepared,
    start,
    submitted,
    upload,
    withdrawn,
)
from scenes import Hall

from infra.db.work import Database
from infra.kernel.canonical import b64, parse
from infra.kernel.events import Event
from trading.bidding.actions import hand_in, receive_block, withdraw
from trading.bidding.receipts import find_receipt
from trading.bidding.rehearsing import record_rehearsal
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.bidding.uploads import missing_blocks, put_block
from trading.bidding.wire import withdrawal_message


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tenders(hall: Hall) -> Two:
    return Two(await hall.a_tender(600), await hall.a_tender(700))


async def refused_at_hand_in(hall: Hall, envelope: Envelope, login: str = "bidder1") -> str:
    """The code with which this bid is refused when its every block is uploaded and it is handed in."""
    bid = await start(hall, login, envelope)
    await upload(hall, login, bid.id, envelope)
    return await refused(hand_in(hall.database, hall.actor(login), bid.id))


# ---- accepted -------------------------------------------------------------------------------------------------------


async def test_a_complete_bid_is_accepted_before_its_deadline(hall: Hall, tenders: Two) -> None:
    bid = await submitted(hall, tenders.one, "bidder1")
    deadline = (await hall.section(tenders.one)).deadline
    assert bid.state == BidState.SUBMITTED and bid.submitted_at is not None and deadline is not None
    assert bid.submitted_at < deadline


async def test_the_logged_time_is_the_one_compared_with_the_deadline(hall: Hall, tenders: Two) -> None:
    bid = await submitted(hall, tenders.one, "bidder1", await an_envelope(hall, tenders.one, marker="time"))
    [line] = [one for one in await hall.lines(Event.BID_SUBMITTED, Event.BID_REPLACED) if one.subject == bid.id]
    assert line.at == bid.submitted_at


async def test_handing_in_twice_is_one_submission(hall: Hall, tenders: Two) -> None:
    bid = await prepared(hall, tenders.one, "bidder2")
    first, second = await asyncio.gather(
        hand_in(hall.database, hall.actor("bidder2"), bid), hand_in(hall.database, hall.actor("bidder2"), bid)
    )
    assert first.id == second.id and first.submitted_at == second.submitted_at
    assert len([one for one in await hall.lines(Event.BID_SUBMITTED) if one.subject == bid]) == 1


async def test_starting_the_same_manifest_many_times_at_once_is_one_bid(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.one, "bidder3")
    bids = await asyncio.gather(*(start(hall, "bidder3", envelope) for _ in range(4)))
    assert len({bid.id for bid in bids}) == 1


async def test_two_bids_of_one_bidder_handed_in_at_once_leave_one_standing(hall: Hall, tenders: Two) -> None:
    bids = [
        await prepared(hall, tenders.one, "bidder4", await an_envelope(hall, tenders.one, "bidder4", marker=mark))
        for mark in ("first", "second", "third")
    ]
    await asyncio.gather(*(hand_in(hall.database, hall.actor("bidder4"), bid) for bid in bids))
    states = sorted(bid.state for bid in await bids_of(hall, tenders.one, "bidder4"))
    assert states == [BidState.REPLACED, BidState.REPLACED, BidState.SUBMITTED]


async def test_more_bids_at_once_than_there_are_connections_are_all_accepted_in_turn(hall: Hall, tenders: Two) -> None:
    assert hall.stack.settings.database is not None
    door = Database(hall.stack.settings.database.sqlalchemy, pool=1)
    logins = [f"bidder{number}" for number in range(1, 9)]
    bids = {
        login: await prepared(hall, tenders.one, login, await an_envelope(hall, tenders.one, login, marker="rush"))
        for login in logins
    }
    taken = await asyncio.gather(*(hand_in(door, hall.actor(login), bid) for login, bid in bids.items()))
    await door.close()
    assert {bid.id: bid.state for bid in taken} == dict.fromkeys(bids.values(), BidState.SUBMITTED)


async def test_what_is_told_of_an_accepted_bid_is_what_is_kept(hall: Hall, tenders: Two) -> None:
    told = await submitted(hall, tenders.one, "bidder6", await an_envelope(hall, tenders.one, "bidder6", marker="told"))
    [kept] = [bid for bid in await bids_of(hall, tenders.one, "bidder6") if bid.id == told.id]
    [line] = [one for one in await hall.lines(Event.BID_SUBMITTED, Event.BID_REPLACED) if one.subject == told.id]
    assert (kept.state, kept.digest, kept.submitted_at) == (told.state, told.digest, told.submitted_at)
    assert (kept.line, kept.last_line, line.section) == (line.id, line.id, tenders.one)
    assert line.salt is not None and line.link_salt is not None and len({line.salt, line.link_salt}) == 2


async def test_sending_the_same_block_again_changes_nothing(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.one, "bidder5")
    bid = await start(hall, "bidder5", envelope)
    block = envelope.blocks("technical")[0]
    put = [
        await put_block(hall.database, hall.objects, hall.actor("bidder5"), bid.id, "technical", 0, block)
        for _ in range(2)
    ]
    assert put == [True, False] and len(await blocks_of(hall, bid.id)) == 1


async def test_an_upload_is_resumed_where_it_stopped(hall: Hall, tenders: Two) -> None:
    envelope = await an_envelope(hall, tenders.one, "bidder5", marker="resumed")
    bid = await start(hall, "bidder5", envelope)
    first = envelope.blocks("commercial")[0]
    await put_block(hall.database, hall.objects, hall.actor("bidder5"), bid.id, "commercial", 0, first)
    again = await start(hall, "bidder5", envelope)
    async with hall.database.reading() as session:
        missing = await missing_blocks(session, again.id)
    assert again.id == bid.id
    assert missing == {"commercial": [], "opening-form": [0], "technical": [0]}


# ---- replacing and withdrawing --------------------------------------------------------------------------------------


async def test_a_replaced_bids_ciphertext_is_deleted_from_the_store(hall: Hall, tenders: Two) -> None:
    old = await submitted(hall, tenders.other, "bidder1")
    kept = await blocks_of(hall, old.id)
    await submitted(hall, tenders.other, "bidder1", await an_envelope(hall, tenders.other, marker="new"))
    await hall.jobs()
    assert kept and not any(await stored(hall, kept)) and not await blocks_of(hall, old.id)


async def test_a_replacement_says_in_the_log_what_it_replaces(hall: Hall, tenders: Two) -> None:
    old = await submitted(hall, tenders.other, "bidder2")
    new = await submitted(hall, tenders.other, "bidder2", await an_envelope(hall, tenders.other, "bidder2", marker="n"))
    [line] = [one for one in await hall.lines(Event.BID_REPLACED) if one.subject == new.id]
    assert line.facts["replaces"] == old.id


async def test_a_withdrawn_bids_ciphertext_is_deleted_from_the_store(hall: Hall, tenders: Two) -> None:
    bid = await submitted(hall, tenders.other, "bidder3")
    kept = await blocks_of(hall, bid.id)
    assert (await withdrawn(hall, "bidder3", bid)).state == BidState.WITHDRAWN
    await hall.jobs()
    assert kept and not any(await stored(hall, kept))


async def test_after_a_withdrawal_the_bidder_may_bid_again(hall: Hall, tenders: Two) -> None:
    await withdrawn(hall, "bidder4", await submitted(hall, tenders.other, "bidder4"))
    again = await submitted(
        hall, tenders.other, "bidder4", await an_envelope(hall, tenders.other, "bidder4", marker="n")
    )
    assert again.state == BidState.SUBMITTED


async def test_withdrawing_twice_is_one_withdrawal(hall: Hall, tenders: Two) -> None:
    bid = await submitted(hall, tenders.other, "bidder5")
    await withdrawn(hall, "bidder5", bid)
    assert (await withdrawn(hall, "bidder5", bid)).state == BidState.WITHDRAWN
    assert len([one for one in await hall.lines(Event.BID_WITHDRAWN) if one.subject == bid.id]) == 1


async def test_a_withdrawal_signed_wrongly_is_refused_and_the_bid_stands(hall: Hall, tenders: Two) -> None:
    bid = await submitted(hall, tenders.other, "bidder6")
    for signature in (
        hall.signers["bidder7"].sign(withdrawal_message(bid.digest)),
        hall.signers["bidder6"].sign(bid.digest),
    ):
        assert await refused(withdrawal(hall, bid, signature)) == "signing.bad-signature"
    [standing] = await bids_of(hall, tenders.other, "bidder6")
    assert standing.state == BidState.SUBMITTED


async def withdrawal(hall: Hall, bid: Bid, signature: bytes) -> None:
    async with hall.database.work(hall.actor("bidder6")) as work:
        await withdraw(work, hall.authority, bid.id, signature)


async def test_a_bid_that_was_only_started_cannot_be_withdrawn(hall: Hall, tenders: Two) -> None:
    bid = await start(hall, "bidder7", await an_envelope(hall, tenders.other, "bidder7"))
    assert await refused(withdrawn(hall, "bidder7", bid)) == "workflow.not-now"


# ---- receipts -------------------------------------------------------------------------------------------------------


async def test_a_receipt_holds_the_submission_and_tells_nothing_of_others(hall: Hall, tenders: Two) -> None:
    bid = await submitted(hall, tenders.other, "bidder7")

    async def receipt() -> dict[str, Any] | None:
        return await find_receipt(hall.database, hall.actor("bidder7"), bid.id)

    found = await hall.until(receipt)
    event = parse(found["event"].encode())
    assert set(event) == {"actor", "at", "event", "facts", "link", "section"}
    assert set(event["facts"]) == {"subject", "manifest", "signature", "certificate"}
    assert event["facts"]["manifest"] == b64(bid.digest)
    assert set(found) == {"format", "section", "bid", "manifest", "parts", "event", "salt", "proof"}


async def test_a_bid_that_was_only_started_has_no_receipt(hall: Hall, tenders: Two) -> None:
    bid = await start(hall, "bidder6", await an_envelope(hall, tenders.other, "bidder6"))
    assert await refused(find_receipt(hall.database, hall.actor("bidder6"), bid.id)) == "bid.not-submitted"


# ---- no longer under way --------------------------------------------------------------------------------------------


async def test_a_withdrawn_bid_is_neither_handed_in_again_nor_filled_and_nothing_is_logged(
    hall: Hall, tenders: Two
) -> None:
    envelope = await an_envelope(hall, tenders.other, "bidder8")
    bid = await submitted(hall, tenders.other, "bidder8", envelope)
    await withdrawn(hall, "bidder8", bid)
    before = len(await hall.lines(Event.BID_REFUSED, section=tenders.other))
    actor, block = hall.actor("bidder8"), envelope.blocks("technical")[0]
    assert await refused(hand_in(hall.database, actor, bid.id)) == "bid.not-open"
    again = receive_block(hall.database, hall.objects, actor, bid.id, "technical", 0, block)
    assert await refused(again) == "bid.not-open"
    assert len(await hall.lines(Event.BID_REFUSED, section=tenders.other)) == before


async def test_a_bidders_account_without_a_body_can_do_nothing_with_a_bid(hall: Hall, tenders: Two) -> None:
    hall.actors["bodiless"] = bodiless = replace(hall.actor("bidder6"), organisation=None)
    assert await refused(start(hall, "bodiless", await an_envelope(hall, tenders.one, "bidder6"))) == "bid.bidder"
    async with hall.database.work(bodiless) as work:
        assert await refused(record_rehearsal(work, tenders.one, bytes(32))) == "bid.bidder"
