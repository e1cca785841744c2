"""The chain of a stream, the Merkle root of a recording, and proofs of single entries (docs/formats/recording.md). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto.merkle import leaf_hash, root
from infra.crypto.sign import labelled
from infra.kernel.canonical import canonical, digest
from infra.kernel.problems import Problem

STREAM, ENTRY, RECORDING = "recording-stream/v1", "recording-entry/v1", "recording/v1"
INIT, SEGMENT, EVENT = "init", "segment", "event"

Header = Mapping[str, Any]
Entry = Mapping[str, Any]


class Head(NamedTuple):
    """How many entries a stream has and the chain hash of the last, 32 bytes; of none the hash of its header."""

    entries: int
    chain: bytes


class Row(NamedTuple):
    """An entry with its chain hash."""

    entry: Entry
    chain: bytes


def header(
    recording: str, stream: str, kind: str, label: str, *, mandatory: bool = True, of: str | None = None
) -> dict[str, Any]:
    """What a stream is; `kind` is camera, nvr, backfill, browser, screen or questions; `of` whose gap a backfill fills."""
    told = {"recording": recording, "stream": stream, "kind": kind, "label": label, "mandatory": mandatory}
    return told if of is None else {**told, "of": of}


def begin(told: Header) -> Head:
    """The head of a stream without entries."""
    return Head(0, sha256(labelled(STREAM, digest(dict(told)))).digest())


def follow(head: Head, entry: Entry) -> Head:
    """The head after one more entry; `recording.out-of-order` unless it bears the next number."""
    if entry.get("seq") != head.entries + 1:
        raise Problem("recording.out-of-order", seq=entry.get("seq"), expected=head.entries + 1)
    return Head(
        head.entries + 1, sha256(labelled(ENTRY, sha256(head.chain + canonical(dict(entry))).digest())).digest()
    )


def walk(told: Header, rows: Iterable[Row]) -> Head:
    """The head that the rows lead to; `recording.chain` where a row's hash is not what follows."""
    head = begin(told)
    for row in rows:
        head = follow(head, row.entry)
        if head.chain != row.chain:
            raise Problem("recording.chain", stream=told["stream"], seq=head.entries)
    return head


def part(
    seq: int, kind: str, run: int, data: bytes, *, media: int = 0, length: int = 0, wall: int, arrived: int
) -> dict[str, Any]:
    """The entry of an init or segment; all times in milliseconds, `wall` and `arrived` since 1970.

    `wall` is the run's anchor and the camera's own time since, `arrived` the recorder's clock when the part was whole: that
    they part shows a drifting clock.
    """
    return {
        "seq": seq,
        "kind": kind,
        "run": run,
        "media": media,
        "length": length,
        "wall": wall,
        "arrived": arrived,
        "size": len(data),
        "sha256": sha256(data).hexdigest(),
    }


def happened(seq: int, run: int, name: str, at: int, **facts: Any) -> dict[str, Any]:
    """The entry of an event: `gap-begun`, `run-ended` …; `at` in milliseconds since 1970."""
    return {"seq": seq, "kind": EVENT, "run": run, "name": name, "at": at, "facts": facts}


class Stream(NamedTuple):
    """A stream as a recording is closed over it."""

    header: Header
    head: Head
    events: Sequence[Row]


def leaves(streams: Sequence[Stream], said: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """What the root is over: each stream's head, then each stream's events, then what people said; as canonical bytes."""
    ordered = sorted(streams, key=lambda one: str(one.header["stream"]))
    heads = [["head", one.header["stream"], one.head.entries, one.head.chain.hex()] for one in ordered]
    events = [
        ["event", one.header["stream"], row.entry["seq"], row.chain.hex()] for one in ordered for row in one.events
    ]
    return [canonical(leaf) for leaf in [*heads, *events, *(["said", at, dict(one)] for at, one in enumerate(said, 1))]]


def root_of(streams: Sequence[Stream], said: Sequence[Mapping[str, Any]]) -> bytes:
    """The recording's root: the tree of RFC 9162 over `leaves`."""
    return root(leaf_hash(leaf) for leaf in leaves(streams, said))


def document(
    facts: Mapping[str, Any], streams: Sequence[Stream], said: Sequence[Mapping[str, Any]], key: bytes
) -> dict[str, Any]:
    """What is signed and exported of a closed recording; `facts` are recording, section, room, kind, opened, closed."""
    ordered = sorted(streams, key=lambda one: str(one.header["stream"]))
    return {
        **facts,
        "format": RECORDING,
        "key": key.hex(),
        "said": [dict(one) for one in said],
        "streams": [
            {"header": dict(one.header), "entries": one.head.entries, "head": one.head.chain.hex()} for one in ordered
        ],
        "root": root_of(streams, said).hex(),
    }


def signed_bytes(told: Mapping[str, Any]) -> bytes:
    """What the recording key signs of a document: the label, a zero byte, and SHA-256 of its canonical form."""
    return labelled(RECORDING, digest(dict(told)))


def prove(rows: Sequence[Row], seq: int, start: Head) -> dict[str, Any]:
    """The proof that entry `seq` stands in a stream whose rows, from `start` on, lead to a published head.

    It is the chain hash before the entry and every entry from it on: between two published heads some sixty at most.
    """
    before = start.chain if seq == start.entries + 1 else rows[seq - start.entries - 2].chain
    return {"seq": seq, "before": before.hex(), "entries": [dict(row.entry) for row in rows[seq - start.entries - 1 :]]}


def proven(proof: Mapping[str, Any], head: Head) -> Entry:
    """The proven entry; `recording.proof` unless the proof leads to this head."""
    try:
        found = Head(int(proof["seq"]) - 1, bytes.fromhex(proof["before"]))
        for entry in proof["entries"]:
            found = follow(found, entry)
        first: Entry = proof["entries"][0]
    except (Problem, KeyError, ValueError, TypeError, IndexError) as error:
        raise Problem("recording.proof", why=type(error).__name__) from error
    if found != head:
        raise Problem("recording.proof", why="it leads elsewhere")
    return first
