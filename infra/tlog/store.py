"""What the log stores, each byte once: entries as they came and the tiles above leaf hashes; appending and proving.

A tile that grew in place would be written again at every beat. So entries are rows that never change, leaf hashes are
computed from them, and a tile of a higher level changes only when 256 hashes below it are complete.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any, TypeVar

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto import merkle
from infra.tlog.tables import Entries, Tile
from infra.tlog.tiles import ENTRIES, WIDTH

HASH = 32
LEAVES = 0
P = TypeVar("P")
Key = tuple[int, int]
Tiles = dict[Key, bytearray]
"""By (level, index from the left): hashes one behind the other, on level 0 the raw entries instead."""
Load = Callable[[Iterable[Key]], Awaitable[Tiles]]

TILES = f"""
SELECT 0 AS level, at AS index, run.entries
FROM unnest($1::bigint[]) AS at CROSS JOIN LATERAL (
    SELECT string_agg(entries, ''::bytea ORDER BY first) AS entries FROM log_entries
    WHERE first >= at * {WIDTH} AND first < (at + 1) * {WIDTH}
) AS run WHERE run.entries IS NOT NULL
UNION ALL
SELECT tile.level, tile.index, tile.hashes
FROM unnest($2::smallint[], $3::bigint[]) AS asked (level, index) JOIN log_tiles AS tile USING (level, index)
"""
"""What `_load` asks in two queries, for a bare connection in one."""


class _MissingTileError(Exception):
    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


async def prove_inclusion(session: AsyncSession, index: int, size: int) -> list[bytes]:
    """The audit path of entry `index` in the tree of `size` leaves."""
    return await _proving(_of(session), (index, size), lambda read: merkle.prove_inclusion(index, size, read))


async def prove_inclusion_bare(connection: Any, index: int, size: int) -> list[bytes]:
    """The same by an asyncpg connection and mostly one statement, for what is asked as often as receipts are."""

    async def load(keys: Iterable[Key]) -> Tiles:
        entries, higher = _apart(keys)
        levels, indices = [level for level, _ in higher], [index for _, index in higher]
        rows = await connection.fetch(TILES, entries, levels, indices)
        return {(level, index): bytearray(hashes) for level, index, hashes in rows}

    return await _proving(load, (index, size), lambda read: merkle.prove_inclusion(index, size, read))


async def prove_inclusions(session: AsyncSession, indices: Sequence[int], size: int) -> list[list[bytes]]:
    """The audit paths of many entries in the tree of `size` leaves, their tiles read together."""

    def prove(read: merkle.ReadNode) -> list[list[bytes]]:
        return [merkle.prove_inclusion(index, size, read) for index in indices]

    return await _proving(_of(session), (*indices, size), prove)


async def prove_consistency(session: AsyncSession, first: int, size: int) -> list[bytes]:
    """The proof that the tree of `first` leaves is a prefix of the tree of `size` leaves."""
    return await _proving(_of(session), (first, size), lambda read: merkle.prove_consistency(first, size, read))


async def append(session: AsyncSession, size: int, entries: Sequence[bytes]) -> bytes:
    """Append 32-byte entries to a log of `size` leaves; returns the new root. The caller holds the sequencer's lock."""
    tiles, grown, full = await _load(session, _edge(size)), size + len(entries), size // WIDTH
    for position, entry in enumerate(entries, size):
        _push(tiles, LEAVES, position, entry)
    changed: set[Key] = set()
    for level in range(8):
        complete = range(full, grown >> 8 * (level + 1))
        for index in complete:
            _push(tiles, level + 1, index, merkle.root(_hashes(level, tiles[level, index])))
            changed.add((level + 1, index // WIDTH))
        full //= WIDTH
    await _keep_entries(session, size, entries)
    await _keep_tiles(session, {key: tiles[key] for key in changed})
    return merkle.subtree_root(0, grown, _reader(tiles))


async def read_tile(session: AsyncSession, level: int, index: int) -> bytes | None:
    """The bytes of a tile of hashes, or with `ENTRIES` of raw entries, as far as it has grown; None where none is."""
    key = (LEAVES if level == ENTRIES else level, index)
    found = (await _load(session, [key])).get(key)
    if found is None or level == ENTRIES:
        return None if found is None else bytes(found)
    return b"".join(_hashes(level, found))


async def read_tiles(session: AsyncSession, keys: Sequence[Key]) -> Tiles:
    """Several tiles at once, each as `read_tile` gives it; level `ENTRIES` for raw entries. Those that are not there lack."""
    found = await _load(session, [(LEAVES if level == ENTRIES else level, index) for level, index in keys])
    told: Tiles = {}
    for level, index in keys:
        raw = found.get((LEAVES if level == ENTRIES else level, index))
        if raw is not None:
            told[level, index] = raw if level == ENTRIES else bytearray(b"".join(_hashes(level, raw)))
    return told


async def _keep_entries(session: AsyncSession, size: int, entries: Sequence[bytes]) -> None:
    """Cut at the tiles' bounds, so that the rows of a tile are found by its place alone."""
    grown = size + len(entries)
    cuts = [size, *range(size // WIDTH * WIDTH + WIDTH, grown, WIDTH), grown]
    rows = [{"first": low, "entries": b"".join(entries[low - size : high - size])} for low, high in pairwise(cuts)]
    await session.execute(insert(Entries), rows)


async def _keep_tiles(session: AsyncSession, changed: Tiles) -> None:
    if not changed:
        return
    rows = [{"level": level, "index": index, "hashes": bytes(hashes)} for (level, index), hashes in changed.items()]
    row = insert(Tile)
    await session.execute(
        row.on_conflict_do_update(index_elements=["level", "index"], set_={"hashes": row.excluded.hashes}), rows
    )


def _push(tiles: Tiles, level: int, position: int, value: bytes) -> None:
    key = (level, position // WIDTH)
    tile = tiles.setdefault(key, bytearray())
    if len(tile) != position % WIDTH * HASH:
        raise ValueError(f"tile {key} holds {len(tile)} bytes where hash {position} should come")
    tile += value


def _edge(size: int) -> list[Key]:
    """Keys of the right-most tile of every level, where a tree of `size` leaves grows."""
    keys, level = [(LEAVES, size // WIDTH)], 0
    while size := size // WIDTH:
        level += 1
        keys.append((level, size // WIDTH))
    return keys


def _reader(tiles: Tiles) -> merkle.ReadNode:
    def read(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, 8)
        first = index << height
        key = (tile_level, first // WIDTH)
        hashes = tiles.get(key)
        at, need = first % WIDTH * HASH, HASH << height
        if hashes is None or len(hashes) < at + need:
            raise _MissingTileError(key)
        return merkle.root(_hashes(tile_level, hashes[at : at + need]))

    return read


def _hashes(level: int, data: bytes | bytearray) -> list[bytes]:
    """Level 0 is `merkle.leaf_hash` of each entry, written out: a proof makes hundreds of them."""
    places = range(0, len(data), HASH)
    if level == LEAVES:
        return [sha256(b"\0" + data[at : at + HASH]).digest() for at in places]
    return [bytes(data[at : at + HASH]) for at in places]


async def _load(session: AsyncSession, keys: Iterable[Key]) -> Tiles:
    """As much of these tiles as there is, in one query for entries and one for hashes."""
    bundles, higher = _apart(keys)
    tiles: Tiles = {}
    if bundles:
        places = or_(*(and_(Entries.first >= at * WIDTH, Entries.first < (at + 1) * WIDTH) for at in bundles))
        rows = select(Entries.first, Entries.entries).where(places).order_by(Entries.first)
        for first, entries in await session.execute(rows):
            tiles.setdefault((LEAVES, first // WIDTH), bytearray()).extend(entries)
    if higher:
        found = select(Tile.level, Tile.index, Tile.hashes).where(tuple_(Tile.level, Tile.index).in_(higher))
        tiles |= {(level, index): bytearray(hashes) for level, index, hashes in await session.execute(found)}
    return tiles


def _apart(keys: Iterable[Key]) -> tuple[list[int], list[Key]]:
    """Indices of the wanted runs of entries, and the keys of the wanted tiles of hashes, each once."""
    wanted = set(keys)
    return [index for level, index in wanted if level == LEAVES], [key for key in wanted if key[0] != LEAVES]


def _of(session: AsyncSession) -> Load:
    return lambda keys: _load(session, keys)


async def _proving(load: Load, places: Iterable[int], prove: Callable[[merkle.ReadNode], P]) -> P:
    """Run a prover on the tiles around these places, loading each other tile it asks for; a proof needs few."""
    tiles = await load([key for place in places for key in _edge(place)])
    while True:
        try:
            return prove(_reader(tiles))
        except _MissingTileError as missing:
            found = await load([missing.key])
            if missing.key in tiles or missing.key not in found:
                raise ValueError(f"the log lacks tile {missing.key}") from missing
            tiles |= found
