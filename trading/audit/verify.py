"""Checking an audit file: every line recomputed against a co-signed checkpoint, chains walked, the whole sealed; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from infra.access.rules import entry as access_entry
from infra.access.rules import verify as verify_read
from infra.crypto.merkle import leaf_hash, verify_inclusion
from infra.kernel.canonical import b64, parse, unb64
from infra.kernel.problems import Problem
from infra.tlog import entry, note
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.policy import Policy, parse_policy
from trading.audit.wire import FORMAT, signed_text

MOST_BYTES = 1 << 30
ROOTED = "access.rooted"
HEAD = {"audit", "checkpoint", "policy", "made", "by", "criteria", "demo"}
OF_SECTION = {"section", "closed"}
KINDS = {
    "event": ({"event", "salt", "leaf", "path"}, {"link", "actor", "address"}),
    "pending": ({"line"}, {"actor", "address"}),
    "inner": ({"line"}, {"actor", "address"}),
    "sealed": ({"line"}, {"leaf", "path", "entry", "number"}),
    "read": ({"read", "salt"}, {"root", "index", "path"}),
}


class Step(NamedTuple):
    """One thing that holds, and what is told of it."""

    name: str
    facts: Mapping[str, Any]


@dataclass
class _Told:
    """What the lines have said so far; `chained` in the file of one closed section."""

    chained: bool
    counts: dict[str, int] = field(default_factory=dict)
    leaves: set[int] = field(default_factory=set)
    chain: dict[int, tuple[bytes, bytes | None]] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    reads: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    last: str = ""


def verify_audit(data: bytes, policy: Policy | None) -> Iterator[Step]:
    """Check a whole file, telling each step that holds; a `Problem` with `where` (line number) says what does not.

    Without a policy the file is judged by the keys it brings itself.
    """
    if len(data) > MOST_BYTES:
        raise Problem("audit-file.form", where="size")
    head, lines, end = _parts(data)
    own = parse_policy(_text(head, "policy", "head")) if policy is None else policy
    yield Step("form", {"lines": len(lines), "made": str(head["made"])})
    _check_seal(data, end, len(lines), own)
    yield Step("seal", {"log": own.log.name})
    checkpoint = own.check(_text(head, "checkpoint", "head"), strict=True)
    yield Step("checkpoint", {"size": checkpoint.size, "cosigned": len(checkpoint.times), "own": policy is None})
    section, chained = head.get("section"), head.get("closed") is True
    told = _Told(chained)
    for number, line in enumerate(lines, 1):
        _take(number, line, checkpoint, section, told)
    yield Step("events", {kind: told.counts.get(kind, 0) for kind in KINDS} | {"demo": bool(head["demo"])})
    if chained:
        _walk(told)
        yield Step("chain", {"section": section, "events": len(told.chain)})
    _check_reads(told)
    if section is not None:
        rooted = sum(1 for _, line in told.reads if "root" in line)
        yield Step("reads", {"rooted": rooted, "waiting": len(told.reads) - rooted, "hours": len(told.roots)})


def _parts(data: bytes) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """The first line, the numbered lines and the last one; `audit-file.form` where one is not as it must be."""
    rows = data.split(b"\n")
    if len(rows) < 3 or rows[-1] != b"":
        raise Problem("audit-file.form", where="end")
    found = [_row(row, place) for place, row in enumerate(rows[:-1])]
    head, lines, end = found[0], found[1:-1], found[-1]
    names = set(head)
    if head.get("audit") != FORMAT or names not in (HEAD, HEAD | OF_SECTION):
        raise Problem("audit-file.form", where="head")
    if set(end) != {"end", "note"} or not isinstance(end["end"], dict):
        raise Problem("audit-file.form", where="end")
    for number, line in enumerate(lines, 1):
        must, may = KINDS.get(str(line.get("kind")), (None, set()))
        given = set(line) - {"n", "kind"}
        if line.get("n") != number or must is None or not must <= given <= must | may:
            raise Problem("audit-file.order", where=number)
    return head, lines, end


def _row(row: bytes, place: int) -> dict[str, Any]:
    try:
        found = parse(row)
    except Problem as problem:
        raise Problem("audit-file.form", where=place) from problem
    if not isinstance(found, dict):
        raise Problem("audit-file.form", where=place)
    return found


def _check_seal(data: bytes, end: Mapping[str, Any], lines: int, policy: Policy) -> None:
    """`audit-file.seal` unless the log's key signed just these bytes and this number of lines."""
    before = data[: data[:-1].rindex(b"\n") + 1]
    digest = sha256(before).digest()
    if end["end"] != {"lines": lines, "sha256": b64(digest)}:
        raise Problem("audit-file.seal", where="end")
    try:
        signed = note.parse_note(_text(end, "note", "end"))
        note.verify_note(signed, policy.log)
    except Problem as problem:
        raise Problem("audit-file.seal", where="end") from problem
    if signed.text != signed_text(lines, digest):
        raise Problem("audit-file.seal", where="end")


