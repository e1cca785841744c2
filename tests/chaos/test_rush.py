"""The last second: twenty submissions around the deadline, over several connections; none late, none lost."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import pytest
import pytest_asyncio
from envelopes import prepared
from scenes import Hall
from sqlalchemy import func, select

from infra import timers
from infra.db.work import Database
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.actions import hand_in
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from web.wiring import EFFECTS

pytestmark = pytest.mark.soak

COUNT = 20
FIRST, LAST = -1.0, 0.6
"""Seconds from the deadline at which the first and the last bidder press the button."""


@dataclass
class Rush:
    """What became of twenty bids handed in around one deadline."""

    section: str
    deadline: datetime
    accepted: set[str]
    refused: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rush(hall: Hall) -> Rush:
    section = await hall.a_tender(6)
    logins = [f"bidder{number}" for number in range(1, COUNT + 1)]
    bids = dict(zip(logins, await asyncio.gather(*(prepared(hall, section, login) for login in logins)), strict=True))
    deadline = (await hall.section(section)).deadline
    assert hall.stack.settings.database is not None and deadline is not None
    doors = [Database(hall.stack.settings.database.sqlalchemy, pool=3) for _ in range(3)]
    async with hall.database.reading() as session:
        left = (deadline - (await session.execute(select(func.clock_timestamp()))).scalar_one()).total_seconds()
    start = asyncio.get_running_loop().time() + left
    found = Rush(section, deadline, set(), {})

    async def press(place: int, login: str) -> None:
        at = start + FIRST + (LAST - FIRST) * place / (COUNT - 1)
        await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
        try:
            found.accepted.add((await hand_in(doors[place % 3], hall.actor(login), bids[login])).id)
        except Problem as problem:
            found.refused[bids[login]] = problem.code

    stop = asyncio.Event()
    # Two workers, as two machines would run them.
    clocks = [asyncio.create_task(timers.run_forever(door, EFFECTS, stop)) for door in doors[:2]]
    await asyncio.gather(*(press(place, login) for place, login in enumerate(logins)))
    await asyncio.sleep(0.3)
    stop.set()
    await asyncio.gather(*clocks)
    for door in doors:
        await door.close()
    return found


async def test_some_came_in_time_and_some_too_late(rush: Rush) -> None:
    assert rush.accepted and rush.refused
    assert len(rush.accepted) + len(rush.refused) == COUNT


async def test_whoever_was_refused_was_late(rush: Rush) -> None:
    assert set(rush.refused.values()) == {"bid.late"}


async def test_every_accepted_bid_was_handed_in_before_the_deadline(hall: Hall, rush: Rush) -> None:
    async with hall.database.reading() as session:
        rows = select(Bid.id, Bid.submitted_at).where(Bid.section == rush.section, Bid.state == BidState.SUBMITTED)
        times = {bid: at for bid, at in await session.execute(rows)}
    assert set(times) == rush.accepted
    assert all(at is not None and at < rush.deadline for at in times.values())


async def test_the_frozen_list_is_exactly_what_was_accepted(hall: Hall, rush: Rush) -> None:
    [closing] = await hall.lines(Event.SECTION_CLOSED, section=rush.section)
    assert {row["bid"] for row in closing.facts["bids"]} == rush.accepted


async def test_the_section_was_closed_once_at_or_after_the_deadline(hall: Hall, rush: Rush) -> None:
    closings = await hall.lines(Event.SECTION_CLOSED, section=rush.section)
    assert len(closings) == 1 and closings[0].at >= rush.deadline


async def test_every_submission_and_every_refusal_is_on_record(hall: Hall, rush: Rush) -> None:
    submitted = {line.subject for line in await hall.lines(Event.BID_SUBMITTED, section=rush.section)}
    refused = {line.subject for line in await hall.lines(Event.BID_REFUSED, section=rush.section)}
    assert (submitted, refused) == (rush.accepted, set(rush.refused))
