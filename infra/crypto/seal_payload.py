"""The payload of a sealed bid: C2SP chunked-encryption v1, streamed through a few buffers of fixed size."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle
from typing import Never

from cryptography.exceptions import InvalidTag

from infra.crypto.seal_header import Readable
from infra.crypto.seal_suite import Aead, Suite
from infra.kernel.problems import Problem

CHUNK = 16384
TAG = 16
SEALED = CHUNK + TAG
SALT = 24
PROLOGUE = SALT + 32

# A first small batch, so that a price form of a few KB costs no large buffers; then 4 MiB, which stays in the cache.
_FIRST, _BATCH = 4, 256

Pair = tuple[memoryview, memoryview]
"""Plaintext and where it is sealed, or the other way round."""


class Batch:
    """Room for plaintext and its encrypted chunks, cut once into the `Pair` of every whole chunk that both have room for."""

    def __init__(self, plain: memoryview, sealed: memoryview) -> None:
        self.plain, self.sealed = plain, sealed
        count = min(len(plain) // CHUNK, len(sealed) // SEALED)
        self.chunks: list[Pair] = [
            (plain[at * CHUNK : (at + 1) * CHUNK], sealed[at * SEALED : (at + 1) * SEALED]) for at in range(count)
        ]


@dataclass(frozen=True)
class PayloadKeys:
    """What one payload is encrypted with: suite, AEAD, the nonce base as a number, the 32-byte commitment."""

    suite: Suite
    aead: Aead
    base: int
    commitment: bytes

    def nonce(self, number: int) -> bytes:
        """The nonce of chunk `number` (from 0)."""
        return (self.base ^ number).to_bytes(12)


def payload_keys(suite: Suite, input_key: bytes, salt: bytes, context: bytes) -> PayloadKeys:
    """Step 5: `salt` is 24 bytes, `context` the SHA-256 of the whole header."""
    info = b"c2sp.org/chunked-encryption@v1+" + suite.aead_name + b"\0" + salt + context
    derived = suite.expand(input_key, info, suite.aead_key + 44)
    key, base, commitment = derived[: suite.aead_key], derived[suite.aead_key : -32], derived[-32:]
    return PayloadKeys(suite, suite.aead(key), int.from_bytes(base), commitment)


def encrypt_chunks(source: Readable, keys: PayloadKeys) -> Iterator[Pair]:
    """(plaintext, its encrypted chunks), batch by batch; a view stays valid until the next but one is asked for."""
    number = 0
    for batch in _batches():
        size = fill(source, batch.plain)
        last = size < len(batch.plain)
        written = _encrypt(keys, number, batch, size, last)
        yield batch.plain[:size], batch.sealed[:written]
        if last:
            return
        number += size // CHUNK


def decrypt_chunks(source: Readable, keys: PayloadKeys) -> Iterator[Pair]:
    """(plaintext, its encrypted chunks) as above; `seal.chunk`, `seal.truncated` or `seal.extended`."""
    number = 0
    for batch in _batches():
        size = fill(source, batch.sealed)
        last = size < len(batch.sealed)
        read = _decrypt(keys, number, batch, size, last)
        yield batch.plain[:read], batch.sealed[:size]
        if last:
            return
        number += size // SEALED


def decrypt(keys: PayloadKeys, number: int, sealed: memoryview, plain: memoryview, last: bool) -> int:
    """Whole chunks from chunk `number` on, and with `last` the short chunk that ends the payload; bytes written."""
    return _decrypt(keys, number, Batch(plain, sealed), len(sealed), last)


def fill(source: Readable, view: memoryview) -> int:
    """Read until the view is full or the source ends; bytes read."""
    size = 0
    while size < len(view) and (got := source.readinto(view[size:])):
        size += got
    return size


def _encrypt(keys: PayloadKeys, number: int, batch: Batch, size: int, last: bool) -> int:
    """The first `size` bytes of the batch's plaintext; this loop is the speed of sealing, so nothing is cut in it."""
    seal, base, whole = keys.aead.encrypt_into, keys.base, size // CHUNK
    for at, (plain, sealed) in enumerate(batch.chunks[:whole], number):
        seal((base ^ at).to_bytes(12), plain, None, sealed)
    to = whole * SEALED
    if not last:
        return to
    rest = batch.plain[whole * CHUNK : size]
    seal(keys.nonce(number + whole), rest, None, batch.sealed[to : to + len(rest) + TAG])
    return to + len(rest) + TAG


def _decrypt(keys: PayloadKeys, number: int, batch: Batch, size: int, last: bool) -> int:
    opened, base, whole = keys.aead.decrypt_into, keys.base, size // SEALED
    at = number
    try:
        for at, (plain, sealed) in enumerate(batch.chunks[:whole], number):
            opened((base ^ at).to_bytes(12), sealed, None, plain)
    except InvalidTag:
        _refuse(keys, at, batch.chunks[at - number][1], False)
    to = whole * CHUNK
    return (
        to + _decrypt_last(keys, number + whole, batch.sealed[whole * SEALED : size], batch.plain[to:]) if last else to
    )


def _decrypt_last(keys: PayloadKeys, number: int, sealed: memoryview, plain: memoryview) -> int:
    if len(sealed) < TAG:
        raise Problem("seal.truncated")
    size = len(sealed) - TAG
    try:
        keys.aead.decrypt_into(keys.nonce(number), sealed, None, plain[:size])
    except InvalidTag:
        _refuse(keys, number, sealed, True)
    return size


def _refuse(keys: PayloadKeys, number: int, sealed: memoryview, last: bool) -> Never:
    """Say why a chunk does not open, as precisely as can be known; runs once, on the way out."""
    if keys.suite.ends_earlier(keys.aead, keys.nonce(number), bytes(sealed)):
        raise Problem("seal.extended")
    if last and _lost_its_end(keys, number, bytes(sealed)):
        raise Problem("seal.truncated")
    raise Problem("seal.chunk", number=number)


def _lost_its_end(keys: PayloadKeys, number: int, sealed: bytes) -> bool:
    """Whether only the tag's end (up to 12 of 16 bytes) is missing: what is left of it still fits the ciphertext."""
    for left in range(4, TAG):
        body, tag = sealed[:-left], sealed[-left:]
        stream = _sealed(keys, number, bytes(len(body)))
        plain = bytes(a ^ b for a, b in zip(body, stream, strict=False))
        if _sealed(keys, number, plain)[len(body) :].startswith(tag):
            return True
    return False


def _sealed(keys: PayloadKeys, number: int, plain: bytes) -> bytes:
    out = bytearray(len(plain) + TAG)
    keys.aead.encrypt_into(keys.nonce(number), memoryview(plain), None, memoryview(out))
    return bytes(out)


def _batches() -> Iterator[Batch]:
    return chain([_batch(_FIRST)], _large())


def _large() -> Iterator[Batch]:
    yield from cycle([_batch(_BATCH), _batch(_BATCH)])


def _batch(chunks: int) -> Batch:
    return Batch(memoryview(bytearray(chunks * CHUNK)), memoryview(bytearray(chunks * SEALED)))
