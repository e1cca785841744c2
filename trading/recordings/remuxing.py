"""WebM of a browser that cannot record MP4, put into fragmented MP4: the packets as they are, in another container."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError

from infra.kernel.problems import Problem
from trading.recordings.fmp4 import Splitter, Track, span, tracks
from trading.recordings.muxing import FLAGS
from trading.recordings.runs import Part

LENGTH = 4.0


def remuxed(path: Path) -> Iterator[tuple[Part, int, int]]:
    """The parts of a WebM file, with media time and length; as many as can be read of a broken one."""
    found: list[tuple[bool, bytes]] = []
    splitter, known = Splitter(), dict[int, Track]()
    with suppress(FFmpegError, OSError, ValueError):
        _remux(path, lambda data: found.extend(splitter.feed(data)))
    for init, data in found:
        if init:
            known = tracks(data)
            yield Part(init, data), 0, 0
        else:
            with suppress(Problem):
                yield Part(init, data), *span(known, data)


def _remux(path: Path, write: Callable[[bytes], None]) -> None:
    options = {"movflags": FLAGS, "min_frag_duration": str(int(LENGTH * 1_000_000)), "strict": "experimental"}
    with av.open(str(path)) as source, av.open(_Out(write), "w", format="mp4", options=options) as out:
        copies: dict[int, Any] = {}
        for one in (*source.streams.video[:1], *source.streams.audio[:1]):
            copies[one.index] = out.add_stream_from_template(one)
        with suppress(FFmpegError):  # the last cluster may be cut off
            for packet in source.demux(*(source.streams[index] for index in copies)):
                if packet.size and packet.dts is not None:
                    packet.stream = copies[packet.stream.index]
                    out.mux(packet)


class _Out:
    """What the muxer takes for a file."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, data: Any) -> int:
        """Take what it writes."""
        self._write(bytes(data))
        return len(data)
