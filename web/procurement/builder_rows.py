"""The rows of the document builder's form: numbered fields of items with their bands, of examination items and clauses."""

import re
from collections.abc import Mapping

from infra.kernel.problems import Problem

ITEM = ("id", "zh", "en", "group", "kind", "max", "step", "reasons", "anchors")
CHECK = ("id", "stage", "zh", "en", "clause", "ground")
CLAUSE = ("title", "text")
ROWS = {"item": ITEM, "check": CHECK, "clause": CLAUSE}
BAND = ("word", "from", "to", "means")
MOST_ROWS = 60
MOST_BANDS = 10
_ROW = re.compile(r"(item|check|clause)-(\d{1,4})-([a-z]+)")
_BAND = re.compile(r"item-(\d{1,4})-band-(\d{1,4})-([a-z]+)")

Row = dict[str, str]


def rows(fields: Mapping[str, str], kind: str) -> list[Row]:
    """The rows of items, examination items or clauses as typed, in order of their numbers."""
    return [row for _, row in _numbered(fields, kind)]


def bands(fields: Mapping[str, str], number: int) -> list[Row]:
    """The bands typed for the item of this number, in order of theirs; a band that says nothing counts until saved."""
    found: dict[int, Row] = {}
    for name, value in fields.items():
        parsed = _BAND.fullmatch(name)
        if parsed and int(parsed[1]) == number and parsed[3] in BAND:
            found.setdefault(int(parsed[2]), {})[parsed[3]] = value
    return [found[place] for place in sorted(found)]


def put_rows(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of all rows, numbered 1, 2, 3 … in their order; a row that is still empty keeps its first field."""
    kept: dict[str, str] = {}
    for kind, columns in ROWS.items():
        for place, (number, row) in enumerate(_numbered(fields, kind), 1):
            kept |= _fields(f"{kind}-{place}", columns, row)
            for order, band in enumerate(bands(fields, number) if kind == "item" else (), 1):
                kept |= _fields(f"item-{place}-band-{order}", BAND, band)
    return kept


def with_one_more(found: Mapping[str, str], what: str) -> dict[str, str]:
    """Arranged fields with a row added: an `item`, `check` or `clause`, or `band-3`, one of the third item."""
    kind, _, number = what.partition("-")
    if kind == "band" and number.isdigit():
        place = len(bands(found, int(number))) + 1
        if place > MOST_BANDS:
            raise Problem("document.rows", most=MOST_BANDS)
        return {**found, f"item-{number}-band-{place}-word": ""}
    if what not in ROWS:
        return dict(found)
    place = len(rows(found, what)) + 1
    if place > MOST_ROWS:
        raise Problem("document.rows", most=MOST_ROWS)
    return {**found, **_fields(f"{what}-{place}", ROWS[what], _new(found, what))}


def without(found: Mapping[str, str], what: str) -> dict[str, str]:
    """Arranged fields without a row: `item-3`, `check-1`, `clause-2`, or `band-3-1`, the first of the third item."""
    kind, _, number = what.partition("-")
    if kind == "band":
        item, _, place = number.partition("-")
        head = f"item-{item}-band-{place}-"
    else:
        head = f"{kind}-{number}-"
    if not re.fullmatch(r"\d+(-\d+)?", number) or kind not in (*ROWS, "band"):
        return dict(found)
    return {name: value for name, value in found.items() if not name.startswith(head)}


def examined_instead(found: Mapping[str, str], number: str) -> dict[str, str]:
    """Arranged fields with an item turned into an examination item, which a bid passes or fails."""
    row = dict(_numbered(found, "item")).get(int(number)) if number.isdigit() else None
    if row is None:
        return dict(found)
    left = with_one_more(without(found, f"item-{number}"), "check")
    place = len(rows(left, "check"))
    return {**left, **{f"check-{place}-{name}": row[name] for name in ("zh", "en") if row.get(name)}}


def _numbered(fields: Mapping[str, str], kind: str) -> list[tuple[int, Row]]:
    found: dict[int, Row] = {}
    for name, value in fields.items():
        if (parsed := _ROW.fullmatch(name)) and parsed[1] == kind and parsed[3] in ROWS[kind]:
            found.setdefault(int(parsed[2]), {})[parsed[3]] = value
        elif kind == "item" and (parsed := _BAND.fullmatch(name)):
            found.setdefault(int(parsed[1]), {})
    return sorted(found.items())


def _fields(head: str, columns: tuple[str, ...], row: Row) -> dict[str, str]:
    kept = {f"{head}-{name}": row[name] for name in columns if row.get(name)}
    return kept or {f"{head}-{columns[0]}": ""}


def _new(fields: Mapping[str, str], kind: str) -> Row:
    taken = {row.get("id") for row in rows(fields, kind)}
    if kind == "item":
        return {"id": _free("t", taken), "group": "technical", "kind": "subjective", "step": "0.5"}
    if kind == "check":
        return {"id": _free("q", taken), "stage": "qualification"}
    return {}


def _free(letter: str, taken: set[str | None]) -> str:
    return next(f"{letter}{number}" for number in range(1, MOST_ROWS + 2) if f"{letter}{number}" not in taken)
