"""Reading a bid's sealed parts: intact as they were signed for, decrypted in threads, measured against the manifest."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from infra.crypto import keyset as documents
from infra.crypto.manifest import PartEntry, check_part, parse_manifest
from infra.crypto.merkle import leaf_hash, root
from infra.crypto.seal_header import Header
from infra.crypto.seal_key import check_keyset, recover
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.uploads import BUCKET, block_key
from trading.opening.plain import Plain, open_container
from trading.opening.rules import FAULT
from trading.opening.sharing import DOUBTFUL, compared

log = logging.getLogger("openhall.opening")

PASSING = ("objects.unreachable", "objects.refused", "objects.no-bucket")
"""A store that is away says nothing about a bid: it is asked again."""

T = TypeVar("T")


@dataclass(frozen=True)
class Keys:
    """What opens every bid of a section: the published keyset and t of its keys, by custodian number from 1."""

    document: documents.Keyset
    released: Mapping[int, bytes] = field(repr=False)

    def input_key(self, header: Header, factor: bytes | None = None) -> bytes:
        """The input key of a container. The released keys were compared with the keyset when they were unsealed."""
        check_keyset(header, self.document)
        return recover(header, self.released, factor)


@dataclass(frozen=True)
class Block:
    """One stored block: its number, leaf hash and object version as they were recorded at the upload."""

    number: int
    leaf: bytes
    version: str


@dataclass(frozen=True)
class Shown:
    """A part that its bidder showed in plain: under this fresh key, with the salt of its commitment."""

    key: bytes = field(repr=False)
    salt: bytes = field(repr=False)


@dataclass(frozen=True)
class Sealed:
    """One sealed part of a bid, with the manifest its bidder signed, and what its bidder gave to open it.

    `shown` makes `blocks` those of the remedy; without it `barred` is the code of what is missing for opening at all.
    """

    bid: str
    part: str
    manifest: str
    blocks: tuple[Block, ...]
    factor: bytes | None = field(default=None, repr=False)
    shown: Shown | None = None
    barred: str | None = None

    @property
    def entry(self) -> PartEntry:
        """What the bidder signed of this part."""
        return parse_manifest(self.manifest.encode()).entry(self.part)


def open_part(sealed: Sealed, blocks: Iterable[bytes], keys: Keys, *, keep: bool) -> Plain:
    """Decrypt a part from its blocks in order and compare it with the manifest.

    `bid.damaged` where the bytes are not those that were signed for; every other refusal lies inside such bytes.
    """
    if sealed.shown is not None:
        return _open_shown(sealed, blocks, sealed.shown, keep=keep)
    with told_of(sealed.part):
        if sealed.barred is not None:
            raise Problem(sealed.barred)
        entry = sealed.entry
        if root(block.leaf for block in sealed.blocks) != entry.root:
            raise Problem("bid.damaged", number=len(sealed.blocks))
        with _sharing(keys) as heads:
            plain = open_container(_intact(sealed, blocks), lambda header: _key(heads, header, keys, sealed), keep)
            check_part(entry, plain.measured.entry(sealed.part))
    return plain


def _key(heads: list[Header], header: Header, keys: Keys, sealed: Sealed) -> bytes:
    heads.append(header)
    return keys.input_key(header, sealed.factor)


@contextmanager
def _sharing(keys: Keys) -> Iterator[list[Header]]:
    """Where shares may be at fault, the refusal tells how each released one compares."""
    heads: list[Header] = []
    try:
        yield heads
    except Problem as problem:
        if problem.code not in DOUBTFUL or not heads:
            raise
        raise Problem(problem.code, **problem.facts, shares=compared(heads[0], keys.released)) from problem


def _open_shown(sealed: Sealed, blocks: Iterable[bytes], shown: Shown, *, keep: bool) -> Plain:
    """A part that was shown in plain and compared with its commitment then; `bid.damaged` where the store lost it."""
    with told_of(sealed.part):
        plain = open_container(_intact(sealed, blocks), lambda _: shown.key, keep)
    return replace(plain, salt=shown.salt)


async def fetch(objects: Objects, sealed: Sealed, block: Block) -> bytes:
    """A block's bytes as the store gives them; `bid.damaged` where it has lost them."""
    try:
        return await objects.get(BUCKET, block_key(sealed.bid, sealed.part, block.number), block.version)
    except Problem as problem:
        if problem.code in PASSING:
            raise
        raise Problem("bid.damaged", part=sealed.part, number=block.number) from problem


def fetched(objects: Objects, sealed: Sealed, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The part's blocks for a thread beside the loop: while one is decrypted the next is on its way."""
    ahead: Future[bytes] | None = None
    for block in sealed.blocks:
        here, ahead = ahead, asyncio.run_coroutine_threadsafe(fetch(objects, sealed, block), loop)
        if here is not None:
            yield here.result()
    if ahead is not None:
        yield ahead.result()


async def tried(bid: str, opening: Awaitable[T]) -> tuple[str, T | Problem | None]:
    """What became of opening a bid: its result, why it does not open, or None where the store is away.

    A fault of this program is told aloud and is `opening.fault`, so that it holds up no other bid.
    """
    try:
        return bid, await opening
    except Problem as problem:
        if problem.code not in PASSING:
            return bid, problem
        log.warning("bid %s: %s", bid, problem.code)
        return bid, None
    except Exception:
        log.exception("bid %s could not be opened for a reason that is not the bid's", bid)
        return bid, Problem("opening.fault")


async def as_they_come(works: Sequence[Awaitable[T]], together: int, least: int) -> AsyncGenerator[list[T]]:
    """The results of works of which so many run at a time, in lists of at least `least` (the last may be shorter)."""
    gate = asyncio.Semaphore(together)

    async def one(work: Awaitable[T]) -> T:
        async with gate:
            return await work

    pending, ready = {asyncio.ensure_future(one(work)) for work in works}, []
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            ready += [task.result() for task in done]
            if len(ready) >= least or not pending:
                yield ready
                ready = []
    finally:
        for task in pending:
            task.cancel()


async def recorded(
    works: Sequence[Awaitable[tuple[str, T | Problem | None]]],
    together: int,
    least: int,
    record: Callable[[dict[str, T | Problem]], Awaitable[None]],
) -> int:
    """Record what became of each bid as it comes; how many must be tried again: the store was away, or a fault of ours."""
    again = 0
    async with aclosing(as_they_come(works, together, least)) as batches:
        async for batch in batches:
            found = {bid: became for bid, became in batch if became is not None}
            await record(found)
            again += len(batch) - len(found) + sum(map(_faulty, found.values()))
    return again


def _faulty(found: object) -> bool:
    return isinstance(found, Problem) and found.code == FAULT


@contextmanager
def told_of(part: str) -> Iterator[None]:
    """A refusal raised inside names the part it is about."""
    try:
        yield
    except Problem as problem:
        raise Problem(problem.code, **{**problem.facts, "part": part}) from problem


def _intact(sealed: Sealed, blocks: Iterable[bytes]) -> Iterator[bytes]:
    for block, data in zip(sealed.blocks, blocks, strict=True):
        if leaf_hash(data) != block.leaf:
            raise Problem("bid.damaged", number=block.number)
        yield data
