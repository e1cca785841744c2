"""Packets of a camera into fragmented MP4: copied as they are, sound turned to AAC where browsers could not play it."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
from av.error import FFmpegError

from infra.kernel.problems import Problem
from trading.recordings.fmp4 import Span, Splitter, Track, span, tracks
from trading.recordings.nals import parameter_sets

FLAGS = "frag_keyframe+empty_moov+default_base_moof+skip_trailer"
JUMP = 10.0
"""Seconds by which a camera's time may leap between two packets before a new run begins."""
CODECS = ("h264", "hevc")
USUAL_RATE = 25

Write = Callable[[bool, bytes, int, int, dict[str, Any]], None]
"""Told each whole part: whether it is the init, its bytes, its media time and length in milliseconds, what is in the run."""


class Restart(Exception):
    """The camera must be opened anew: `codec-changed` or `time-jumped`."""


class Muxer:
    """One run: from the first key frame on, every packet in the order of its time."""

    def __init__(self, source: Any, write: Write, length: float, clock: Callable[[], int]) -> None:
        """`recording.no-picture` where the source has no picture that can be kept as it is."""
        pictures = [one for one in source.streams.video if one.codec_context.name in CODECS]
        if not pictures:
            raise Problem("recording.no-picture")
        self._write, self._known = write, dict[int, Track]()
        self._splitter, self._begun = Splitter(), False
        self._sets: bytes | None = None
        self._first: Any = None
        self._clock = clock
        self.anchor = clock()
        options = {"movflags": FLAGS, "min_frag_duration": str(int(length * 1_000_000))}
        self._out = av.open(_Pipe(self._take_bytes), "w", format="mp4", options=options)
        self._tracks = {pictures[0].index: _copied(self._out, pictures[0])}
        sound = next(iter(source.streams.audio), None)
        if sound is not None and sound.codec_context.name != "unknown":
            self._tracks[sound.index] = _sound(self._out, sound)
        self.inputs = [one for one in (pictures[0], sound) if one is not None and one.index in self._tracks]
        self._picture, self._zero = pictures[0], Fraction(0)
        self._last: dict[int, int] = {}
        self.told = {
            "codec": pictures[0].codec_context.name,
            "sound": "" if sound is None else sound.codec_context.name,
        }

    def take(self, packet: Any) -> None:
        """Mux one packet; `Restart` where the run cannot go on, `recording.…` and FFmpeg's errors for garbage."""
        if packet.size == 0 or packet.stream.index not in self._tracks:
            return
        picture = packet.stream.index == self._picture.index
        if picture and packet.is_keyframe:
            self._check_sets(bytes(packet))
        if not self._begun:
            self._begin(packet, picture)
        elif self._ordered(packet):
            self._mux(packet, picture)

    def _begin(self, packet: Any, picture: bool) -> None:
        """Begin with a key frame. A camera's first packet may come without a time: then the next one tells it."""
        first = self._first
        if first is None and picture and packet.is_keyframe:
            self._first = first = packet
        if first is None or not picture or packet.dts is None:
            return
        if first is not packet and first.dts is None:
            rate = self._picture.average_rate or USUAL_RATE
            first.dts = first.pts = packet.dts - max(1, int(1 / (rate * packet.time_base)))
        self._begun, self._zero = True, first.dts * first.time_base
        self.anchor = self._clock()
        for one in (first,) if first is packet else (first, packet):
            if self._ordered(one):
                self._mux(one, True)

    def _mux(self, packet: Any, picture: bool) -> None:
        """A run's time is anchored where its packets were quickest: what a connection holds back only makes them later."""
        if picture:
            self.anchor = min(self.anchor, self._clock() - int(packet.dts * packet.time_base * 1000))
        for one in self._tracks[packet.stream.index](packet):
            self._out.mux(one)

    def close(self) -> None:
        """Write what is held back: the last, shorter segment."""
        try:
            for track in self._tracks.values():
                for one in track(None) if self._begun else ():
                    self._out.mux(one)
        finally:
            self._out.close()

    def _ordered(self, packet: Any) -> bool:
        """Move a packet's time to the run's, never back: equal times made the muxer stumble. False for what came before."""
        index, base = packet.stream.index, packet.time_base
        last = self._last.get(index)
        zero = int(self._zero / base)
        dts = (packet.dts - zero) if packet.dts is not None else (0 if last is None else last + 1)
        if last is not None and abs((dts - last) * base) > JUMP:
            raise Restart("time-jumped")
        if dts < 0:
            return False
        if last is not None and dts <= last:
            dts = last + 1
        packet.pts = max(dts, packet.pts - zero if packet.pts is not None else dts)
        packet.dts = self._last[index] = dts
        return True

    def _check_sets(self, data: bytes) -> None:
        """A picture of another size or kind begins a run of its own, with its own init."""
        found = parameter_sets(data, self._picture.codec_context.name)
        if not found:
            return
        if self._sets is not None and found != self._sets:
            raise Restart("codec-changed")
        self._sets = found

    def _take_bytes(self, data: bytes) -> None:
        for init, whole in self._splitter.feed(data):
            if init:
                self._known = tracks(whole)
                self._write(True, whole, 0, 0, self.told)
            else:
                found: Span = span(self._known, whole)
                self._write(False, whole, found.start, found.length, self.told)


class _Pipe:
    """What the muxer takes for a file: it can only be written. An error of the writer is kept from being swallowed."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def write(self, data: Any) -> int:
        self._take(bytes(data))
        return len(data)


Track_ = Callable[[Any], list[Any]]


def _copied(out: Any, stream: Any) -> Track_:
    """The packets as they are."""
    track = out.add_stream_from_template(stream)
    if stream.codec_context.name == "hevc":
        track.codec_context.codec_tag = "hvc1"

    def take(packet: Any) -> list[Any]:
        if packet is None:
            return []
        packet.stream = track
        return [packet]

    return take


def _sound(out: Any, stream: Any) -> Track_:
    """AAC that brings its description is copied; anything else, G.711 above all, is turned to AAC."""
    told = stream.codec_context
    if told.name == "aac" and told.extradata:
        return _copied(out, stream)
    track = out.add_stream("aac", rate=told.sample_rate or 8000)
    track.layout = "mono"
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=track.rate)
    decoder = told

    def take(packet: Any) -> list[Any]:
        try:
            frames = decoder.decode(packet)
        except FFmpegError:
            return []
        heard = [one for frame in frames for one in resampler.resample(frame)]
        found = [coded for frame in heard for coded in track.encode(frame)]
        return found + (list(track.encode(None)) if packet is None else [])

    return take
