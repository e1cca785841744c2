"""A plaintext that arrives in pieces goes to the store encrypted under a fresh key: it is nowhere written down."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as WaitedError
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from infra.crypto.merkle import leaf_hash
from infra.crypto.seal import write_container
from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, BlockRoot
from infra.crypto.seal_header import Header
from infra.crypto.seal_suite import Random, find_suite
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.uploads import BUCKET, block_key
from trading.bidding.wire import BLOCK

AT_A_TIME = 8
STALLED = 30.0
"""Seconds without a byte after which a sender is given up."""
_UNDER_WAY = set[str]()
_THREADS = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="remedy")


@dataclass(frozen=True)
class Resealed:
    """A plaintext in the store: the root over its 1 MiB blocks, its size, the container's size and blocks, its key."""

    root: bytes
    plain_size: int
    size: int
    blocks: list[dict[str, str]]
    key: bytes = field(repr=False)


async def reseal(
    objects: Objects, bid: str, header: Header, pieces: AsyncIterator[bytes], largest: int, random: Random
) -> Resealed:
    """Encrypt what arrives as a container behind this header, in flat memory, as further versions of the part's blocks.

    `remedy.too-large` above `largest` bytes of container, `remedy.interrupted` for a sender that falls silent; then
    nothing remains in the store. A bid is sent once at a time, that no bidder takes up all the threads: `remedy.under-way`.
    """
    if bid in _UNDER_WAY:
        raise Problem("remedy.under-way", bid=bid)
    _UNDER_WAY.add(bid)
    try:
        return await _resealed(objects, bid, header, pieces, largest, random)
    finally:
        _UNDER_WAY.discard(bid)


async def discard(objects: Objects, bid: str, part: str, blocks: list[dict[str, str]]) -> None:
    """Delete what was stored of a plaintext that is not kept."""
    for number, block in enumerate(blocks):
        await objects.delete(BUCKET, block_key(bid, part, number), block["version"])


async def _resealed(
    objects: Objects, bid: str, header: Header, pieces: AsyncIterator[bytes], largest: int, random: Random
) -> Resealed:
    loop = asyncio.get_running_loop()
    sink = _Stored(objects, loop, bid, header.part, largest)
    try:
        return await loop.run_in_executor(_THREADS, _write, _Arriving(pieces, loop), sink, header, random)
    except BaseException:
        await discard(objects, bid, header.part, sink.blocks)
        raise


def _write(source: "_Arriving", sink: "_Stored", header: Header, random: Random) -> Resealed:
    key, tree = random(find_suite(header.suite).aead_key), BlockRoot(PLAINTEXT_BLOCK)
    write_container(source, sink, header, key, random, lambda plain, _: tree.feed(plain))
    sink.finish()
    return Resealed(tree.root(), tree.size, sink.size, sink.blocks, key)


class _Arriving:
    """Pieces that arrive on the loop as one stream that a thread reads."""

    def __init__(self, pieces: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._pieces, self._loop, self._here = pieces, loop, BytesIO()

    def readinto(self, buffer: memoryview, /) -> int:
        while not (count := self._here.readinto(buffer)) and len(buffer):
            piece = self._next()
            if piece is None:
                return 0
            self._here = BytesIO(piece)
        return count

    def readline(self, size: int, /) -> bytes:
        return self._here.readline(size)

    def _next(self) -> bytes | None:
        async def one() -> bytes | None:
            return await anext(self._pieces, None)

        coming = asyncio.run_coroutine_threadsafe(one(), self._loop)
        try:
            return coming.result(STALLED)
        except WaitedError as error:
            coming.cancel()
            raise Problem("remedy.interrupted") from error


class _Stored:
    """Blocks of 8 MiB on their way to the store; one is held at a time."""

    def __init__(self, objects: Objects, loop: asyncio.AbstractEventLoop, bid: str, part: str, largest: int) -> None:
        self.size, self.blocks = 0, list[dict[str, str]]()
        self._objects, self._loop, self._place, self._largest = objects, loop, (bid, part), largest
        self._held = bytearray()

    def write(self, data: bytes | memoryview, /) -> None:
        self.size += len(data)
        if self.size > self._largest:
            raise Problem("remedy.too-large", largest=self._largest)
        self._held += data
        while len(self._held) >= BLOCK:
            self._put(bytes(self._held[:BLOCK]))
            del self._held[:BLOCK]

    def finish(self) -> None:
        """Store what is left."""
        if self._held:
            self._put(bytes(self._held))

    def _put(self, block: bytes) -> None:
        key = block_key(*self._place, len(self.blocks))
        putting: Any = asyncio.run_coroutine_threadsafe(self._objects.put(BUCKET, key, block), self._loop)
        self.blocks.append({"leaf": b64(leaf_hash(block)), "version": putting.result()})
