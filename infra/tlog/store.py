"""Stored tiles of the log: appending leaf entries and reading subtree hashes for proofs."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto import merkle
from infra.tlog.tables import Tile

WIDTH = 256
HASH = 32
ENTRIES = -1
Key = tuple[int, int]


class _MissingTileError(Exception):
    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


async def prove_inclusion(session: AsyncSession, index: int, size: int) -> list[bytes]:
    """The audit path of entry `index` in the tree of `size` leaves."""
    return await _proving(session, lambda read: merkle.prove_inclusion(index, size, read))


async def prove_consistency(session: AsyncSession, first: int, size: int) -> list[bytes]:
    """The proof that the tree of `first` leaves is a prefix of the tree of `size` leaves."""
    return await _proving(session, lambda read: merkle.prove_consistency(first, size, read))


async def append(session: AsyncSession, size: int, entries: Sequence[bytes]) -> bytes:
    """Append 32-byte entries to a log of `size` leaves; returns the new root. The caller holds the sequencer's lock."""
    tiles = await _load(session, _edge(size))
    changed: set[Key] = set()
    for offset, entry in enumerate(entries):
        _push(tiles, changed, ENTRIES, size + offset, entry)
        _push(tiles, changed, 0, size + offset, merkle.leaf_hash(entry))
    for level in range(8):
        for key in sorted(key for key in changed if key[0] == level and len(tiles[key]) == WIDTH * HASH):
            _push(tiles, changed, level + 1, key[1], merkle.root(_hashes(tiles[key])))
    rows = [{"level": key[0], "index": key[1], "hashes": bytes(tiles[key])} for key in sorted(changed)]
    row = insert(Tile)
    await session.execute(
        row.on_conflict_do_update(index_elements=["level", "index"], set_={"hashes": row.excluded.hashes}), rows
    )
    grown = size + len(entries)
    return merkle.subtree_root(0, grown, _reader(tiles))


async def read_tile(session: AsyncSession, level: int, index: int) -> bytes | None:
    """The bytes of a tile as far as it has grown."""
    found = (await session.execute(select(Tile.hashes).where(Tile.level == level, Tile.index == index))).scalar()
    return found


def _push(tiles: dict[Key, bytearray], changed: set[Key], level: int, position: int, value: bytes) -> None:
    key = (level, position // WIDTH)
    tile = tiles.setdefault(key, bytearray())
    at = position % WIDTH * HASH
    if len(tile) < at:
        raise ValueError(f"tile {key} has a gap: {len(tile)} bytes before {at}")
    tile[at : at + HASH] = value
    changed.add(key)


def _edge(size: int) -> list[Key]:
    """Keys of the right-most tile of every level, where a tree of `size` leaves grows."""
    keys = [(ENTRIES, size // WIDTH)]
    level = 0
    while True:
        keys.append((level, size // WIDTH))
        if size < WIDTH:
            return keys
        keys.append((level, size // WIDTH - 1))
        size //= WIDTH
        level += 1


def _reader(tiles: dict[Key, bytearray]) -> merkle.ReadNode:
    def read(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, 8)
        first = index << height
        key = (tile_level, first // WIDTH)
        hashes = tiles.get(key)
        at, need = first % WIDTH * HASH, HASH << height
        if hashes is None or len(hashes) < at + need:
            raise _MissingTileError(key)
        return merkle.root(_hashes(hashes[at : at + need]))

    return read


def _hashes(data: bytes | bytearray) -> list[bytes]:
    return [bytes(data[at : at + HASH]) for at in range(0, len(data), HASH)]


async def _load(session: AsyncSession, keys: Iterable[Key]) -> dict[Key, bytearray]:
    rows = await session.execute(
        select(Tile.level, Tile.index, Tile.hashes).where(tuple_(Tile.level, Tile.index).in_(list(keys)))
    )
    return {(level, index): bytearray(hashes) for level, index, hashes in rows}


async def _proving(session: AsyncSession, prove: Callable[[merkle.ReadNode], list[bytes]]) -> list[bytes]:
    """Run a prover, loading each tile it asks for; a proof needs a handful."""
    tiles: dict[Key, bytearray] = {}
    while True:
        try:
            return prove(_reader(tiles))
        except _MissingTileError as missing:
            found = await _load(session, [missing.key])
            if missing.key in tiles or missing.key not in found:
                raise ValueError(f"the log lacks tile {missing.key}") from missing
            tiles |= found
