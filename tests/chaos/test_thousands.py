"""Two thousand submissions straddling one deadline over two web processes: none late, and every accepted one proven."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from infra import timers
from infra.custody.policy import published_policy
from infra.db.journal import Line
from infra.kernel.events import Event
from infra.tlog.policy import Policy, parse_policy
from trading.archive.verify_receipt import verify_receipt
from trading.bidding.tables import Bid
from web.bench import load
from web.bench.accept import _Bid
from web.bench.ground import free_port, private_home, private_stores, web_process
from web.bench.hall import BenchHall, a_form, a_hall, seal_bid
from web.wiring import EFFECTS, LOG_NAME

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

COUNT, LINES, PART = 2000, 64, "opening-form"
BIDDING = 180.0
"""Seconds in which everybody seals and uploads; whoever is done waits for the deadline."""
FIRST, LAST = -3.0, 2.0
"""Seconds from the deadline at which the first and the last bidder press the button."""


@dataclass
class Rush:
    """What became of the bids handed in around one deadline."""

    deadline: datetime
    policy: Policy
    accepted: set[str] = field(default_factory=set)
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)
    times: dict[str, datetime] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    receipts: list[dict[str, Any]] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rush() -> AsyncIterator[Rush]:
    with ExitStack() as ending:
        home = ending.enter_context(private_home())
        settings = await asyncio.to_thread(ending.enter_context, private_stores(home))
        doors = [ending.enter_context(web_process(settings))]
        port = free_port()
        other = replace(settings, port=port, origin=f"http://127.0.0.1:{port}")
        doors.append(ending.enter_context(web_process(other)))
        async with a_hall(settings) as hall:
            yield await _rushed(hall, doors)


async def _rushed(hall: BenchHall, doors: list[int]) -> Rush:
    bidders = await hall.bring_bidders(COUNT)
    section, deadline = await hall.open_section("01", BIDDING, (PART,))
    keyset, database = await hall.keyset(section), hall.stack.database
    bids = [_Bid(one, seal_bid(one, keyset, {PART: a_form(number)})) for number, one in enumerate(bidders)]
    async with load.connected(doors[0], LINES) as lines:
        for bid, answer in zip(bids, await load.ask_all(lines, [bid.start(section) for bid in bids], 201), strict=True):
            bid.id = json.loads(answer.body)["bid"]
        await load.ask_all(lines, [bid.block() for bid in bids], 201)
    async with database.reading() as session:
        found = Rush(deadline, parse_policy(await published_policy(session, hall.stack.keys, LOG_NAME)))
        left = (deadline - (await session.execute(select(func.clock_timestamp()))).scalar_one()).total_seconds()
    assert left > -FIRST, "nobody was ready before the deadline"
    stop = asyncio.Event()
    clock = asyncio.create_task(timers.run_forever(database, EFFECTS, stop))
    await _press(found, bids, doors, asyncio.get_running_loop().time() + left)
    stop.set()
    await clock
    await _look_back(hall, section, found, bids, doors)
    return found


async def _press(found: Rush, bids: list[_Bid], doors: list[int], deadline: float) -> None:
    """Everybody's button at its own moment; half of them at either door."""
    async with load.connected(doors[0], LINES) as left, load.connected(doors[1], LINES) as right:
        free: list[asyncio.Queue[load.Line]] = [asyncio.Queue(), asyncio.Queue()]
        for queue, lines in zip(free, (left, right), strict=True):
            for line in lines:
                queue.put_nowait(line)

        async def press(place: int, bid: _Bid) -> None:
            at = deadline + FIRST + (LAST - FIRST) * place / (COUNT - 1)
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
            line = await free[place % 2].get()
            answer = await line.ask(bid.submission(), time.perf_counter())
            free[place % 2].put_nowait(line)
            if answer.status == 200:
                found.accepted.add(bid.id)
            else:
                found.refused[answer.status, json.loads(answer.body)["code"]] += 1

        await asyncio.gather(*(press(place, bid) for place, bid in enumerate(bids)))


async def _look_back(hall: BenchHall, section: str, found: Rush, bids: list[_Bid], doors: list[int]) -> None:
    async with hall.stack.database.reading() as session:
        rows = select(Bid.id, Bid.submitted_at).where(Bid.section == section, Bid.submitted_at.is_not(None))
        found.times = {bid: at for bid, at in await session.execute(rows) if at is not None}
        closed = select(Line.facts).where(Line.event == Event.SECTION_CLOSED, Line.section == section)
        found.listed = {row["bid"] for row in (await session.execute(closed)).scalar_one()["bids"]}
    for _ in range(3):
        await hall.co_sign()
    asked = [bid.receipt() for bid in bids if bid.id in found.accepted]
    async with load.connected(doors[0], LINES) as lines:
        found.receipts = [json.loads(answer.body) for answer in await load.ask_all(lines, asked, 200)]
    print(f"\nsubmissions {COUNT}, accepted {len(found.accepted)}, refused {dict(found.refused)}")


async def test_some_came_in_time_and_some_too_late(rush: Rush) -> None:
    assert rush.accepted and rush.refused
    assert len(rush.accepted) + sum(rush.refused.values()) == COUNT


async def test_whoever_was_refused_was_told_that_it_was_late(rush: Rush) -> None:
    assert {code for _, code in rush.refused} == {"bid.late"}


async def test_every_accepted_bid_came_before_the_deadline_and_stands_in_the_list(rush: Rush) -> None:
    assert set(rush.times) == rush.accepted == rush.listed
    assert max(rush.times.values()) < rush.deadline


async def test_every_accepted_bid_has_a_sound_receipt(rush: Rush) -> None:
    assert {receipt["bid"] for receipt in rush.receipts} == rush.accepted
    for receipt in rush.receipts:
        assert verify_receipt(receipt, rush.policy)["facts"]["subject"] == receipt["bid"]
