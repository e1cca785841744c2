"""The sealed pool of a draw: frozen, kept and read again piece by piece in the object store, whatever its size."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Collection, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw import entries as pieces
from expertpool.draw.audit import make_request
from expertpool.draw.called import whole_request
from expertpool.draw.entries import Entry, entries_of, packed, unpacked
from expertpool.draw.freezing import with_lines
from expertpool.draw.gathering import gather
from expertpool.draw.listing import Listing, list_entries, listings
from expertpool.draw.rules import Freezing
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, PoolChunk
from infra.auth.keys import KeyService
from infra.crypto.chunks import open_chunk, seal_chunk
from infra.custody import duties
from infra.custody.tables import Duty
from infra.db.work import Work
from infra.kernel.canonical import canonical, read
from infra.kernel.problems import Problem
from infra.objects import Objects

BUCKET = "draw-pools"
POOL = "draw pool"
MOST = 2**31
"""So many numbers of pieces a row can have."""


class Head(NamedTuple):
    """What the frozen event says, and what the supervisor needs to check it: request, secret, key and digests of pieces."""

    facts: dict[str, Any]
    for_audit: dict[str, Any]


class Pool(NamedTuple):
    """A frozen pool to draw from: the frozen facts, each list, and the place of the first person of each piece."""

    facts: dict[str, Any]
    lists: dict[str, Listing]
    firsts: list[int]


async def freeze_pool(work: Work, objects: Objects, keys: KeyService, draw: Draw) -> Head:
    """Step 1: everybody listed with fresh salts and sealed into pieces, the key of which is sealed to the draw.

    Memory holds leaves and employers of the lists and one batch. `draw.too-few`: then no piece is left in the store.
    """
    request, random = whole_request(keys, draw), work.ctx.random
    secret, key = random(32), random(32)
    freezing = Freezing(make_request(draw.id, request), secret)
    store = _Store(objects, draw, key, work.ctx.new_id("pool"))
    try:
        async for batch in gather(work.session, keys, draw, work.ctx.now):
            await store.take(await asyncio.to_thread(with_lines, freezing, request, batch, random))
        await store.end()
        facts = await asyncio.to_thread(freezing.facts)
    except BaseException:
        await store.discard()
        raise
    work.session.add_all(store.chunks)
    chunks = [chunk.sha256.hex() for chunk in store.chunks]
    document = {"facts": facts, "secret": secret.hex(), "key": key.hex(), "chunks": chunks}
    draw.sealed_pool = keys.wrap(POOL, draw.id, canonical(document), random)
    return Head(facts, {"request": request, **{name: document[name] for name in ("secret", "key", "chunks")}})


async def read_pool(session: AsyncSession, objects: Objects, keys: KeyService, draw: Draw) -> Pool:
    """The pool as it was frozen, packed to be drawn from; `draw.chunk` for a piece that is not the frozen one."""
    document, firsts, place = _document(keys, draw), list[int](), 0
    lists = listings(document["facts"]["lists"])
    async for batch in each_piece(session, objects, keys, draw):
        firsts.append(place)
        await asyncio.to_thread(list_entries, lists, batch, place)
        place += len(batch)
    return Pool(document["facts"], lists, firsts)


async def each_piece(
    session: AsyncSession, objects: Objects, keys: KeyService, draw: Draw, only: Collection[int] | None = None
) -> AsyncIterator[list[Entry]]:
    """Everybody of a frozen pool, piece by piece in their order, or just the pieces of these numbers.

    `draw.chunk` for a piece that is not the frozen one, `draw.chunk-missing`, `objects.…`.
    """
    document = _document(keys, draw)
    if "lists" in document:  # sealed before there were pieces
        everybody = list(entries_of(document))
        for number, first in enumerate(range(0, len(everybody), pieces.PIECE)):
            if only is None or number in only:
                yield everybody[first : first + pieces.PIECE]
        return
    wanted = select(PoolChunk).where(PoolChunk.draw == draw.id)
    chunks = {chunk.number: chunk for chunk in (await session.execute(wanted)).scalars()}
    for number, expected in enumerate(document["chunks"]):
        if only is not None and number not in only:
            continue
        if number not in chunks:
            raise Problem("draw.chunk-missing", draw=draw.id, number=number)
        sealed = await objects.get(BUCKET, chunks[number].key)
        yield await asyncio.to_thread(_opened, draw.id, number, expected, bytes.fromhex(document["key"]), sealed)


async def persons_at(
    session: AsyncSession, objects: Objects, keys: KeyService, draw: Draw, pool: Pool, places: Collection[int]
) -> dict[int, Entry]:
    """Who stands at these places of the pool; only their pieces are opened."""
    numbers = sorted({bisect_right(pool.firsts, place) - 1 for place in places})
    found: dict[int, Entry] = {}
    at = iter(numbers)
    async for batch in each_piece(session, objects, keys, draw, numbers):
        first = pool.firsts[next(at)]
        found |= {place: batch[place - first] for place in places if first <= place < first + len(batch)}
    return found


async def piece_for_audit(session: AsyncSession, trustee: str | None, draw_id: str, number: int) -> PoolChunk:
    """The piece for the supervising trustee that still owes the audit of this frozen draw; `draw.unknown` for all else."""
    owed = (
        select(PoolChunk)
        .join(Draw, Draw.id == PoolChunk.draw)
        .join(Duty, (Duty.subject == Draw.id) & (Duty.kind == duties.AUDIT))
        .where(PoolChunk.draw == draw_id, PoolChunk.number == number, Draw.state == DrawState.FROZEN)
        .where(Duty.trustee == trustee, Duty.answer.is_(None))
    )
    asks = trustee is not None and 0 <= number < MOST
    found = (await session.execute(owed)).scalar_one_or_none() if asks else None
    if found is None:
        raise Problem("draw.unknown", draw=draw_id)
    return found


def _document(keys: KeyService, draw: Draw) -> dict[str, Any]:
    assert draw.sealed_pool is not None
    found: dict[str, Any] = read(keys.unwrap(POOL, draw.id, draw.sealed_pool))
    return found


def _opened(draw_id: str, number: int, expected: str, key: bytes, sealed: bytes) -> list[Entry]:
    if sha256(sealed).hexdigest() != expected:
        raise Problem("draw.chunk", draw=draw_id, number=number)
    return unpacked(open_chunk(key, draw_id, number, sealed))


class _Store:
    """Writes a pool's pieces; `chunks` are the rows to be kept of them."""

    def __init__(self, objects: Objects, draw: Draw, key: bytes, folder: str) -> None:
        self._objects, self._draw, self._key, self._folder = objects, draw, key, folder
        self._waiting: list[Entry] = []
        self._versions: list[tuple[str, str]] = []
        self.chunks: list[PoolChunk] = []

    async def take(self, entries: Sequence[Entry]) -> None:
        """Keep these, in whole pieces; what is left waits for more."""
        self._waiting += entries
        while len(self._waiting) >= pieces.PIECE:
            await self._put(self._waiting[: pieces.PIECE])
            del self._waiting[: pieces.PIECE]

    async def end(self) -> None:
        """Keep what still waits, in a last piece."""
        if self._waiting:
            await self._put(self._waiting)

    async def discard(self) -> None:
        """Take back every piece; what cannot be is of no use to anybody, for its key was never kept."""
        for key, version in self._versions:
            try:
                await self._objects.delete(BUCKET, key, version)
            except Problem:
                return

    async def _put(self, entries: Sequence[Entry]) -> None:
        number = len(self.chunks)
        sealed = await asyncio.to_thread(self._sealed, number, entries)
        key = f"{self._folder}/{number:06d}"
        self._versions.append((key, await self._objects.put(BUCKET, key, sealed)))
        self.chunks.append(
            PoolChunk(
                draw=self._draw.id, number=number, key=key, sha256=sha256(sealed).digest(), bytes=len(sealed),
                region=self._draw.region,
            )
        )  # fmt: skip

    def _sealed(self, number: int, entries: Sequence[Entry]) -> bytes:
        return seal_chunk(self._key, self._draw.id, number, packed(entries))
