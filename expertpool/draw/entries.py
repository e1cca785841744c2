"""Everybody of a pool as it was frozen, one entry for each person, and how entries are packed into sealed pieces."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from expertpool.draw.rules import Listed, Record, listed
from infra.kernel.canonical import read
from infra.kernel.problems import Problem

PIECE = 4096
"""How many entries a piece holds; the last one may hold fewer."""


class Line(NamedTuple):
    """A person's line in one specialty's list, as it was frozen; the leaf follows from it and the identity."""

    specialty: str
    weight: int
    emp: str
    a: bytes
    b: bytes


class Entry(NamedTuple):
    """One person: as registered, how often drawn in twelve months, and the frozen lines, or `why` there are none."""

    expert: str
    identity: str
    employer: str | None
    professions: tuple[str, ...]
    region: str
    times_drawn: int
    why: str | None
    lines: tuple[Line, ...] = ()

    def listed(self) -> Iterator[tuple[str, Listed]]:
        """The lines with their leaves, by specialty."""
        for line in self.lines:
            yield line.specialty, listed(line.specialty, line.weight, self.identity, line.emp, line.a, line.b)

    def record(self, specialties: tuple[str, ...]) -> Record:
        """The person as the rules of freezing take one who serves these specialties."""
        return Record(self.identity, self.employer, specialties, self.times_drawn)


def lines_of(rows: Iterable[tuple[str, Listed]]) -> tuple[Line, ...]:
    """What is kept of lines that were frozen just now."""
    return tuple(Line(specialty, row.weight, row.emp, row.a, row.b) for specialty, row in rows)


def packed(entries: Sequence[Entry]) -> bytes:
    """The entries of one piece as JSON, salts in hexadecimal."""
    rows = [
        [*entry[:-1], [[*line[:3], line.a.hex(), line.b.hex()] for line in entry.lines]]  # in the order of the fields
        for entry in entries
    ]
    return json.dumps(rows, separators=(",", ":")).encode()


def unpacked(data: bytes) -> list[Entry]:
    """The entries of a piece; `draw.document` for another shape."""
    try:
        return [
            Entry(
                expert, identity, employer, tuple(professions), region, times, why,
                tuple(Line(name, weight, emp, bytes.fromhex(a), bytes.fromhex(b)) for name, weight, emp, a, b in lines),
            )
            for expert, identity, employer, professions, region, times, why, lines in read(data)
        ]  # fmt: skip
    except (Problem, TypeError, ValueError) as error:
        raise Problem("draw.document", why=str(error)) from error


def entries_of(document: Mapping[str, Any]) -> Iterator[Entry]:
    """The entries of a pool that was sealed as one document, before there were pieces; `draw.document`.

    What such a document does not tell is empty: the ids of experts, professions and region, those left out.
    """
    try:
        lines = _lines(document["lists"])
        records = document["records"]
        experts = document.get("experts") or [""] * len(records)
        served = document.get("served") or [[(), ""]] * len(records)
        for (identity, employer, _, times), expert, (professions, region) in zip(records, experts, served, strict=True):
            own = tuple(lines.get(identity, ()))
            yield Entry(expert, identity, employer, tuple(professions), region, times, None, own)
        left = document.get("left", ())
        for (identity, why), expert in zip(left, document.get("left_experts") or [""] * len(left), strict=True):
            yield Entry(expert, identity, None, (), "", 0, why)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Problem("draw.document", why=str(error)) from error


def _lines(lists: Mapping[str, Sequence[Any]]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for specialty, rows in lists.items():
        for weight, identity, emp, a, b in rows:
            found.setdefault(identity, []).append(Line(specialty, weight, emp, bytes.fromhex(a), bytes.fromhex(b)))
    return found
