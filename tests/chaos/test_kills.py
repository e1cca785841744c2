"""Fifty SIGKILLs at random moments of whole sections: nothing receipted is lost, nothing happens twice, no log forks.

`make soak` prints the figures; `OPENHALL_KILLS` sets another number, `OPENHALL_CHANCE` repeats a run's choices.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from mortals import Reaper, Watcher, a_city
from outsiders import BIDDERS, Told, a_section, lines

from infra.crypto import merkle
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.tlog.policy import parse_policy
from infra.tlog.tiles import tiles_of
from trading.archive.verify_receipt import verify_receipt
from web.bench.ground import free_port
from web.demo.people import People, bring_people
from web.wiring import open_stack, prepare_buckets

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1200)]

KILLS = int(os.environ.get("OPENHALL_KILLS", "50"))
CHANCE = int(os.environ.get("OPENHALL_CHANCE", "0")) or random.SystemRandom().randrange(1, 1 << 31)
PAUSE = (0.5, 2.5)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    home = tmp_path_factory.mktemp("mortal-city")
    stage, city = await asyncio.to_thread(a_city, home, free_port())
    watcher = Watcher(city)
    try:
        async with open_stack(stage.settings) as stack:
            people = await bring_people(stack.database, stack.keys, home, BIDDERS)
            await prepare_buckets(stack.objects)
            found = Told(city, stack)
            watcher.start()
            await _live_through(found, people, home)
            watcher.stop()
            yield found
    finally:
        await asyncio.to_thread(stage.close)


async def _live_through(told: Told, people: People, home: Path) -> None:
    """Section after section while the reaper is at work, and what is left after its last kill."""
    reaper = Reaper(told.city, KILLS, random.Random(CHANCE), PAUSE)
    reaper.start()
    number = 0
    while reaper.is_alive() or number == 0:
        number += 1
        await a_section(told, people, home, f"YH-KILL-{number:03d}")
        assert reaper.error is None, reaper.error
    told.policy = await _policy(told.city.settings.origin)
    killed = ", ".join(f"{name} {count}" for name, count in sorted(told.city.deaths().items()))
    print(
        f"\nkills {sum(told.city.deaths().values())} ({killed}); chance {CHANCE}; sections {len(told.sections)}; "
        f"bids answered {sum(map(len, told.answered.values()))}, too late {told.late}; receipts {len(told.receipts)}; "
        f"checkpoints remembered {len(told.city.remembered)}"
    )


async def _policy(origin: str) -> str:
    """The log's policy, as soon as the web process is there again: the last kill may have been its own."""
    async with httpx.AsyncClient(base_url=origin, trust_env=False) as client:
        for _ in range(300):
            with suppress(httpx.HTTPError):
                return (await client.get("/log/policy.txt")).raise_for_status().text
            await asyncio.sleep(0.2)
    raise AssertionError("the web process did not come back")


async def test_every_process_died_and_the_number_of_kills_was_reached(told: Told) -> None:
    assert sum(told.city.deaths().values()) == KILLS
    assert min(told.city.deaths().values()) >= KILLS // len(told.city.mortals)


async def test_no_bid_that_was_answered_for_is_missing_from_the_frozen_list(told: Told) -> None:
    for section in told.sections:
        [closing] = await lines(told, section, Event.SECTION_CLOSED)
        assert told.answered[section] <= {row["bid"] for row in closing.facts["bids"]}


async def test_every_receipt_is_sound(told: Told) -> None:
    policy = parse_policy(told.policy)
    assert told.receipts and [verify_receipt(receipt, policy)["event"] for receipt in told.receipts]


async def test_every_listed_bid_of_an_open_section_was_opened_exactly_once(told: Told) -> None:
    for section in told.sections:
        [closing] = await lines(told, section, Event.SECTION_CLOSED)
        listed = sorted(row["bid"] for row in closing.facts["bids"]) if closing.facts["outcome"] == "open" else []
        assert sorted(line.subject for line in await lines(told, section, Event.BID_OPENED)) == listed
        assert sorted(line.subject for line in await lines(told, section, Event.BID_FILES_CHECKED)) == listed
        assert len(await lines(told, section, Event.SECTION_OPENED)) == (1 if listed else 0)


async def test_the_log_grew_out_of_every_checkpoint_that_anybody_remembers(told: Told) -> None:
    assert told.city.forks == []
    async with httpx.AsyncClient(base_url=told.city.settings.origin, trust_env=False) as client:
        note = (await client.get("/log/checkpoint")).text
        size = int(note.split("\n")[1])
        paths = [tile.path for tile in tiles_of(size) if tile.level == 0]
        leaves = b"".join([(await client.get(f"/log/{path}")).raise_for_status().content for path in paths])
    hashes = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    assert len(hashes) == size and len(told.city.remembered) > 10
    for remembered, root in told.city.remembered.items():
        assert b64(merkle.root(hashes[:remembered])) == root
