"""Random access to a sealed plaintext: ranges decrypted in flight, nothing stored."""

from collections.abc import Callable, Iterator

from infra.crypto.seal import opening_keys
from infra.crypto.seal_header import Header
from infra.crypto.seal_payload import CHUNK, PROLOGUE, SEALED, TAG, decrypt
from infra.kernel.problems import Problem

Fetch = Callable[[int, int], bytes]
"""(offset, size) gives exactly these bytes of the container."""

_BATCH = 64


class RangeReader:
    """A container opened for reading anywhere; made once, the commitment is checked then.

    `size` is the plaintext's length, true where the container is the one whose root was checked; every chunk is
    authenticated when it is read, with `seal.chunk` or `seal.truncated`.
    """

    def __init__(self, header: Header, input_key: bytes, fetch: Fetch, container_size: int) -> None:
        self._fetch = fetch
        head = len(header.encode())
        self._body = head + PROLOGUE
        self._end = container_size
        full, rest = divmod(container_size - self._body, SEALED)
        if full < 0 or rest < TAG:
            raise Problem("seal.truncated")
        self.size = full * CHUNK + rest - TAG
        self._keys = opening_keys(header, input_key, fetch(head, PROLOGUE))

    def read(self, start: int, stop: int) -> bytes:
        """The plaintext from `start` to before `stop`, cut at its end like a slice; neither may be negative."""
        return b"".join(self.pieces(start, stop))

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """The same in pieces of at most 1 MiB, for a response that streams."""
        stop = min(stop, self.size)
        room = memoryview(bytearray(self._count(start, stop) * CHUNK)) if start < stop else memoryview(b"")
        while start < stop:
            first = start // CHUNK
            plain = self._chunks(first, self._count(start, stop), room)
            here = plain[start - first * CHUNK : stop - first * CHUNK]
            yield bytes(here)
            start += len(here)

    def _count(self, start: int, stop: int) -> int:
        """Chunks of the next piece."""
        return min(-(-stop // CHUNK) - start // CHUNK, _BATCH)

    def _chunks(self, first: int, count: int, room: memoryview) -> memoryview:
        at = self._body + first * SEALED
        size = min(count * SEALED, self._end - at)
        sealed = self._fetch(at, size)
        if len(sealed) != size:
            raise Problem("seal.truncated")
        return room[: decrypt(self._keys, first, memoryview(sealed), room, size % SEALED != 0)]


def open_range(input_key: bytes, header: Header, fetch: Fetch, container_size: int, start: int, stop: int) -> bytes:
    """One plaintext range; several reads of one container share a `RangeReader`."""
    return RangeReader(header, input_key, fetch, container_size).read(start, stop)
