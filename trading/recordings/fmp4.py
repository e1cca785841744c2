"""Fragmented MP4 as bytes: boxes, the init and the segments of a stream, how long a segment lasts. Pure."""

from collections.abc import Iterator
from struct import unpack_from
from typing import NamedTuple

from infra.kernel.problems import Problem

LARGEST_BOX = 64 * 1024 * 1024
LOOSE = frozenset({b"styp", b"sidx", b"free", b"skip", b"emsg", b"prft", b"mfra"})
"""Boxes that may stand between fragments and say nothing of their own."""
_DEFAULT_DURATION, _BASE_OFFSET, _DESCRIPTION = 0x08, 0x01, 0x02
_DATA_OFFSET, _FIRST_FLAGS = 0x01, 0x04
_SAMPLE_DURATION, _SAMPLE_SIZE, _SAMPLE_FLAGS, _SAMPLE_OFFSET = 0x100, 0x200, 0x400, 0x800


class Box(NamedTuple):
    """One box: its four-byte kind and where its content stands in the bytes it was found in."""

    kind: bytes
    start: int
    body: int
    end: int


class Track(NamedTuple):
    """A track of an init: `kind` is `vide` or `soun`, `scale` its units a second, `lasting` a sample's usual duration."""

    kind: str
    scale: int
    lasting: int


class Span(NamedTuple):
    """When a segment begins and how long it lasts, in milliseconds of its run's media time."""

    start: int
    length: int


class Splitter:
    """Takes the bytes a muxer writes, in any pieces, and gives whole parts: one init, then segments (`moof` + `mdat`)."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._init: bytearray | None = bytearray()
        self._fragment = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bool, bytes]]:
        """The parts that these bytes complete, each with whether it is the init; `recording.box` for what is no box."""
        self._held += data
        while (size := _box_size(self._held)) and len(self._held) >= size:
            box, kind = bytes(self._held[:size]), bytes(self._held[4:8])
            del self._held[:size]
            yield from self._take(kind, box)

    @property
    def waiting(self) -> int:
        """How many bytes stand that complete nothing yet."""
        return len(self._held) + len(self._fragment)

    def _take(self, kind: bytes, box: bytes) -> Iterator[tuple[bool, bytes]]:
        if self._init is not None:
            if kind in (b"moof", b"mdat"):
                raise Problem("recording.box", why="a fragment before the init")
            self._init += box
            if kind == b"moov":
                init, self._init = bytes(self._init), None
                yield True, init
        elif kind == b"moof":
            self._fragment = bytearray(box)
        elif kind == b"mdat":
            if not self._fragment:
                raise Problem("recording.box", why="mdat without moof")
            whole, self._fragment = bytes(self._fragment + box), bytearray()
            yield False, whole
        elif kind not in LOOSE:
            raise Problem("recording.box", why=f"{kind.decode('latin-1')!r} among fragments")


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that stand side by side; `recording.box` unless they fill the bytes exactly."""
    end = len(data) if end is None else end
    while start < end:
        if end - start < 8:
            raise Problem("recording.box", why="a broken head")
        size, kind, head = *unpack_from(">I4s", data, start), 8
        if size == 1:
            if end - start < 16:
                raise Problem("recording.box", why="a broken head")
            size, head = unpack_from(">Q", data, start + 8)[0], 16
        if size < head or start + size > end:
            raise Problem("recording.box", why="longer than what is there")
        yield Box(kind, start, start + head, start + size)
        start += size


def tracks(init: bytes) -> dict[int, Track]:
    """The tracks of an init by their number; `recording.box` where it is none."""
    found, usual = {}, {}
    moov = _one(init, b"moov", 0, len(init))
    for box in boxes(init, moov.body, moov.end):
        if box.kind == b"trak":
            number, kind, scale = _track(init, box)
            found[number] = (kind, scale)
        elif box.kind == b"mvex":
            for one in boxes(init, box.body, box.end):
                if one.kind == b"trex":
                    number, _, lasting = unpack_from(">III", _checked(init, one, 24), one.body + 4)
                    usual[number] = lasting
    if not found:
        raise Problem("recording.box", why="an init without tracks")
    return {number: Track(kind, scale, usual.get(number, 0)) for number, (kind, scale) in found.items()}


