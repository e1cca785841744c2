"""One container opened in memory: measured against its manifest, its plaintext dropped unless it is to be read out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO

from infra.crypto.seal import SealedPart, open_stream
from infra.crypto.seal_header import Header, read_header


@dataclass(frozen=True)
class Plain:
    """What opening one part gave: measurements, plaintext size, input key, the commitment's salt, and the plaintext
    where it was asked for.
    """

    measured: SealedPart
    size: int
    key: bytes = field(repr=False)
    content: bytes = field(repr=False)
    salt: bytes = field(repr=False)


class _Sink:
    """Counts plaintext and keeps it only if told to."""

    def __init__(self, keep: bool) -> None:
        self.size = 0
        self.kept = BytesIO() if keep else None

    def write(self, data: bytes | memoryview, /) -> None:
        self.size += len(data)
        if self.kept is not None:
            self.kept.write(data)


class _Blocks:
    """A container's blocks as one readable stream; one is held at a time."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._here = BytesIO(next(self._blocks, b""))

    def readinto(self, buffer: memoryview, /) -> int:
        while not (count := self._here.readinto(buffer)) and len(buffer):
            following = next(self._blocks, None)
            if following is None:
                return 0
            self._here = BytesIO(following)
        return count

    def readline(self, size: int, /) -> bytes:
        return self._here.readline(size)


def open_container(blocks: Iterable[bytes], key_of: Callable[[Header], bytes], keep: bool) -> Plain:
    """Decrypt and measure a container given as its blocks in order; `key_of` gives its input key. `seal.…` refuses."""
    source = _Blocks(blocks)
    header = read_header(source)
    key, sink = key_of(header), _Sink(keep)
    measured = open_stream(source, sink, header, key)
    return Plain(measured, sink.size, key, sink.kept.getvalue() if sink.kept else b"", measured.commit_salt)
