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
    for plain, sealed in _buffers():
        size = fill(source, plain)
        last = size < len(plain)
        written = _encrypt(keys, number, plain[:size], sealed, last)
        yield plain[:size], sealed[:written]
        if last:
            return
        number += size // CHUNK


def decrypt_chunks(source: Readable, keys: PayloadKeys) -> Iterator[Pair]:
    """(plaintext, its encrypted chunks) as above; `seal.chunk`, `seal.truncated` or `seal.extended`."""
    number = 0
    for plain, sealed in _buffers():
        size = fill(source, sealed)
        last = size < len(sealed)
        read = decrypt(keys, number, sealed[:size], plain, last)
        yield plain[:read], sealed[:size]
        if last:
            return
        number += size // SEALED


def decrypt(keys: PayloadKeys, number: int, sealed: memoryview, plain: memoryview, last: bool) -> int:
    """Whole chunks from chunk `number` on, and with `last` the short chunk that ends the payload; bytes written."""
    opened, whole = keys.aead.decrypt_into, len(sealed) // SEALED
    index = 0
    try:
        for index in range(whole):
            at, to = index * SEALED, index * CHUNK
            opened(keys.nonce(number + index), sealed[at : at + SEALED], None, plain[to : to + CHUNK])
    except InvalidTag:
        _refuse(keys, number + index, sealed[index * SEALED :][:SEALED], False)
    to = whole * CHUNK
    return to + _decrypt_last(keys, number + whole, sealed[whole * SEALED :], plain[to:]) if last else to


def fill(source: Readable, view: memoryview) -> int:
    """Read until the view is full or the source ends; bytes read."""
    size = 0
    while size < len(view) and (got := source.readinto(view[size:])):
        size += got
    return size


def _encrypt(keys: PayloadKeys, number: int, plain: memoryview, sealed: memoryview, last: bool) -> int:
    seal, whole = keys.aead.encrypt_into, len(plain) // CHUNK
    for index in range(whole):
        at, to = index * CHUNK, index * SEALED
        seal(keys.nonce(number + index), plain[at : at + CHUNK], None, sealed[to : to + SEALED])
    to = whole * SEALED
    if not last:
        return to
    rest = plain[whole * CHUNK :]
    seal(keys.nonce(number + whole), rest, None, sealed[to : to + len(rest) + TAG])
    return to + len(rest) + TAG


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


def _buffers() -> Iterator[Pair]:
    return chain([_pair(_FIRST)], _large())


def _large() -> Iterator[Pair]:
    yield from cycle([_pair(_BATCH), _pair(_BATCH)])


def _pair(chunks: int) -> Pair:
    return memoryview(bytearray(chunks * CHUNK)), memoryview(bytearray(chunks * SEALED))
