"""What a browser records: runs with a key of their own, signed chunks cut into parts, and what a chain tells of a run. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto.sign import labelled, verify_p256
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem
from trading.recordings.fmp4 import LOOSE, Track, boxes
from trading.recordings.ledger import EVENT, Entry

RUN, CHUNK = "recording-run/v1", "recording-chunk/v1"
LARGEST_CHUNK = 64 << 20
JUMP = 1000
"""Milliseconds by which a browser's clock and its picture may part before that is told."""
PLAIN, REMUXED = "video/mp4", "video/webm"
LONGEST_MIME = 120
TRACKS = ("camera", "microphone", "screen")
ENDS = ("stopped", "track-ended", "tab-lost", "unreadable")
FARTHEST = 1 << 53


class Begin(NamedTuple):
    """How a run begins: its public key (65 bytes), what is recorded, when by the browser's clock, and that clock's error.

    `offset` is what must be added to the browser's clock, `rtt` the round trip of the probe that told it; milliseconds.
    """

    key: bytes
    mime: str
    client: int
    offset: int
    rtt: int
    signature: bytes

    def message(self, stream: str) -> bytes:
        """What the run's key signs."""
        told = {"stream": stream, "key": self.key.hex(), "mime": self.mime, **clock(self)}
        return labelled(RUN, digest(told))


class Chunk(NamedTuple):
    """A chunk as its sender tells it: its number from 1 on, the hash of its bytes, the clock when it was cut, a signature."""

    number: int
    sha256: str
    client: int
    offset: int
    rtt: int
    signature: bytes

    def message(self, stream: str) -> bytes:
        """What the run's key signs."""
        told = {"stream": stream, "number": self.number, "sha256": self.sha256, **clock(self)}
        return labelled(CHUNK, digest(told))


class Part(NamedTuple):
    """A piece of a chunk: an init, or a segment with whatever stands loosely around it."""

    init: bool
    data: bytes


@dataclass
class Run:
    """A run as the chain tells it: the key, where its time is anchored, and the chunks that came."""

    number: int
    key: str
    mime: str
    anchor: int
    hashes: dict[int, str] = field(default_factory=dict)
    owing: int = 0
    size: int = 0
    over: bool = False
    heard: set[str] = field(default_factory=set)
    tracks: dict[int, Track] = field(default_factory=dict)
    usual: int | None = None

    @property
    def remuxed(self) -> bool:
        """Whether its bytes become MP4 only when it is over."""
        return self.mime.startswith(REMUXED)

    @property
    def expected(self) -> int:
        """The number of the next chunk; that of the last while some of its parts are not chained."""
        return len(self.hashes) + (0 if self.owing else 1)

    def is_known(self, chunk: Chunk) -> bool:
        """Whether this very chunk is chained whole; `recording.chunk-changed`, `recording.chunk-order`."""
        known = self.hashes.get(chunk.number)
        if known is not None and known != chunk.sha256:
            raise Problem("recording.chunk-changed", number=chunk.number, expected=self.expected)
        if known is None and chunk.number != self.expected:
            raise Problem("recording.chunk-order", number=chunk.number, expected=self.expected)
        return known is not None and not (self.owing and chunk.number == self.expected)

    def follow(self, entry: Entry) -> None:
        """Take note of an entry of the run."""
        if entry["kind"] != EVENT:
            self.owing -= 0 if self.remuxed else 1
            return
        facts = entry["facts"]
        if entry["name"] == "chunk":
            self.hashes[facts["number"]] = facts["sha256"]
            self.owing = facts["parts"]
            self.size += facts["size"]
        elif entry["name"] == "run-ended":
            self.over = True
        elif entry["name"] == "track-ended":
            self.heard.add(f"{facts['track']} {facts['client']}")


def replayed(entries: Iterable[Entry]) -> Run | None:
    """The last run that these entries of a stream tell."""
    run: Run | None = None
    for entry in entries:
        if entry.get("name") == "run-begun":
            facts = entry["facts"]
            run = Run(entry["run"], facts["key"], facts["codec"], facts["anchor"])
        elif run is not None and entry["run"] == run.number:
            run.follow(entry)
    return run


