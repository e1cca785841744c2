"""Whoever watches a channel gets everything told on it, once and in order, wherever it was committed."""

import asyncio
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from infra.db.work import Database
from infra.kernel.channels import BOARD, messages_channel, section_channel
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.live import AT_ONCE, REMEMBERED, BehindError, Hub, Watcher, cursor_of, outdated
from infra.live_table import LiveEvent

LONG, SHORT = 20.0, 0.2
SECTION = "YH-T-1/01"
CHANNEL = section_channel(SECTION)


async def say(database: Database, *subjects: str, channel: str = CHANNEL) -> None:
    async with database.work(SYSTEM) as work:
        for subject in subjects:
            work.tell(channel, "test", subject)


async def heard(watcher: Watcher, count: int) -> list[str]:
    """The subjects of the next so many events; their numbers follow each other without a gap."""
    found: list[str] = []
    before = watcher.cursor
    async with asyncio.timeout(LONG):
        while len(found) < count:
            told = await watcher.next(LONG)
            assert told is not None
            assert [one.number for one in told] == list(range(before + 1, before + 1 + len(told)))
            before += len(told)
            found += [one.subject for one in told]
    return found


async def test_a_watcher_hears_of_what_is_committed(hub: Hub, database: Database) -> None:
    async with hub.watching(CHANNEL, 0) as watcher:
        assert await watcher.next(0.01) == []
        await say(database, "a", "b")
        assert await heard(watcher, 2) == ["a", "b"]


async def test_what_is_rolled_back_is_told_to_nobody_and_leaves_no_gap(hub: Hub, database: Database) -> None:
    async with hub.watching(CHANNEL, 0) as watcher:
        await say(database, "a")
        with suppress(ValueError):
            async with database.work(SYSTEM) as work:
                work.tell(CHANNEL, "test", "never")
                await work.finish()
                raise ValueError
        await say(database, "b")
        assert await heard(watcher, 2) == ["a", "b"]


async def test_a_watcher_hears_of_its_own_channel_only_and_its_numbers_tell_nothing_of_others(
    hub: Hub, database: Database
) -> None:
    async with hub.watching(CHANNEL, 0) as watcher:
        for number in range(7):
            await say(database, f"secret-{number}", channel=messages_channel("somebody"))
        await say(database, "mine")
        assert await heard(watcher, 1) == ["mine"]
        assert watcher.cursor == 1


async def test_a_slow_transaction_that_began_first_is_neither_lost_nor_told_twice(hub: Hub, database: Database) -> None:
    """Numbers follow the order of commits: who has seen one number has seen all before it."""
    began, go = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.work(SYSTEM) as work:
            work.tell(CHANNEL, "test", "slow")
            await work.session.execute(text("SELECT 1"))
            began.set()
            await go.wait()

    async with hub.watching(CHANNEL, 0) as watcher:
        task = asyncio.create_task(slow())
        await began.wait()
        await say(database, "quick")
        assert await heard(watcher, 1) == ["quick"]
        go.set()
        await task
        assert await heard(watcher, 1) == ["slow"]


async def test_a_transaction_that_waits_between_its_numbers_and_its_commit_holds_back_all_later_numbers(
    hub: Hub, database: Database
) -> None:
    async with hub.watching(CHANNEL, 0) as watcher, AsyncExitStack() as stack:
        first = await stack.enter_async_context(database.work(SYSTEM))
        first.tell(CHANNEL, "test", "first")
        await first.finish()
        first._tellings.clear()
        second = asyncio.create_task(say(database, "second"))
        await asyncio.sleep(SHORT)
        assert not second.done()
        assert await watcher.next(0.01) == []
        await stack.aclose()
        await second
        assert await heard(watcher, 2) == ["first", "second"]


async def test_many_who_tell_at_once_are_all_heard_once(hub: Hub, database: Database) -> None:
    async with hub.watching(CHANNEL, 0) as watcher:
        await asyncio.gather(*(say(database, f"{number}", f"{number}+") for number in range(60)))
        found = await heard(watcher, 120)
    assert sorted(found) == sorted(f"{number}{plus}" for number in range(60) for plus in ("", "+"))


