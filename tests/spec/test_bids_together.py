"""Bids of one section that arrive together are accepted together, and each is judged for itself (EBM 26-27)."""

import asyncio
from datetime import timedelta

import pytest_asyncio
from bidding_scene import Two, bids_of, refused
from envelopes import an_envelope, prepared, submitted
from scenes import Hall
from sqlalchemy import select

from infra.auth.certification import own_keys, revoke_key
from infra.auth.tables import Organisation
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.bidding.accepting import Taken
from trading.bidding.actions import hand_in
from trading.bidding.states import BidState
from trading.sections.queries import lock_section

LOGINS = tuple(f"bidder{number}" for number in range(1, 6))
TRANSACTIONS = "SELECT count(DISTINCT xmin::text) FROM bids WHERE id = ANY($1)"
WAITING = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"


@pytest_asyncio.fixture(loop_scope="session")
async def section(hall: Hall) -> str:
    return await hall.a_tender(600)


async def ready(hall: Hall, section: str, logins: tuple[str, ...] = LOGINS) -> dict[str, str]:
    """An uploaded bid of each bidder."""
    return {login: await prepared(hall, section, login) for login in logins}


def handing_in(hall: Hall, bids: dict[str, str]) -> dict[str, asyncio.Task[Taken]]:
    """All of them handed in at once."""
    return {login: asyncio.create_task(hand_in(hall.database, hall.actor(login), bid)) for login, bid in bids.items()}


async def until_somebody_waits(hall: Hall) -> None:
    async with hall.database.bare() as connection:
        while not await connection.fetchval(WAITING):
            await asyncio.sleep(0.01)


async def test_bids_that_arrive_together_are_accepted_in_one_transaction(hall: Hall, section: str) -> None:
    bids = await ready(hall, section)
    taken = await asyncio.gather(*handing_in(hall, bids).values())
    lines = [one for one in await hall.lines(Event.BID_SUBMITTED) if one.subject in bids.values()]
    assert {line.subject: (line.at, line.section) for line in lines} == {
        bid.id: (bid.submitted_at, section) for bid in taken
    }
    assert len(lines) == len(bids) and len({line.salt for line in lines}) == len(bids)
    assert {line.subject: line.actor for line in lines} == {bid: hall.actor(login).id for login, bid in bids.items()}
    async with hall.database.bare() as connection:
        assert await connection.fetchval(TRANSACTIONS, list(bids.values())) == 1


async def test_a_bid_never_waits_for_another_section(hall: Hall, section: str) -> None:
    sections = Two(section, await hall.a_tender(600))
    held, free = await ready(hall, sections.one), await ready(hall, sections.other)
    async with hall.database.work(SYSTEM) as work:
        await lock_section(work.session, sections.one)
        waiting = handing_in(hall, held)
        await asyncio.gather(*handing_in(hall, free).values())
        assert not any(one.done() for one in waiting.values())
    assert {bid.state for bid in await asyncio.gather(*waiting.values())} == {BidState.SUBMITTED}


async def test_a_bid_whose_bidder_is_held_up_holds_up_no_other(hall: Hall, section: str) -> None:
    bids = await ready(hall, section)
    async with hall.database.work(SYSTEM) as work:
        body = hall.bodies["bidder3"].id
        await work.session.execute(
            select(Organisation.id).where(Organisation.id == body).with_for_update(key_share=True)
        )
        tasks = handing_in(hall, bids)
        held_up = tasks.pop("bidder3")
        assert {bid.state for bid in await asyncio.gather(*tasks.values())} == {BidState.SUBMITTED}
        assert not held_up.done()
    assert (await held_up).state == BidState.SUBMITTED


async def test_a_key_revoked_while_all_wait_refuses_its_own_bid_only(hall: Hall, section: str) -> None:
    signer = await hall.give_key("bidder2", "lost among others")
    envelope = (await an_envelope(hall, section, "bidder2")).resigned(signer)
    bids = await ready(hall, section, ("bidder1", "bidder3"))
    bids["bidder2"] = await prepared(hall, section, "bidder2", envelope)
    async with hall.database.work(SYSTEM) as work:
        await lock_section(work.session, section)
        tasks = handing_in(hall, bids)
        await until_somebody_waits(hall)
        async with hall.database.work(hall.actor("bidder2")) as other:
            keys = await own_keys(other.session, hall.actor("bidder2"))
            await revoke_key(other, next(one.id for one in keys if one.certificate == signer.certificate), "lost")
    assert await refused(tasks.pop("bidder2")) == "signing.revoked"
    assert {bid.state for bid in await asyncio.gather(*tasks.values())} == {BidState.SUBMITTED}


async def test_when_the_deadline_passes_while_all_wait_each_is_late_and_logged(hall: Hall, section: str) -> None:
    bids = await ready(hall, section)
    async with hall.database.work(SYSTEM) as work:
        locked = await lock_section(work.session, section)
        tasks = handing_in(hall, bids)
        await until_somebody_waits(hall)
        locked.deadline = work.ctx.now - timedelta(seconds=1)
    assert [await refused(task) for task in tasks.values()] == ["bid.late"] * len(bids)
    lines = await hall.lines(Event.BID_REFUSED, section=section)
    assert sorted(line.subject for line in lines) == sorted(bids.values())


async def test_a_replacing_bid_and_two_of_one_bidder_among_others_leave_one_standing_each(
    hall: Hall, section: str
) -> None:
    await submitted(hall, section, "bidder1")
    bids = await ready(hall, section, LOGINS[1:])
    tasks = [*handing_in(hall, bids).values()]
    for login in ("bidder1", "bidder2"):
        another = await an_envelope(hall, section, login, marker="another")
        tasks += handing_in(hall, {login: await prepared(hall, section, login, another)}).values()
    await asyncio.gather(*tasks)
    for login in LOGINS:
        states = sorted(bid.state for bid in await bids_of(hall, section, login))
        assert states == ([BidState.REPLACED] if login in ("bidder1", "bidder2") else []) + [BidState.SUBMITTED]


async def test_two_bids_of_one_bidder_in_one_turn_with_others_leave_one_standing(hall: Hall, section: str) -> None:
    bids = await ready(hall, section)
    another = await prepared(hall, section, "bidder4", await an_envelope(hall, section, "bidder4", marker="another"))
    tasks = [*handing_in(hall, bids).values(), *handing_in(hall, {"bidder4": another}).values()]
    await asyncio.gather(*tasks)
    states = sorted(bid.state for bid in await bids_of(hall, section, "bidder4"))
    assert states == [BidState.REPLACED, BidState.SUBMITTED]


async def test_a_strangers_bid_and_one_that_nobody_knows_are_unknown_among_others(hall: Hall, section: str) -> None:
    bids = await ready(hall, section, ("bidder1", "bidder2"))
    stranger = handing_in(hall, {"bidder5": bids["bidder1"], "bidder4": "bid-nobodys"})
    tasks = handing_in(hall, bids)
    assert [await refused(task) for task in stranger.values()] == ["bid.unknown"] * 2
    assert {bid.state for bid in await asyncio.gather(*tasks.values())} == {BidState.SUBMITTED}
