"""Random access: a range of a container is the slice of its plaintext."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing_scene import Custody, Stream, a_bid

from infra.crypto.seal_header import parse_header
from infra.crypto.seal_key import recover
from infra.crypto.seal_range import RangeReader, open_range
from infra.crypto.seal_suite import SUITES
from infra.kernel.problems import Problem

CUSTODY = Custody()
PLAIN = Stream("ranges")(70 * 16384 + 4321)
CONTAINER, _ = a_bid(PLAIN, CUSTODY)
HEADER = parse_header(CONTAINER)
KEY = recover(HEADER, CUSTODY.keys(2, 3))
BODY = len(HEADER.encode()) + 56


def fetch(offset: int, size: int) -> bytes:
    return CONTAINER[offset : offset + size]


def test_the_reader_knows_the_plaintexts_size() -> None:
    assert RangeReader(HEADER, KEY, fetch, len(CONTAINER)).size == len(PLAIN)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(PLAIN) + 20000), st.integers(0, len(PLAIN) + 20000))
def test_a_range_is_the_slice(start: int, stop: int) -> None:
    assert open_range(KEY, HEADER, fetch, len(CONTAINER), start, stop) == PLAIN[start:stop]


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("size", [0, 1, 16383, 16384, 16385, 50_000])
def test_the_whole_and_its_middle_are_ranges_too(size: int, suite: str) -> None:
    custody = Custody(suite=suite)
    container, _ = a_bid(PLAIN[:size], custody)
    header = parse_header(container)
    read = RangeReader(
        header, recover(header, custody.keys(1, 2)), lambda at, n: container[at : at + n], len(container)
    )
    assert read.read(0, 1 << 20) == PLAIN[:size]
    assert read.read(size // 3, size // 2) == PLAIN[size // 3 : size // 2]


def test_a_long_range_comes_in_pieces_of_at_most_1_mib() -> None:
    pieces = list(RangeReader(HEADER, KEY, fetch, len(CONTAINER)).pieces(10, len(PLAIN)))
    assert b"".join(pieces) == PLAIN[10:]
    assert max(map(len, pieces)) <= 1 << 20


def test_only_the_chunks_of_the_range_are_fetched() -> None:
    asked: list[tuple[int, int]] = []

    def noted(offset: int, size: int) -> bytes:
        asked.append((offset, size))
        return fetch(offset, size)

    open_range(KEY, HEADER, noted, len(CONTAINER), 5 * 16384 + 1, 5 * 16384 + 2)
    assert asked == [(BODY - 56, 56), (BODY + 5 * 16400, 16400)]


def test_a_damaged_chunk_is_refused_when_it_is_read() -> None:
    at = BODY + 3 * 16400 + 7
    damaged = CONTAINER[:at] + bytes([CONTAINER[at] ^ 1]) + CONTAINER[at + 1 :]
    reader = RangeReader(HEADER, KEY, lambda offset, size: damaged[offset : offset + size], len(damaged))
    assert reader.read(0, 3 * 16384) == PLAIN[: 3 * 16384]
    with pytest.raises(Problem, match=r"seal\.chunk: number=3"):
        reader.read(3 * 16384, 3 * 16384 + 1)


@pytest.mark.parametrize("size", [BODY - 1, BODY, BODY + 15, BODY + 16400, BODY + 16400 + 15])
def test_a_container_cut_at_a_chunk_is_refused(size: int) -> None:
    with pytest.raises(Problem, match=r"seal\.truncated"):
        RangeReader(HEADER, KEY, fetch, size)


def test_a_store_that_gives_too_little_is_noticed() -> None:
    reader = RangeReader(HEADER, KEY, lambda at, size: fetch(at, min(size, 1000)), len(CONTAINER))
    with pytest.raises(Problem, match=r"seal\.truncated"):
        reader.read(0, 10)


@pytest.mark.parametrize(("header", "key"), [(HEADER, bytes(32)), (replace(HEADER, bidder=bytes(32)), KEY)])
def test_a_wrong_key_or_header_is_refused_before_any_chunk_is_read(header: object, key: bytes) -> None:
    with pytest.raises(Problem, match=r"seal\.commitment"):
        RangeReader(header, key, fetch, len(CONTAINER))  # type: ignore[arg-type]