async def test_a_cursor_resumes_where_it_stopped(hub: Hub, database: Database) -> None:
    await say(database, "a", "b", "c")
    async with hub.watching(CHANNEL, 1) as watcher:
        assert await heard(watcher, 2) == ["b", "c"]
        await say(database, "d")
        assert await heard(watcher, 1) == ["d"]
    async with database.reading() as session:
        assert await cursor_of(session, CHANNEL) == 4
        assert await cursor_of(session, BOARD) == 0


async def test_a_watcher_that_does_not_look_for_long_reads_what_memory_has_forgotten(
    hub: Hub, database: Database
) -> None:
    wanted = [f"{number}" for number in range(REMEMBERED + AT_ONCE + 9)]
    async with hub.watching(CHANNEL, 0) as quick, hub.watching(CHANNEL, 0) as slow:
        assert await slow.next(0.01) == []
        await say(database, *wanted)
        assert await heard(quick, len(wanted)) == wanted
        assert await heard(slow, len(wanted)) == wanted


async def test_a_lost_database_connection_loses_nothing(hub: Hub, database: Database) -> None:
    async with hub.watching(CHANNEL, 0) as watcher:
        await say(database, "a")
        assert await heard(watcher, 1) == ["a"]
        while (line := hub._bell._line) is None:
            await asyncio.sleep(0.01)
        line.terminate()
        await say(database, "b")
        assert await heard(watcher, 1) == ["b"]


async def test_a_cursor_that_was_never_given_out_is_refused(hub: Hub, database: Database) -> None:
    await say(database, "a")
    for cursor, channel in ((7, CHANNEL), (1, BOARD)):
        async with hub.watching(channel, cursor) as watcher:
            with pytest.raises(BehindError):
                await watcher.next(SHORT)


async def test_what_is_old_is_forgotten_but_the_count_goes_on_and_who_missed_it_is_told(
    hub: Hub, database: Database
) -> None:
    await say(database, "a", "b", "c")
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(LiveEvent).values(at=LiveEvent.at - timedelta(days=9)))
        await work.session.execute(outdated(timedelta(days=2)))
    async with database.reading() as session:
        assert list((await session.execute(select(LiveEvent.number))).scalars()) == [3]
    await say(database, "d")
    for cursor in (2, 3):
        async with hub.watching(CHANNEL, cursor) as watcher:
            assert (await heard(watcher, 4 - cursor))[-1] == "d"
    for cursor in (0, 1):
        async with hub.watching(CHANNEL, cursor) as watcher:
            with pytest.raises(BehindError):
                await watcher.next(SHORT)


async def test_a_closed_hub_ends_every_watch_and_begins_none(hub: Hub) -> None:
    async with hub.watching(CHANNEL, 0) as watcher:
        assert await watcher.next(SHORT) == []
        waiting = asyncio.create_task(watcher.next(LONG))
        await asyncio.sleep(SHORT)
        await hub.close()
        assert await waiting is None
    async with hub.watching(CHANNEL, 0) as watcher:
        assert await watcher.next(LONG) is None


async def test_a_full_hub_refuses(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.live.MOST_WATCHERS", 1)
    async with hub.watching(CHANNEL, 0):
        with pytest.raises(Problem, match=r"live\.full"):
            async with hub.watching(CHANNEL, 0):
                pass


async def test_a_journal_line_is_told_to_those_whom_it_concerns(hub: Hub, database: Database) -> None:
    async with hub.watching(CHANNEL, 0) as section, hub.watching(BOARD, 0) as board:
        async with database.work(SYSTEM) as work:
            work.record(Event.BID_OPENED, "bid-1", section=SECTION, region="420500")
        async with database.work(SYSTEM) as work:
            work.record(Event.SECTION_OPENED, SECTION, section=SECTION, region="420500")
        assert await heard(section, 2) == ["bid-1", SECTION]
        assert await heard(board, 1) == [SECTION]


@pytest.mark.parametrize(
    "event", [Event.BID_SUBMITTED, Event.BID_REPLACED, Event.BID_WITHDRAWN, Event.INVITATION_ACCEPTED]
)
async def test_what_is_secret_is_told_to_nobody(database: Database, event: Event) -> None:
    async with database.work(SYSTEM) as work:
        work.record(event, "bid-1", section=SECTION, region="420500")
    async with database.reading() as session:
        assert list(await session.execute(select(LiveEvent.id))) == []