def _take(number: int, line: Mapping[str, Any], checkpoint: Checkpoint, section: str | None, told: _Told) -> None:
    """Check one line by itself and note what the whole needs of it."""
    kind = str(line["kind"])
    told.counts[kind] = told.counts.get(kind, 0) + 1
    if kind == "read":
        told.reads.append((number, line))
        if section is not None and (not isinstance(line["read"], dict) or line["read"].get("section") != section):
            raise Problem("audit-file.foreign", where=number)
        return
    event = _event(number, line)
    if "leaf" in line:
        _check_leaf(number, line, _entry(number, line), checkpoint, told)
    rooted = event.get("event") == ROOTED
    if section is not None and not rooted and event.get("section") != section:
        raise Problem("audit-file.foreign", where=number)
    if rooted and section is not None:
        _note_root(number, line, event, told)
        return
    at = event.get("at")
    if not isinstance(at, str) or at < told.last:
        raise Problem("audit-file.order", where=number)
    told.last = at
    _note_link(number, line, event, told)


def _event(number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    """What a line says happened."""
    found = _row(_text(line, "event", number).encode(), number) if line["kind"] == "event" else line["line"]
    if not isinstance(found, dict):
        raise Problem("audit-file.form", where=number)
    if line["kind"] == "event":
        entry.check_event(found)
    return found


def _entry(number: int, line: Mapping[str, Any]) -> bytes:
    if line["kind"] == "sealed":
        return _bytes(line, "entry", number)
    return entry.salted(_bytes(line, "salt", number), _text(line, "event", number).encode())


def _check_leaf(number: int, line: Mapping[str, Any], made: bytes, checkpoint: Checkpoint, told: _Told) -> None:
    """`audit-file.changed` unless the entry stands at its leaf under the checkpoint; `audit-file.twice`."""
    leaf, path = line["leaf"], _path(line, number)
    if type(leaf) is not int:
        raise Problem("audit-file.form", where=number)
    if leaf in told.leaves:
        raise Problem("audit-file.twice", where=number)
    told.leaves.add(leaf)
    try:
        verify_inclusion(leaf, checkpoint.size, leaf_hash(made), path, checkpoint.root)
    except Problem as problem:
        raise Problem("audit-file.changed", where=number) from problem


def _note_link(number: int, line: Mapping[str, Any], event: Mapping[str, Any], told: _Told) -> None:
    """An event's link must open to its number and the entry before; sealed lines tell their number alone."""
    if line["kind"] == "sealed" and "number" in line:
        _place(number, line["number"], told, (_entry(number, line), None))
    if line["kind"] != "event" or "link" not in line:
        return
    link = line["link"]
    if not isinstance(link, dict) or set(link) != {"salt", "number", "previous"} or type(link["number"]) is not int:
        raise Problem("audit-file.form", where=number)
    previous = _bytes(link, "previous", number)
    try:
        made = entry.link(_bytes(link, "salt", number), link["number"], previous)
    except Problem as problem:
        raise Problem("audit-file.link", where=number) from problem
    if b64(made) != event["link"]:
        raise Problem("audit-file.link", where=number)
    _place(number, link["number"], told, (_entry(number, line), previous))


def _place(number: int, key: Any, told: _Told, found: tuple[bytes, bytes | None]) -> None:
    """Note an event's place in its section's chain; only the file of one section has a chain."""
    if not told.chained:
        return
    if type(key) is not int or key < 1:
        raise Problem("audit-file.form", where=number)
    if key in told.chain:
        raise Problem("audit-file.twice", where=number)
    told.chain[key] = found


def _walk(told: _Told) -> None:
    """`audit-file.gap` unless all proven events are numbered from 1 on without a gap, each linked to the one before."""
    if len(told.chain) + len(told.roots) != len(told.leaves):
        raise Problem("audit-file.gap", where=f"No. {len(told.chain) + 1}")
    before = entry.NO_ENTRY
    for number in range(1, len(told.chain) + 1):
        if number not in told.chain:
            raise Problem("audit-file.gap", where=f"No. {number}")
        own, previous = told.chain[number]
        if previous is not None and previous != before:
            raise Problem("audit-file.gap", where=f"No. {number}")
        before = own


def _note_root(number: int, line: Mapping[str, Any], event: Mapping[str, Any], told: _Told) -> None:
    facts = event.get("facts")
    if line["kind"] not in ("event", "pending") or not isinstance(facts, dict) or type(facts.get("number")) is not int:
        raise Problem("audit-file.form", where=number)
    if facts["number"] in told.roots:
        raise Problem("audit-file.twice", where=number)
    told.roots[facts["number"]] = _bytes(facts, "root", number)


def _check_reads(told: _Told) -> None:
    """`audit-file.read` unless every read that names an hour stands in that hour's logged root."""
    for number, line in told.reads:
        if not {"root", "index", "path"} & set(line):
            continue
        root, index = told.roots.get(line.get("root", 0)), line.get("index")
        if root is None or type(index) is not int:
            raise Problem("audit-file.read", where=number)
        try:
            verify_read(access_entry(_bytes(line, "salt", number), line["read"]), index, _path(line, number), root)
        except Problem as problem:
            raise Problem("audit-file.read", where=number) from problem


def _text(told: Mapping[str, Any], name: str, where: int | str) -> str:
    found = told.get(name)
    if not isinstance(found, str):
        raise Problem("audit-file.form", where=where)
    return found


def _bytes(told: Mapping[str, Any], name: str, where: int | str) -> bytes:
    try:
        return unb64(_text(told, name, where), 32)
    except Problem as problem:
        raise Problem("audit-file.form", where=where) from problem


def _path(line: Mapping[str, Any], where: int) -> list[bytes]:
    path = line.get("path")
    if not isinstance(path, list) or len(path) > 63:
        raise Problem("audit-file.form", where=where)
    return [_bytes({"hash": part}, "hash", where) for part in path]
