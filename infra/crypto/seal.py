"""Sealing and opening whole containers `sealed-bid/v1`, streamed or in memory (docs/formats/sealed-bid.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from io import BytesIO
from typing import Protocol

from infra.crypto.keyset import Keyset
from infra.crypto.manifest import PartEntry
from infra.crypto.seal_blocks import Meter
from infra.crypto.seal_header import Header, Readable, read_header
from infra.crypto.seal_key import commit_salt, commitment, new_header, recover
from infra.crypto.seal_payload import (
    PROLOGUE,
    SALT,
    PayloadKeys,
    decrypt_chunks,
    encrypt_chunks,
    fill,
    payload_keys,
)
from infra.crypto.seal_suite import Random, find_suite
from infra.kernel.problems import Problem

Progress = Callable[[int], None]
"""Told the number of plaintext bytes done since the last call."""

Tap = Callable[[memoryview, memoryview], None]


class Writable(Protocol):
    """A stream that takes all it is given before it returns: `io.BytesIO`, a file opened with "wb"."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take these bytes; the view is reused afterwards."""
        ...


@dataclass(frozen=True)
class SealedPart:
    """What the manifest lists of a container (`size`, `root`, `commit`) and the bid kit keeps (`commit_salt`)."""

    size: int
    root: bytes
    commit: bytes
    commit_salt: bytes

    def entry(self, part: str) -> PartEntry:
        """The manifest's entry."""
        return PartEntry(part, self.size, self.root, self.commit)


def seal_stream(
    source: Readable, sink: Writable, header: Header, input_key: bytes, random: Random, progress: Progress | None = None
) -> SealedPart:
    """Write the whole container (header and key from `new_header`) and measure it in the same pass; memory is flat."""
    with Meter() as meter:
        write_container(source, sink, header, input_key, random, _both(meter.take, progress))
        return _measured(meter, header, input_key)


def open_stream(
    source: Readable, sink: Writable, header: Header, input_key: bytes, progress: Progress | None = None
) -> SealedPart:
    """Write the plaintext and measure the container; the source stands behind its header (`read_header`).

    Nothing is written before the commitment holds. On a later `seal.chunk`, `seal.truncated` or `seal.extended` the
    caller discards what was written.
    """
    with Meter() as meter:
        read_container(source, sink, header, input_key, _both(meter.take, progress))
        return _measured(meter, header, input_key)


def write_container(
    source: Readable, sink: Writable, header: Header, input_key: bytes, random: Random, tap: Tap | None = None
) -> None:
    """Write the container without measuring it; `tap` sees (plaintext, container bytes) of each batch."""
    salt, prefix = random(SALT), header.encode()
    keys = _keys(prefix, header, input_key, salt)
    start = prefix + salt + keys.commitment
    sink.write(start)
    if tap:
        tap(memoryview(b""), memoryview(start))
    for plain, sealed in encrypt_chunks(source, keys):
        sink.write(sealed)
        if tap:
            tap(plain, sealed)


def read_container(source: Readable, sink: Writable, header: Header, input_key: bytes, tap: Tap | None = None) -> None:
    """Write the plaintext without measuring; refusals and duties as for `open_stream`."""
    prefix, prologue = header.encode(), memoryview(bytearray(PROLOGUE))
    if fill(source, prologue) < PROLOGUE:
        raise Problem("seal.truncated")
    keys = opening_keys(header, input_key, bytes(prologue))
    if tap:
        tap(memoryview(b""), memoryview(prefix + prologue))
    for plain, sealed in decrypt_chunks(source, keys):
        sink.write(plain)
        if tap:
            tap(plain, sealed)


def opening_keys(header: Header, input_key: bytes, prologue: bytes) -> PayloadKeys:
    """The payload's keys from its first 56 bytes; `seal.commitment` unless they belong to this key and header."""
    keys = _keys(header.encode(), header, input_key, prologue[:SALT])
    if not compare_digest(keys.commitment, prologue[SALT:]):
        raise Problem("seal.commitment")
    return keys


def seal_bytes(
    plaintext: bytes, keyset: Keyset, part: str, bidder: bytes, factor: bytes | None, random: Random
) -> tuple[bytes, SealedPart]:
    """Container and measurements of a plaintext in memory; `bidder` is the 32-byte bidder line."""
    header, key = new_header(keyset, part, bidder, factor, random)
    sink = BytesIO()
    sealed = seal_stream(BytesIO(plaintext), sink, header, key, random)
    return sink.getvalue(), sealed


def open_bytes(
    container: bytes, private_keys: Mapping[int, bytes], factor: bytes | None = None, keyset: Keyset | None = None
) -> bytes:
    """The plaintext of a container in memory, by released keys (custodian number from 1)."""
    source, sink = BytesIO(container), BytesIO()
    header = read_header(source)
    read_container(source, sink, header, recover(header, private_keys, factor, keyset))
    return sink.getvalue()


def _keys(prefix: bytes, header: Header, input_key: bytes, salt: bytes) -> PayloadKeys:
    return payload_keys(find_suite(header.suite), input_key, salt, sha256(prefix).digest())


def _both(tap: Tap, progress: Progress | None) -> Tap:
    def both(plain: memoryview, sealed: memoryview) -> None:
        tap(plain, sealed)
        if progress:
            progress(len(plain))

    return both


def _measured(meter: Meter, header: Header, input_key: bytes) -> SealedPart:
    meter.wait()
    salt = commit_salt(find_suite(header.suite), input_key)
    return SealedPart(meter.container.size, meter.container.root(), commitment(salt, meter.plaintext.root()), salt)
