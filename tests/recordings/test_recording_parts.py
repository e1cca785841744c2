"""Boxes, segments and parameter sets: what a recording is cut into."""

from pathlib import Path
from struct import pack

import av
import pytest
from recording_scene import SHORT

from infra.kernel.problems import Problem
from trading.recordings.fmp4 import LARGEST_BOX, Splitter, boxes, span, tracks
from trading.recordings.muxing import Muxer
from trading.recordings.nals import parameter_sets, units

SPS, PPS, IDR = b"\x67\x42\x00\x1e", b"\x68\xce", b"\x65\x88\x80"


def box(kind: bytes, body: bytes = b"") -> bytes:
    return pack(">I", 8 + len(body)) + kind + body


@pytest.fixture(scope="module")
def muxed(films: Path) -> list[tuple[bool, bytes, int, int]]:
    """A film of two seconds as parts."""
    found: list[tuple[bool, bytes, int, int]] = []
    with av.open(str(films / "a.mp4")) as source:
        muxer = Muxer(
            source, lambda init, data, at, length, told: found.append((init, data, at, length)), SHORT, lambda: 0
        )
        for packet in source.demux(*muxer.inputs):
            muxer.take(packet)
        muxer.close()
    return found


def test_a_film_becomes_one_init_and_segments_that_follow_each_other_in_time(
    muxed: list[tuple[bool, bytes, int, int]],
) -> None:
    assert [init for init, *_ in muxed] == [True, False, False]
    times = [(at, length) for init, _, at, length in muxed if not init]
    assert times[0][0] == 0 and times[0][0] + times[0][1] == times[1][0]
    assert abs(sum(length for _, length in times) - 2000) < 100


@pytest.mark.parametrize("piece", [1, 7, 1000, 10**9])
def test_parts_are_the_same_in_whatever_pieces_the_bytes_come(
    muxed: list[tuple[bool, bytes, int, int]], piece: int
) -> None:
    whole = b"".join(data for _, data, *_ in muxed)
    splitter = Splitter()
    found = [part for at in range(0, len(whole), piece) for part in splitter.feed(whole[at : at + piece])]
    assert found == [(init, data) for init, data, *_ in muxed]
    assert splitter.waiting == 0


def test_init_and_segments_play_as_one_file(muxed: list[tuple[bool, bytes, int, int]], tmp_path: Path) -> None:
    file = tmp_path / "whole.mp4"
    file.write_bytes(b"".join(data for _, data, *_ in muxed))
    with av.open(str(file)) as source:
        assert sum(1 for _ in source.decode(video=0)) == 50
    with av.open(str(file)) as source:
        assert sum(1 for _ in source.decode(audio=0)) > 25


@pytest.mark.parametrize(
    "data",
    [
        box(b"moof") + box(b"mdat"),
        box(b"ftyp") + box(b"moov") + box(b"mdat"),
        box(b"ftyp") + box(b"moov") + box(b"hack"),
        pack(">I", 3) + b"ftyp",
        pack(">I4sQ", 1, b"ftyp", LARGEST_BOX + 1),
    ],
    ids=["fragment-first", "data-alone", "unknown", "too-small", "too-large"],
)
def test_what_is_no_stream_of_boxes_is_refused(data: bytes) -> None:
    with pytest.raises(Problem, match=r"recording.box"):
        list(Splitter().feed(data))


def test_boxes_that_do_not_fill_their_bytes_are_refused() -> None:
    for data in (b"\0\0\0", box(b"moov") + b"\0", pack(">I4s", 20, b"moov"), pack(">I4s", 1, b"moov")):
        with pytest.raises(Problem, match=r"recording.box"):
            list(boxes(data))


def test_a_segment_of_another_init_is_refused(muxed: list[tuple[bool, bytes, int, int]]) -> None:
    known = tracks(muxed[0][1])
    with pytest.raises(Problem, match=r"recording.box"):
        span({number + 7: track for number, track in known.items()}, muxed[1][1])
    with pytest.raises(Problem, match=r"recording.box"):
        span(known, box(b"free"))


@pytest.mark.parametrize("cut", range(8, 400, 23))
def test_a_cut_init_or_segment_never_raises_anything_but_a_problem(
    muxed: list[tuple[bool, bytes, int, int]], cut: int
) -> None:
    known = tracks(muxed[0][1])
    for call in (lambda: tracks(muxed[0][1][:cut]), lambda: span(known, muxed[1][1][:cut])):
        with pytest.raises(Problem, match=r"recording.box"):
            call()


def test_parameter_sets_are_found_among_pictures() -> None:
    packet = b"\0\0\0\1" + SPS + b"\0\0\1" + PPS + b"\0\0\0\1" + IDR
    assert list(units(packet)) == [SPS, PPS, IDR]
    assert parameter_sets(packet, "h264") == SPS
    assert parameter_sets(b"\0\0\1" + IDR, "h264") == b""
    assert parameter_sets(b"\0\0\1\x42\x01\x01\0\0\1\x40\x01", "hevc") == b"\x42\x01\x01"
