"""The spool: whole or not at all, in order, taken up after a death, and bounded."""

from pathlib import Path

import pytest
from recording_scene import BEGUN

from infra.kernel.problems import Problem
from trading.recordings.ledger import Head, Row, begin, happened, header, part, walk
from trading.recordings.spool import Mark, Spool

HEADER = header("recording-1", "stream-1", "camera", "东北角")


def one(spool: Spool, data: bytes = b"picture") -> Row:
    at = BEGUN + 1000 * spool.mark.head.entries
    return spool.append(lambda seq: part(seq, "segment", 1, data, length=1000, wall=at, arrived=at), data)


def event(spool: Spool, name: str) -> Row:
    return spool.append(lambda seq: happened(seq, 1, name, BEGUN, why="x"))


def test_what_is_appended_waits_in_order_and_follows_from_the_header(tmp_path: Path) -> None:
    spool = Spool(tmp_path, HEADER)
    made = [one(spool, bytes([number])) for number in range(12)]
    assert spool.waiting() == made and walk(HEADER, made) == spool.mark.head
    assert [spool.data(row.entry["seq"]) for row in made] == [bytes([number]) for number in range(12)]
    assert spool.waiting(3) == made[:3] and spool.bytes == 12


def test_a_recorder_that_died_takes_up_what_waits_and_drops_what_was_not_chained(tmp_path: Path) -> None:
    before = Spool(tmp_path, HEADER)
    event(before, "run-begun")
    last = one(before)
    (tmp_path / "000000000003.part").write_bytes(b"whole, but never chained")
    (tmp_path / "000000000003.entry.new").write_bytes(b"{")
    after = Spool(tmp_path, HEADER)
    assert after.mark == before.mark and after.mark.running and after.mark.until == last.entry["wall"] + 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "000000000001.entry",
        "000000000002.entry",
        "000000000002.part",
    ]
    assert one(after).entry["seq"] == 3


def test_where_the_stream_stands_is_kept_when_everything_was_taken_away(tmp_path: Path) -> None:
    spool = Spool(tmp_path, HEADER)
    for row in (event(spool, "run-begun"), one(spool), event(spool, "run-ended")):
        spool.taken(row)
    again = Spool(tmp_path, HEADER)
    assert again.mark == spool.mark and not again.waiting() and again.bytes == 0
    assert one(again).entry["seq"] == 4


def test_a_new_machine_goes_on_where_the_database_knows_the_stream(tmp_path: Path) -> None:
    known = Mark(Head(7, b"h" * 32), run=2, until=BEGUN, running=True)
    assert Spool(tmp_path / "new", HEADER, known).mark == known
    old = Spool(tmp_path / "old", HEADER)
    old.taken(one(old))
    assert Spool(tmp_path / "old", HEADER, known).mark == known


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b'{"chain":"00","entry":{"seq":2,"kind":"event","name":"x","run":1}}'],
    ids=["empty", "bare", "other"],
)
def test_a_broken_spool_is_named_and_not_written_over(tmp_path: Path, content: bytes) -> None:
    spool = Spool(tmp_path, HEADER)
    one(spool), one(spool)
    (tmp_path / "000000000002.entry").write_bytes(content)
    with pytest.raises(Problem, match=r"recording.spool-broken"):
        Spool(tmp_path, HEADER)
    (tmp_path / "head").write_bytes(b"{")
    with pytest.raises(Problem, match=r"recording.spool-broken"):
        Spool(tmp_path, HEADER)


def test_a_full_spool_takes_no_part_but_says_so_in_the_chain(tmp_path: Path) -> None:
    spool = Spool(tmp_path, HEADER, most=10)
    one(spool, b"1234567")
    head = spool.mark
    with pytest.raises(OSError, match="full"):
        one(spool, b"1234")
    assert spool.mark == head
    event(spool, "gap-begun")
    spool.taken(spool.waiting()[0])
    assert one(spool, b"1234").entry["seq"] == 3


def test_an_empty_stream_begins_with_its_header(tmp_path: Path) -> None:
    assert Spool(tmp_path, HEADER).mark == Mark(begin(HEADER))
