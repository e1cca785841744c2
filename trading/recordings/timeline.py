"""What a stream's chain tells of time: runs, gaps with their reasons, the place of a moment, and the HLS playlist. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from trading.recordings.ledger import EVENT, INIT, SEGMENT, Entry


class Gap(NamedTuple):
    """From when to when nothing was recorded, in milliseconds since 1970, and why; `until` is None while it lasts."""

    since: int
    until: int | None
    why: str
    seq: int

    def length(self, now: int) -> int:
        """How long it has lasted, in milliseconds."""
        return (now if self.until is None else self.until) - self.since


class Place(NamedTuple):
    """Where a moment is found: the run, the segment's number, and how far into it, in milliseconds."""

    run: int
    seq: int
    offset: int


def gaps(entries: Iterable[Entry]) -> list[Gap]:
    """The gaps that a stream's events tell, in order of time."""
    found: list[Gap] = []
    for entry in entries:
        if entry["kind"] != EVENT:
            continue
        if entry["name"] == "gap-begun":
            found.append(Gap(entry["facts"]["since"], None, entry["facts"]["why"], entry["seq"]))
        elif entry["name"] == "gap-ended" and found and found[-1].until is None:
            found[-1] = found[-1]._replace(until=entry["facts"]["until"])
    return found


def covered(entries: Iterable[Entry]) -> int:
    """How many milliseconds the segments of a stream last."""
    return sum(entry["length"] for entry in entries if entry["kind"] == SEGMENT)


def place(entries: Sequence[Entry], moment: int) -> Place | None:
    """Where a moment (milliseconds since 1970) is seen; None inside a gap or outside the recording."""
    for entry in entries:
        if entry["kind"] == SEGMENT and entry["wall"] <= moment < entry["wall"] + entry["length"]:
            return Place(entry["run"], entry["seq"], moment - entry["wall"])
    return None


def playlist(entries: Iterable[Entry], address: Callable[[int], str], *, ended: bool) -> str:
    """The HLS media playlist of a stream: each run with its init, its wall time and a discontinuity before it.

    A gap is no entry of its own that a player would wait for: it is told as a `DATERANGE`, and pages show it from `gaps`.
    """
    entries = list(entries)
    parts = [one for one in entries if one["kind"] == SEGMENT]
    longest = max((one["length"] for one in parts), default=1000)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{-(-longest // 1000)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    begun, fresh = False, False
    for entry in entries:
        if entry["kind"] == INIT:
            lines += ["#EXT-X-DISCONTINUITY"] if begun else []
            lines.append(f'#EXT-X-MAP:URI="{address(entry["seq"])}"')
            begun = fresh = True
        elif entry["kind"] == SEGMENT:
            lines += [f"#EXT-X-PROGRAM-DATE-TIME:{iso(entry['wall'])}"] if fresh else []
            lines += [f"#EXTINF:{entry['length'] // 1000}.{entry['length'] % 1000:03},", address(entry["seq"])]
            fresh = False
    for gap in gaps(entries):
        end = f',END-DATE="{iso(gap.until)}"' if gap.until is not None else ""
        lines.append(
            f'#EXT-X-DATERANGE:ID="gap-{gap.seq}",CLASS="gap",START-DATE="{iso(gap.since)}"{end},X-WHY="{gap.why}"'
        )
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def iso(moment: int) -> str:
    """Milliseconds since 1970 as `2026-11-23T01:02:03.456Z`."""
    seconds, rest = divmod(moment, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03}Z"
