"""What the log keeps: each entry once, leaf hashes computed, and of old checkpoints those that an event needs."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, text

from infra.crypto import merkle
from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.tlog import store
from infra.tlog.evidence import add_cosignature, evidence, latest
from infra.tlog.pruning import prune
from infra.tlog.sequencer import LogKeys, beat
from infra.tlog.tables import Checkpoint, Cosignature, Tile
from infra.tlog.tiles import ENTRIES

pytestmark = pytest.mark.soak

AT = datetime(2026, 12, 1, tzinfo=UTC)
NOTHING = timedelta(0)
BOUNDS = [(0, 8), (0, 256), (8, 256), (0, 4096), (248, 512), (65_528, 16), (65_528, 8), (65_536, 64)]


def some(first: int, count: int) -> list[bytes]:
    return [number.to_bytes(32) for number in range(first, first + count)]


async def grown(database: Database, *counts: int) -> int:
    """A log grown by so many entries at a time; its size."""
    size = 0
    for count in counts:
        async with database.work(SYSTEM) as work:
            await store.append(work.session, size, some(size, count))
        size += count
    return size


@pytest.mark.parametrize(("before", "count"), BOUNDS)
async def test_the_root_is_that_of_all_entries_whatever_the_batches(
    database: Database, before: int, count: int
) -> None:
    batches = [8] * (before // 8) if before < 4096 else [before]
    size = await grown(database, *batches)
    async with database.work(SYSTEM) as work:
        root = await store.append(work.session, size, some(size, count))
    assert root == merkle.root(merkle.leaf_hash(one) for one in some(0, size + count))


async def test_an_entry_is_stored_once_and_its_hash_not_at_all(database: Database) -> None:
    await grown(database, 512, 64, 8)
    async with database.reading() as session:
        bytes_ = (await session.execute(text("SELECT sum(length(entries)) FROM log_entries"))).scalar_one()
        tiles = (await session.execute(select(Tile.level, Tile.index, func.length(Tile.hashes)))).all()
    assert bytes_ == 32 * 584 and tiles == [(1, 0, 2 * 32)]


async def test_a_beat_writes_its_own_entries_and_rewrites_none(database: Database, log_keys: LogKeys) -> None:
    for _ in range(5):
        await beat(database, log_keys)
    async with database.reading() as session:
        rows = await session.execute(text("SELECT first, length(entries), xmax::text FROM log_entries ORDER BY first"))
    assert [tuple(row) for row in rows] == [(8 * number, 256, "0") for number in range(5)]


async def test_leaf_hashes_and_entries_are_read_as_tiles(database: Database) -> None:
    await grown(database, 64, 512)
    async with database.reading() as session:
        entries = await store.read_tile(session, ENTRIES, 2)
        hashes = await store.read_tile(session, 0, 2)
        above = await store.read_tile(session, 1, 0)
        nothing = [await store.read_tile(session, level, 3) for level in (ENTRIES, 0, 1)]
    assert entries == b"".join(some(512, 64)) and nothing == [None, None, None]
    assert hashes == b"".join(map(merkle.leaf_hash, some(512, 64)))
    assert above == b"".join(merkle.root(map(merkle.leaf_hash, some(first, 256))) for first in (0, 256))


@pytest.mark.parametrize("index", [0, 7, 255, 256, 511, 512, 70_000])
@pytest.mark.soak
async def test_a_bare_connection_proves_what_a_session_proves_and_both_hold(database: Database, index: int) -> None:
    size = await grown(database, 65_536, 4_480, 24) if index > 600 else await grown(database, 256, 264, 80)
    async with database.reading() as session:
        path = await store.prove_inclusion(session, index, size)
    async with database.bare() as connection:
        bare = await store.prove_inclusion_bare(connection, index, size)
    leaves = [merkle.leaf_hash(one) for one in some(0, size)]
    assert bare == path
    merkle.verify_inclusion(index, size, leaves[index], bare, merkle.root(leaves))


# ---- checkpoints ----------------------------------------------------------------------------------------------------


async def record(database: Database) -> int:
    async with database.work(SYSTEM) as work:
        line = work.record(Event.NOTICE_PUBLISHED, "notice-1", section="YH-1/01")
        await work.session.flush()
        return line.id


async def cosigned_beat(database: Database, keys: LogKeys, signers: str = "ab") -> int:
    size = await beat(database, keys)
    assert size is not None
    async with database.work(SYSTEM) as work:
        for trustee in signers:
            await add_cosignature(work.session, size, trustee, AT, f"{trustee}\n")
    return size


async def pruned(database: Database, kept: timedelta = NOTHING) -> list[int]:
    async with database.work(SYSTEM) as work:
        await prune(work, kept)
    async with database.reading() as session:
        sizes = list((await session.execute(select(Checkpoint.size).order_by(Checkpoint.size))).scalars())
        signed = set((await session.execute(select(Cosignature.size))).scalars())
    assert signed <= set(sizes)
    return sizes


async def test_an_idle_log_keeps_its_first_and_its_newest_cosigned_checkpoint(
    database: Database, log_keys: LogKeys
) -> None:
    """The first holds the beginning of the period of dummies: an event like any other."""
    for _ in range(6):
        await cosigned_beat(database, log_keys)
    assert await pruned(database) == [8, 48]


async def test_the_evidence_of_an_event_is_the_same_before_and_after_pruning(
    database: Database, log_keys: LogKeys
) -> None:
    lines = []
    for _ in range(4):
        lines.append(await record(database))
        for signers in ("a", "ab", "abc", ""):
            await cosigned_beat(database, log_keys, signers)
    before = [await shown(database, line) for line in lines]
    kept = await pruned(database)
    assert [await shown(database, line) for line in lines] == before and None not in before
    assert len(kept) == len(lines) + 2


async def shown(database: Database, line: int) -> object:
    async with database.reading() as session:
        return await evidence(session, await session.get_one(Line, line))


async def test_young_checkpoints_are_all_kept(database: Database, log_keys: LogKeys) -> None:
    for _ in range(4):
        await cosigned_beat(database, log_keys)
    assert await pruned(database, timedelta(hours=1)) == [8, 16, 24, 32]


@pytest.mark.parametrize("signers", ["", "a"])
async def test_nothing_is_dropped_before_a_quorum_has_signed_something_newer(
    database: Database, log_keys: LogKeys, signers: str
) -> None:
    for _ in range(3):
        await cosigned_beat(database, log_keys, signers)
    assert await pruned(database) == [8, 16, 24]
    await cosigned_beat(database, log_keys)
    await cosigned_beat(database, log_keys, signers)
    assert await pruned(database) == [32, 40]


async def test_the_log_goes_on_and_stays_consistent_after_pruning(database: Database, log_keys: LogKeys) -> None:
    known = []
    for _ in range(3):
        for _ in range(3):
            await cosigned_beat(database, log_keys)
            async with database.reading() as session:
                known.append(await latest(session))
        await pruned(database)
    async with database.reading() as session:
        for earlier, later in pairwise(known):
            assert earlier is not None and later is not None
            proof = await store.prove_consistency(session, earlier.size, later.size)
            merkle.verify_consistency(earlier.size, later.size, earlier.root, later.root, proof)
    assert [one.size for one in known if one] == [8 * number for number in range(1, 10)]