def clock(told: Begin | Chunk) -> dict[str, int]:
    """The times that a browser tells."""
    return {"client": told.client, "offset": told.offset, "rtt": told.rtt}


def check_begin(stream: str, begin: Begin) -> None:
    """`recording.run-facts` for what no run can begin with, `recording.run-signature` unless the key itself signed it."""
    kind = begin.mime.split(";")[0]
    short = 0 < len(begin.mime) <= LONGEST_MIME and begin.mime.isascii() and begin.mime.isprintable()
    if kind not in (PLAIN, REMUXED) or not short or not _timed(begin) or len(begin.key) != 65:
        raise Problem("recording.run-facts")
    if not verify_p256(begin.key, begin.message(stream), begin.signature):
        raise Problem("recording.run-signature")


def check_chunk(stream: str, key: str, chunk: Chunk, data: bytes) -> None:
    """`recording.chunk-facts`, `recording.chunk-hash`, `recording.chunk-signature`."""
    if not data or chunk.number < 1 or not _timed(chunk):
        raise Problem("recording.chunk-facts")
    if sha256(data).hexdigest() != chunk.sha256:
        raise Problem("recording.chunk-hash", number=chunk.number)
    if not verify_p256(bytes.fromhex(key), chunk.message(stream), chunk.signature):
        raise Problem("recording.chunk-signature", number=chunk.number)


def split(data: bytes) -> list[Part]:
    """The parts of a chunk of MP4, which joined are the chunk again; `recording.box` where it is not whole boxes.

    Boxes that stand between fragments go with what follows, those at the end with what stands before; a chunk of nothing else
    has no part.
    """
    parts: list[Part] = []
    begun, kinds = 0, list[bytes]()
    for box in boxes(data):
        kinds.append(box.kind)
        if box.kind == b"moov":
            _ordered(box.kind, b"moof" not in kinds and not parts)
            parts.append(Part(True, data[begun : box.end]))
        elif box.kind == b"mdat":
            _ordered(box.kind, kinds.count(b"moof") == 1)
            parts.append(Part(False, data[begun : box.end]))
        elif box.kind != b"moof" and box.kind != b"ftyp" and box.kind not in LOOSE:
            _ordered(box.kind, False)
        if box.kind in (b"moov", b"mdat"):
            begun, kinds = box.end, []
    _ordered(b"moof", b"moof" not in kinds and b"ftyp" not in kinds)
    if parts and begun < len(data):
        parts[-1] = parts[-1]._replace(data=parts[-1].data + data[begun:])
    return parts


def _ordered(kind: bytes, good: bool) -> None:
    if not good:
        raise Problem("recording.box", why=f"{kind.decode('latin-1')!r} in this place")


def anchored(begin: Begin, now: int, until: int) -> int:
    """When a run's picture begins by the server's clock: as the browser tells, but neither to come nor before the last run."""
    return max(min(begin.client + begin.offset, now), until)


def parted(run: Run, chunk: Chunk, end: int) -> int:
    """By how much clock and picture have parted since it was told last; 0 while that is little. `end` is the chunk's own."""
    late = chunk.client + chunk.offset - end
    run.usual = late if run.usual is None else run.usual
    jump = late - run.usual
    if abs(jump) < JUMP:
        return 0
    run.usual = late
    return jump


def chunk_facts(chunk: Chunk, size: int, parts: int) -> dict[str, Any]:
    """What the chain keeps of a chunk."""
    signature = chunk.signature.hex()
    told = {"number": chunk.number, "sha256": chunk.sha256, "signature": signature, "size": size, "parts": parts}
    return {**told, **clock(chunk)}


def run_facts(begin: Begin, anchor: int) -> dict[str, Any]:
    """What the chain keeps of a run's beginning."""
    told = {"codec": begin.mime, "sound": "", "key": begin.key.hex(), "signature": begin.signature.hex()}
    return {**told, **clock(begin), "anchor": anchor}


def _timed(told: Begin | Chunk) -> bool:
    near = all(abs(one) < FARTHEST for one in (told.client, told.offset))
    return near and told.client >= 0 and 0 <= told.rtt < FARTHEST
