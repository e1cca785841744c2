"""A draw's evidence file, written line by line in its canonical form: no pool of any size is ever one value in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.listing import Lists
from expertpool.draw.pools import read_pool
from expertpool.draw.reveal import EVIDENCE
from expertpool.draw.rules import shown
from expertpool.draw.tables import Draw
from infra.auth.keys import KeyService
from infra.kernel.canonical import canonical, read
from infra.objects import Objects

POOL = "pool"
AT_ONCE = 1000
IN_MEMORY = 8 * 1024 * 1024
"""A file that grows beyond this goes on on the disk."""


class Written(NamedTuple):
    """An evidence file at its beginning, its bytes and their SHA-256."""

    file: BinaryIO
    size: int
    sha256: bytes


@asynccontextmanager
async def draw_file(session: AsyncSession, objects: Objects, keys: KeyService, draw: Draw) -> AsyncIterator[Written]:
    """The evidence file of a revealed draw, gone when the block is left; only for whoever may see it."""
    assert draw.sealed_evidence is not None
    sealed = keys.unwrap(EVIDENCE, draw.id, draw.sealed_evidence)
    head = read(sealed)
    with SpooledTemporaryFile(IN_MEMORY) as opened:
        file = cast(BinaryIO, opened)
        if POOL in head:  # a draw from before pools were sealed piece by piece keeps its file whole
            yield await asyncio.to_thread(_written, file, iter((sealed,)))
        else:
            pool = await read_pool(session, objects, keys, draw)
            yield await asyncio.to_thread(_written, file, canonical_file(head, pool.lists))


async def evidence_of(session: AsyncSession, objects: Objects, keys: KeyService, draw: Draw) -> dict[str, Any]:
    """The evidence file of a revealed draw as one value; for small pools, and whoever may see it."""
    async with draw_file(session, objects, keys, draw) as found:
        told: dict[str, Any] = read(found.file.read())
        return told


def canonical_file(head: Mapping[str, Any], lists: Lists) -> Iterator[bytes]:
    """The canonical bytes of `head` with the `pool` of these lists, each in ascending order; employers where walked."""
    walked = {bytes.fromhex(line[0]) for line in (*head["out"], *head["reasons"])}
    rows = (
        shown(specialty, line, line.leaf in walked)
        for specialty in head["order"]
        for line in lists[specialty].ascending()
    )
    yield canonical({name: value for name, value in head.items() if name < POOL})[:-1] + b',"pool":['
    yield from _joined(rows)
    yield b"]," + canonical({name: value for name, value in head.items() if name > POOL})[1:]


def _joined(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    source, first = iter(rows), True
    while batch := list(islice(source, AT_ONCE)):
        yield (b"" if first else b",") + canonical(batch)[1:-1]
        first = False


def _written(file: BinaryIO, parts: Iterable[bytes]) -> Written:
    size, hashed = 0, sha256()
    for part in parts:
        file.write(part)
        hashed.update(part)
        size += len(part)
    file.seek(0)
    return Written(file, size, hashed.digest())
