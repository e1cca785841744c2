"""What a new version of a tender document changes: clause by clause, word by word; files by their hash; pure."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

_WORD = re.compile(r"[A-Za-z0-9]+(?:[.,:/%-][A-Za-z0-9]+)*|\n|\s|.", re.DOTALL)
_CLOSELY = 6000
"""Words up to which two texts are compared word by word; longer ones line by line."""

SAME, ADDED, GONE, CHANGED = "same", "added", "gone", "changed"
Clauses = Sequence[Sequence[str]]


class Piece(NamedTuple):
    """A stretch of text: `same`, `added` or `gone`."""

    kind: str
    text: str


class ClauseChange(NamedTuple):
    """A clause of the newer version (or one that is gone): its number there, heading, and text in pieces."""

    kind: str
    number: int | None
    heading: str
    pieces: tuple[Piece, ...]


class FileChange(NamedTuple):
    """A file that came, went, or holds other bytes; hashes in hex, None where there is none."""

    kind: str
    name: str
    before: str | None
    now: str | None


def clause_changes(before: Clauses, now: Clauses) -> list[ClauseChange]:
    """Every clause of the newer version in order, and those that are gone where they stood; matched by heading."""
    keys = [_keyed(before), _keyed(now)]
    matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    moved = {key: place for place, key in enumerate(keys[0])}
    kept = set(keys[1])
    found: list[ClauseChange] = []
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        found += [
            ClauseChange(GONE, None, before[place][0], (Piece(GONE, before[place][1]),))
            for place in range(start, end)
            if keys[0][place] not in kept
        ]
        for place in range(new_start, new_end):
            old = moved.get(keys[1][place])
            found.append(_clause(place + 1, None if old is None else before[old][1], now[place]))
    return found


def changed_numbers(changes: Sequence[ClauseChange]) -> list[int]:
    """The numbers of the clauses that came anew or read otherwise."""
    return [one.number for one in changes if one.number is not None and one.kind != SAME]


def file_changes(before: Sequence[dict[str, Any]], now: Sequence[dict[str, Any]]) -> list[FileChange]:
    """The files that differ, by name."""
    old, new = ({file["name"]: file["sha256"] for file in files} for files in (before, now))
    return [
        FileChange(
            GONE if name not in new else ADDED if name not in old else CHANGED, name, old.get(name), new.get(name)
        )
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def pieces(before: str, now: str) -> tuple[Piece, ...]:
    """Two texts as one, with what was taken out and what was put in; words stay whole."""
    one, other = _WORD.findall(before), _WORD.findall(now)
    if len(one) + len(other) > _CLOSELY:
        one, other = before.splitlines(keepends=True), now.splitlines(keepends=True)
    return tuple(_joined(_pieces(one, other)))


def _pieces(one: list[str], other: list[str]) -> Iterator[Piece]:
    for verb, start, end, new_start, new_end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if verb == "equal":
            yield Piece(SAME, "".join(one[start:end]))
            continue
        if start < end:
            yield Piece(GONE, "".join(one[start:end]))
        if new_start < new_end:
            yield Piece(ADDED, "".join(other[new_start:new_end]))


def _joined(found: Iterator[Piece]) -> Iterator[Piece]:
    """A single character that stayed between two changes is changed with them: it only makes them hard to read."""
    gone, added = "", ""
    rest = list(found)
    for place, piece in enumerate(rest):
        short = piece.kind == SAME and len(piece.text) == 1 and (gone or added) and place + 1 < len(rest)
        if piece.kind == SAME and not short:
            yield from _both(gone, added)
            gone = added = ""
            yield piece
            continue
        gone += piece.text if piece.kind != ADDED else ""
        added += piece.text if piece.kind != GONE else ""
    yield from _both(gone, added)


def _both(gone: str, added: str) -> Iterator[Piece]:
    if gone:
        yield Piece(GONE, gone)
    if added:
        yield Piece(ADDED, added)


def _keyed(clauses: Clauses) -> list[tuple[str, int]]:
    """Each heading with its place among equal ones."""
    seen: dict[str, int] = {}
    found = []
    for heading, _ in clauses:
        seen[heading] = seen.get(heading, 0) + 1
        found.append((heading, seen[heading]))
    return found


def _clause(number: int, before: str | None, clause: Sequence[str]) -> ClauseChange:
    heading, text = clause
    if before is None:
        return ClauseChange(ADDED, number, heading, (Piece(ADDED, text),))
    kind = SAME if before == text else CHANGED
    return ClauseChange(kind, number, heading, pieces(before, text) if kind == CHANGED else (Piece(SAME, text),))