def span(known: dict[int, Track], segment: bytes) -> Span:
    """When a segment begins and how long it lasts, by its picture where it has one, else by its sound; `recording.box`."""
    found: dict[int, tuple[int, int]] = {}
    for moof in boxes(segment):
        if moof.kind != b"moof":
            continue
        for traf in boxes(segment, moof.body, moof.end):
            if traf.kind == b"traf":
                number, start, length = _fragment_times(segment, traf, known)
                begun, lasted = found.get(number, (start, 0))
                found[number] = (begun, lasted + length)
    timed = sorted(found, key=lambda number: (known[number].kind != "vide", number))
    if not timed:
        raise Problem("recording.box", why="a segment without a fragment")
    start, length = found[timed[0]]
    scale = known[timed[0]].scale
    return Span(start * 1000 // scale, length * 1000 // scale)


def _box_size(held: bytearray) -> int:
    """The size that the first box tells, 0 while its head is not whole."""
    if len(held) < 8:
        return 0
    size: int = unpack_from(">I", held)[0]
    if size == 1:
        if len(held) < 16:
            return 0
        size = unpack_from(">Q", held, 8)[0]
    if not 8 <= size <= LARGEST_BOX:
        raise Problem("recording.box", why=f"a box of {size} bytes")
    return size


def _one(data: bytes, kind: bytes, start: int, end: int) -> Box:
    for box in boxes(data, start, end):
        if box.kind == kind:
            return box
    raise Problem("recording.box", why=f"no {kind.decode()}")


def _track(data: bytes, trak: Box) -> tuple[int, str, int]:
    head = _one(data, b"tkhd", trak.body, trak.end)
    number = unpack_from(">I", _checked(data, head, 24), head.body + (20 if data[head.body] else 12))[0]
    mdia = _one(data, b"mdia", trak.body, trak.end)
    told = _one(data, b"mdhd", mdia.body, mdia.end)
    scale = unpack_from(">I", _checked(data, told, 24), told.body + (20 if data[told.body] else 12))[0]
    handler = _one(data, b"hdlr", mdia.body, mdia.end)
    kind = bytes(_checked(data, handler, 12)[handler.body + 8 : handler.body + 12])
    if scale == 0:
        raise Problem("recording.box", why="a track without a time scale")
    return number, kind.decode("latin-1"), scale


def _fragment_times(data: bytes, traf: Box, known: dict[int, Track]) -> tuple[int, int, int]:
    """A track's number, its first sample's decode time and how long its samples last, in its own units."""
    number, usual, start, length = 0, 0, 0, 0
    for box in boxes(data, traf.body, traf.end):
        if box.kind == b"tfhd":
            flags, number = unpack_from(">II", _checked(data, box, 8), box.body)
            if number not in known:
                raise Problem("recording.box", why=f"a fragment of the unknown track {number}")
            usual = known[number].lasting
            if flags & _DEFAULT_DURATION:
                place = 8 + 8 * bool(flags & _BASE_OFFSET) + 4 * bool(flags & _DESCRIPTION)
                usual = unpack_from(">I", _checked(data, box, place + 4), box.body + place)[0]
        elif box.kind == b"tfdt":
            long = _checked(data, box, 8)[box.body]
            start = unpack_from(">Q" if long else ">I", _checked(data, box, 12 if long else 8), box.body + 4)[0]
        elif box.kind == b"trun":
            length += _run_length(data, box, usual)
    if number not in known:
        raise Problem("recording.box", why="a fragment of no track")
    return number, start, length


def _run_length(data: bytes, box: Box, usual: int) -> int:
    flags, count = unpack_from(">II", _checked(data, box, 8), box.body)
    if not flags & _SAMPLE_DURATION:
        return int(count * usual)
    place = box.body + 8 + 4 * bool(flags & _DATA_OFFSET) + 4 * bool(flags & _FIRST_FLAGS)
    fields = (_SAMPLE_DURATION, _SAMPLE_SIZE, _SAMPLE_FLAGS, _SAMPLE_OFFSET)
    step = 4 * sum(bool(flags & field) for field in fields)
    if place + step * count > box.end:
        raise Problem("recording.box", why="a broken run of samples")
    return sum(unpack_from(">I", data, place + step * at)[0] for at in range(count))


def _checked(data: bytes, box: Box, least: int) -> bytes:
    if box.end - box.body < least:
        raise Problem("recording.box", why=f"{box.kind.decode('latin-1')!r} is too short")
    return data
