"""The chain, the root, proofs of single entries, gaps and playlists: pure rules."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording_scene import BEGUN

from infra.kernel.problems import Problem
from trading.recordings import verify
from trading.recordings.ledger import (
    Head,
    Row,
    Stream,
    begin,
    document,
    follow,
    happened,
    header,
    part,
    prove,
    proven,
    root_of,
    walk,
)
from trading.recordings.rules import checked_address, checked_label, checked_words, longer_term, shown_address
from trading.recordings.timeline import Gap, covered, gaps, iso, place, playlist

HEADER = header("recording-1", "stream-1", "camera", "东北角")


def rows(count: int, told: dict[str, object] = HEADER) -> list[Row]:
    """A stream: a run, a gap, and on."""
    head, found = begin(told), []
    for seq in range(1, count + 1):
        at = BEGUN + 4000 * seq
        entry = part(seq, "segment", 1, bytes([seq]), media=4000 * seq, length=4000, wall=at, arrived=at + 4010)
        if seq % 5 == 1:
            entry = happened(seq, 1, "gap-begun", at, since=at, why="silent")
        elif seq % 5 == 2:
            entry = happened(seq, 1, "gap-ended", at, since=at - 4000, until=at)
        head = follow(head, entry)
        found.append(Row(entry, head.chain))
    return found


def test_the_chain_leads_from_the_header_to_the_head() -> None:
    found = rows(12)
    assert walk(HEADER, found) == Head(12, found[-1].chain)
    assert walk(HEADER, []) == begin(HEADER)


def test_the_header_is_part_of_every_chain_hash() -> None:
    assert rows(1)[0].chain != rows(1, header("recording-1", "stream-2", "camera", "东北角"))[0].chain


@pytest.mark.parametrize("field", ["seq", "run", "media", "length", "wall", "arrived", "size", "sha256", "kind"])
def test_every_field_of_an_entry_counts(field: str) -> None:
    found = rows(4)
    entry = {**found[3].entry, field: "x" if field in ("sha256", "kind") else 99}
    with pytest.raises(Problem, match=r"recording.(chain|out-of-order)"):
        walk(HEADER, [*found[:3], Row(entry, found[3].chain)])


def test_a_row_out_of_its_turn_is_refused() -> None:
    found = rows(4)
    with pytest.raises(Problem, match=r"recording.out-of-order"):
        walk(HEADER, [found[0], found[2]])


@given(count=st.integers(1, 30), data=st.data())
def test_an_entry_is_proven_from_one_published_head_to_the_next(count: int, data: st.DataObject) -> None:
    found = rows(count)
    start = data.draw(st.integers(0, count - 1))
    seq = data.draw(st.integers(start + 1, count))
    before = begin(HEADER) if start == 0 else Head(start, found[start - 1].chain)
    proof = prove(found[start:], seq, before)
    assert proven(proof, Head(count, found[-1].chain)) == found[seq - 1].entry


@pytest.mark.parametrize(
    "spoil",
    [
        lambda proof: proof["entries"][1].update(size=7),
        lambda proof: proof.update(before="00" * 32),
        lambda proof: proof["entries"].pop(),
        lambda proof: proof.update(entries=[]),
        lambda proof: proof.update(seq=2),
        lambda proof: proof.pop("before"),
        lambda proof: proof.update(before="no hex"),
    ],
    ids=["changed", "other-before", "cut", "empty", "other-number", "nothing-before", "no-hex"],
)
def test_a_spoilt_proof_proves_nothing(spoil: Callable[[dict[str, object]], object]) -> None:
    found = rows(6)
    proof = prove(found, 3, begin(HEADER))
    spoil(proof)
    with pytest.raises(Problem, match=r"recording.proof"):
        proven(proof, Head(6, found[-1].chain))


def streams(*counts: int) -> list[Stream]:
    made = []
    for number, count in enumerate(counts, 1):
        told = header("recording-1", f"stream-{number}", "camera", "机位")
        found = rows(count, told)
        events = [row for row in found if row.entry["kind"] == "event"]
        made.append(Stream(told, walk(told, found), events))
    return made


def test_the_root_covers_heads_events_and_what_people_said() -> None:
    base = root_of(streams(6, 7), [{"about": "gap"}])
    assert base == root_of(list(reversed(streams(6, 7))), [{"about": "gap"}])
    assert (
        len({base, root_of(streams(6, 8), [{"about": "gap"}]), root_of(streams(6, 7), []), root_of(streams(6), [])})
        == 4
    )
    one, two = streams(6, 7)
    assert root_of([one, two._replace(events=two.events[1:])], [{"about": "gap"}]) != base


def test_the_verifier_without_libraries_makes_the_same_hashes() -> None:
    made = streams(6, 7)
    told = document({"recording": "recording-1", "section": "甲\n\u2028\x7f"}, made, [{"words": "停电“\\”"}], b"k" * 32)
    lines = {f"streams/{one.header['stream']}/chain.jsonl": one for one in made}

    class Made:
        def names(self) -> set[str]:
            return set(lines)

        def open(self, name: str) -> object:
            import io

            kept = [
                {"chain": row.chain.hex(), "entry": row.entry}
                for row in rows(lines[name].head.entries, lines[name].header)
            ]
            return io.BytesIO(b"\n".join(verify.canonical(one) for one in kept))

    assert verify.root_of(told, Made()) == told["root"]
    assert verify.begin_of(dict(HEADER)) == begin(HEADER).chain.hex()


def test_gaps_are_told_with_their_reasons_and_the_last_may_still_last() -> None:
    entries = [row.entry for row in rows(6)]
    at = BEGUN + 4000
    assert gaps(entries) == [Gap(at, at + 4000, "silent", 1), Gap(at + 20_000, None, "silent", 6)]
    assert [gap.length(at + 50_000) for gap in gaps(entries)] == [4000, 30_000]
    assert covered(entries) == 12_000


def test_a_moment_is_found_in_its_segment_and_nowhere_inside_a_gap() -> None:
    entries = [row.entry for row in rows(5)]
    found = place(entries, BEGUN + 4000 * 4 + 1500)
    assert found is not None and (found.run, found.seq, found.offset) == (1, 4, 1500)
    assert place(entries, BEGUN + 4000 * 2 + 10) is None
    assert place(entries, BEGUN - 1) is None


def test_the_playlist_has_each_run_with_its_init_its_time_and_a_discontinuity() -> None:
    entries = []
    for run, wall in ((1, BEGUN), (2, BEGUN + 60_000)):
        seq = len(entries) + 1
        entries.append(part(seq, "init", run, b"i", wall=wall, arrived=wall))
        entries.append(part(seq + 1, "segment", run, b"s", length=4040, wall=wall, arrived=wall))
    entries.append(happened(5, 2, "gap-begun", BEGUN + 70_000, since=BEGUN + 64_040, why="silent"))
    told = playlist(entries, lambda seq: f"{seq}.mp4", ended=True).splitlines()
    assert told.count("#EXT-X-DISCONTINUITY") == 1 and told[-1] == "#EXT-X-ENDLIST"
    assert "#EXT-X-TARGETDURATION:5" in told and "#EXTINF:4.040," in told
    assert [line for line in told if "PROGRAM-DATE-TIME" in line][1].endswith(iso(BEGUN + 60_000))
    assert told.index('#EXT-X-MAP:URI="3.mp4"') < told.index("4.mp4")
    assert any(line.startswith('#EXT-X-DATERANGE:ID="gap-5"') and "silent" in line for line in told)
    assert "#EXT-X-ENDLIST" not in playlist(entries, str, ended=False)


@pytest.mark.parametrize(
    "address", ["", "http://a/b", "rtsp:///x", "rtsp://h:0/x", "rtsp://h:99999", "rtsp://h/" + "a" * 600]
)
def test_only_an_rtsp_address_is_one(address: str) -> None:
    with pytest.raises(Problem, match=r"camera.address") as caught:
        checked_address(address)
    assert caught.value.facts == {}


def test_an_address_is_shown_without_its_password() -> None:
    assert checked_address(" rtsp://u:p@10.0.0.9:554/ch1 ") == "rtsp://u:p@10.0.0.9:554/ch1"
    assert shown_address("rtsp://u:p@10.0.0.9:554/ch1") == "rtsp://10.0.0.9:554/ch1"


def test_words_and_terms_are_checked() -> None:
    from datetime import UTC, datetime

    for call, code in ((checked_label, "camera.label"), (checked_words, "recording.words")):
        with pytest.raises(Problem, match=code):
            call(" ")
    early, late = datetime(2041, 1, 1, tzinfo=UTC), datetime(2042, 1, 1, tzinfo=UTC)
    assert longer_term(early, late) == late
    with pytest.raises(Problem, match=r"recording.shortened"):
        longer_term(late, early)
