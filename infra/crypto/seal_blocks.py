"""Roots over the blocks of what streams past: 8 MiB of the container, 1 MiB of the plaintext, side by side."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from types import TracebackType

from infra.crypto.merkle import Frontier

CONTAINER_BLOCK = 8 << 20
PLAINTEXT_BLOCK = 1 << 20
_WORTH_A_THREAD = 1 << 20


class BlockRoot:
    """The RFC 6962 root over equal blocks (the last may be shorter) of bytes that arrive in pieces of any size."""

    def __init__(self, block: int) -> None:
        self.size = 0
        self._block = block
        self._tree = Frontier()
        self._leaf = sha256(b"\0")

    def feed(self, data: bytes | memoryview) -> None:
        """Take the next bytes."""
        rest = memoryview(data)
        while len(rest):
            piece = rest[: self._block - self.size % self._block]
            self._leaf.update(piece)
            self.size += len(piece)
            rest = rest[len(piece) :]
            if self.size % self._block == 0:
                self._close()

    def root(self) -> bytes:
        """The root of all that came; ends the last block, so nothing may follow."""
        if self.size % self._block:
            self._close()
        return self._tree.root()

    def _close(self) -> None:
        self._tree.append(self._leaf.digest())
        self._leaf = sha256(b"\0")


def block_root(pieces: Iterable[bytes], block: int = CONTAINER_BLOCK) -> bytes:
    """The root over the blocks of a file given in pieces: what the platform compares with the manifest."""
    tree = BlockRoot(block)
    for piece in pieces:
        tree.feed(piece)
    return tree.root()


class Meter:
    """Both roots at once, hashed in two threads while the next batch is made: SHA-256 is slower than the cipher."""

    def __init__(self) -> None:
        self.container = BlockRoot(CONTAINER_BLOCK)
        self.plaintext = BlockRoot(PLAINTEXT_BLOCK)
        self._threads: ThreadPoolExecutor | None = None
        self._running: list[Future[None]] = []

    def __enter__(self) -> "Meter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def take(self, plain: memoryview, sealed: memoryview) -> None:
        """Take the next batch; its views must stay valid until the next `take` or `wait`."""
        self.wait()
        if len(plain) < _WORTH_A_THREAD:
            self.plaintext.feed(plain)
            self.container.feed(sealed)
            return
        self._threads = self._threads or ThreadPoolExecutor(2)
        self._running = [
            self._threads.submit(self.plaintext.feed, plain),
            self._threads.submit(self.container.feed, sealed),
        ]

    def wait(self) -> None:
        """Return when everything taken is hashed."""
        for one in self._running:
            one.result()
        self._running = []
