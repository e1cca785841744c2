"""The sequencer: every journal line becomes one leaf, once, in a padded batch, whoever is at work and whatever crashes."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select, text, update

from infra.crypto import merkle
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.canonical import parse, unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.timers import schedule
from infra.timers_table import Timer
from infra.tlog import entry, store
from infra.tlog.note import parse_note, verify_note
from infra.tlog.sequencer import LogKeys, beat, event_of
from infra.tlog.tables import Checkpoint, Entries, Period


async def record(database: Database, count: int, section: str | None = "YH-1/01", start: int = 0) -> None:
    async with database.work(SYSTEM) as work:
        for number in range(start, start + count):
            work.record(Event.NOTICE_PUBLISHED, f"notice-{number}", section=section, n=number)


async def lines(database: Database) -> list[Line]:
    async with database.reading() as session:
        return list((await session.execute(select(Line).order_by(Line.leaf))).scalars())


async def checkpoints(database: Database) -> list[Checkpoint]:
    async with database.reading() as session:
        return list((await session.execute(select(Checkpoint).order_by(Checkpoint.size))).scalars())


async def entries(database: Database) -> list[bytes]:
    """The 32-byte entries of the whole log."""
    async with database.reading() as session:
        data = b"".join((await session.execute(select(Entries.entries).order_by(Entries.first))).scalars())
    return [data[at : at + 32] for at in range(0, len(data), 32)]


async def test_every_line_that_bears_on_rights_becomes_one_leaf(database: Database, log_keys: LogKeys) -> None:
    await record(database, 5)
    async with database.work(SYSTEM) as work:
        work.record(Event.ACCOUNT_SIGNED_IN, "account-1")
    await beat(database, log_keys)
    found = await lines(database)
    assert [line.leaf is None for line in found if line.event == Event.ACCOUNT_SIGNED_IN] == [True]
    placed = [line for line in found if line.event == Event.NOTICE_PUBLISHED]
    there = await entries(database)
    assert all(line.leaf is not None and there[line.leaf] == line.entry for line in placed)


@pytest.mark.parametrize(("count", "size"), [(0, 8), (1, 8), (7, 8), (8, 64), (63, 64), (64, 512)])
async def test_a_batch_has_one_of_four_sizes(database: Database, log_keys: LogKeys, count: int, size: int) -> None:
    """The first beat also logs the beginning of its period: one line more."""
    await record(database, count)
    assert await beat(database, log_keys) == size
    assert len(await entries(database)) == size


async def test_the_log_beats_on_when_nothing_happens(database: Database, log_keys: LogKeys) -> None:
    assert [await beat(database, log_keys) for _ in range(3)] == [8, 16, 24]


async def test_every_checkpoint_is_signed_and_states_the_root_of_all_leaves(
    database: Database, log_keys: LogKeys
) -> None:
    for count in (3, 0, 20):
        await record(database, count)
        await beat(database, log_keys)
    leaves = [merkle.leaf_hash(one) for one in await entries(database)]
    for one in await checkpoints(database):
        note = parse_note(one.note)
        verify_note(note, log_keys.key.verifier)
        assert one.root == merkle.root(leaves[: one.size])
        assert note.text.split("\n")[1] == str(one.size)


async def test_all_checkpoints_are_consistent_with_each_other(database: Database, log_keys: LogKeys) -> None:
    for count in (3, 0, 20, 1, 70):
        await record(database, count)
        await beat(database, log_keys)
    known = await checkpoints(database)
    async with database.reading() as session:
        for place, earlier in enumerate(known):
            for later in known[place + 1 :]:
                proof = await store.prove_consistency(session, earlier.size, later.size)
                merkle.verify_consistency(earlier.size, later.size, earlier.root, later.root, proof)


async def test_every_leaf_is_proven_in_every_later_checkpoint(database: Database, log_keys: LogKeys) -> None:
    for count in (3, 20, 300):
        await record(database, count)
        await beat(database, log_keys)
    there = await entries(database)
    async with database.reading() as session:
        for one in await checkpoints(database):
            for index in {0, 7, one.size // 2, one.size - 1}:
                proof = await store.prove_inclusion(session, index, one.size)
                merkle.verify_inclusion(index, one.size, merkle.leaf_hash(there[index]), proof, one.root)


async def test_two_sequencers_at_once_neither_double_nor_lose_a_line(database: Database, log_keys: LogKeys) -> None:
    async def write(start: int) -> None:
        for number in range(5):
            await record(database, 3, start=start + 3 * number)

    async def sequence() -> list[int | None]:
        return [await beat(database, log_keys) for _ in range(8)]

    results = await asyncio.gather(write(0), write(100), write(200), sequence(), sequence())
    await beat(database, log_keys)
    placed = [line for line in await lines(database) if line.event == Event.NOTICE_PUBLISHED]
    sizes = [size for sizes in results[3:] for size in (sizes or []) if size is not None]
    assert len(sizes) == len(set(sizes))
    assert len(placed) == 45 and len({line.leaf for line in placed}) == 45
    there = await entries(database)
    assert all(line.leaf is not None and there[line.leaf] == line.entry for line in placed)


async def test_a_second_sequencer_steps_aside_while_one_is_at_work(database: Database, log_keys: LogKeys) -> None:
    async with database.work(SYSTEM) as work:
        await work.session.execute(text("SELECT pg_advisory_xact_lock(7106407)"))
        assert await beat(database, log_keys) is None
    assert await beat(database, log_keys) == 8


async def test_a_line_whose_id_is_older_but_commits_later_is_still_sequenced(
    database: Database, log_keys: LogKeys
) -> None:
    async with database.work(SYSTEM) as slow:
        slow.record(Event.NOTICE_PUBLISHED, "slow", section="YH-1/01")
        await slow.session.flush()
        await record(database, 1)
        await beat(database, log_keys)
    await beat(database, log_keys)
    found = {line.subject: line for line in await lines(database) if line.event == Event.NOTICE_PUBLISHED}
    assert found["slow"].id < found["notice-0"].id
    assert (found["notice-0"].number, found["slow"].number) == (1, 2)
    assert found["slow"].previous == found["notice-0"].entry


async def test_a_beat_that_dies_leaves_nothing_and_the_next_does_it_all(database: Database, log_keys: LogKeys) -> None:
    await beat(database, log_keys)
    await record(database, 3)

    def broken(sealed: bytes, label: str) -> bytes:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await beat(database, replace(log_keys, unseal=broken))
    assert len(await entries(database)) == 8
    assert await beat(database, log_keys) == 16
    assert all(line.leaf is not None for line in await lines(database))


# ---- chains ---------------------------------------------------------------------------------------------------------


async def test_each_sections_lines_are_numbered_and_linked_without_a_gap(database: Database, log_keys: LogKeys) -> None:
    for number in range(3):
        await record(database, 2, "YH-1/01", 10 * number)
        await record(database, 3, "YH-2/01", 10 * number)
        await beat(database, log_keys)
    for section, count in (("YH-1/01", 6), ("YH-2/01", 9)):
        chain = sorted(
            (line for line in await lines(database) if line.section == section), key=lambda line: line.number or 0
        )
        assert [line.number for line in chain] == list(range(1, count + 1))
        assert chain[0].previous == bytes(32)
        assert [line.previous for line in chain[1:]] == [line.entry for line in chain[:-1]]


async def test_what_is_disclosed_of_a_line_reproduces_its_leaf(database: Database, log_keys: LogKeys) -> None:
    await record(database, 3)
    await beat(database, log_keys)
    for line in await lines(database):
        assert line.preimage is not None and line.salt is not None and line.link_salt is not None
        event = parse(line.preimage.encode())
        assert line.entry == entry.entry(line.salt, event) == sha256(line.salt + line.preimage.encode()).digest()
        link = entry.link(line.link_salt, line.number or 0, line.previous or b"")
        assert unb64(event["link"]) == link and event == event_of(line, link)


async def test_places_in_a_batch_are_random_but_keep_the_order(database: Database, log_keys: LogKeys) -> None:
    first = []
    for number in range(12):
        await record(database, 3, start=10 * number)
        await beat(database, log_keys)
    for number in range(12):
        batch = [
            line
            for line in await lines(database)
            if line.subject in {f"notice-{10 * number + one}" for one in range(3)}
        ]
        assert [line.id for line in batch] == sorted(line.id for line in batch)
        first.append((batch[0].leaf or 0) % 8)
    assert len(set(first)) > 1


# ---- dummies and periods --------------------------------------------------------------------------------------------


async def periods(database: Database) -> list[Period]:
    async with database.reading() as session:
        return list((await session.execute(select(Period).order_by(Period.first))).scalars())


async def test_every_leaf_that_is_no_event_is_a_dummy_of_the_opened_period_key(
    database: Database, log_keys: LogKeys
) -> None:
    await record(database, 3)
    for _ in range(3):
        await beat(database, log_keys)
    [period] = await periods(database)
    real = {line.leaf for line in await lines(database)}
    for index, one in enumerate(await entries(database)):
        assert (one == entry.dummy(period.sealed_key, index)) == (index not in real)


async def test_the_period_commits_to_its_key_before_any_dummy_of_it(database: Database, log_keys: LogKeys) -> None:
    await beat(database, log_keys)
    [period] = await periods(database)
    [begun] = [line for line in await lines(database) if line.event == Event.PERIOD_BEGUN]
    assert sha256(period.sealed_key).digest() == period.commitment == unb64(begun.facts["commitment"])
    assert begun.facts["first"] == period.first == 0


async def test_a_period_key_is_opened_only_after_the_last_deadline_pending_in_it(
    database: Database, log_keys: LogKeys
) -> None:
    short = replace(log_keys, period=timedelta(0))
    await beat(database, short)
    async with database.work(SYSTEM) as work:
        await schedule(work, work.ctx.now + timedelta(hours=1), "section.close", "YH-1/01")
    for _ in range(3):
        await beat(database, short)
    assert await opened(database) == []
    async with database.work(SYSTEM) as work:
        past = work.ctx.now - timedelta(seconds=1)
        await work.session.execute(update(Timer).values(done_at=work.ctx.now))
        await work.session.execute(update(Period).where(Period.opens_after.is_not(None)).values(opens_after=past))
    await beat(database, short)
    assert [one["first"] for one in await opened(database)] == [0, 8, 16]


async def test_no_period_key_is_opened_while_a_closing_is_overdue(database: Database, log_keys: LogKeys) -> None:
    short = replace(log_keys, period=timedelta(0))
    await beat(database, short)
    async with database.work(SYSTEM) as work:
        await schedule(work, work.ctx.now, "section.close", "YH-1/01")
    for _ in range(3):
        await beat(database, short)
    assert await opened(database) == []
    async with database.work(SYSTEM) as work:
        await work.session.execute(update(Timer).values(done_at=work.ctx.now))
    await beat(database, short)
    assert await opened(database) != []


async def opened(database: Database) -> list[dict[str, str]]:
    return [line.facts for line in await lines(database) if line.event == Event.PERIOD_OPENED]


async def test_an_opened_key_is_the_one_committed_to(database: Database, log_keys: LogKeys) -> None:
    short = replace(log_keys, period=timedelta(0))
    for _ in range(3):
        await beat(database, short)
    commitments = {period.first: period.commitment for period in await periods(database)}
    for facts in await opened(database):
        assert sha256(unb64(facts["key"])).digest() == commitments[int(facts["first"])]


async def test_without_pending_deadlines_an_old_key_is_opened_at_once(database: Database, log_keys: LogKeys) -> None:
    short = replace(log_keys, period=timedelta(0))
    await beat(database, short)
    await beat(database, short)
    await beat(database, short)
    assert {one["first"] for one in await opened(database)} >= {0}


async def test_there_is_one_running_period_at_any_time(database: Database, log_keys: LogKeys) -> None:
    short = replace(log_keys, period=timedelta(0))
    for _ in range(4):
        await beat(database, short)
    async with database.reading() as session:
        running = select(func.count()).select_from(Period).where(Period.ended_at.is_(None))
        assert (await session.execute(running)).scalar() == 1
