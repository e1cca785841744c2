"""Persons of a pool with the lines they are frozen with."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from expertpool.draw.audit import need_of, serves
from expertpool.draw.entries import Entry, lines_of
from expertpool.draw.rules import Freezing


def with_lines(
    freezing: Freezing, request: Mapping[str, Any], batch: Sequence[Entry], random: Callable[[int], bytes]
) -> list[Entry]:
    """The same persons, each with a line in every list that they serve; whoever is left out keeps none.

    `draw.identity`, `draw.twin-identity`.
    """
    quota = request["quota"]
    needs = [need_of(code, request["region"]) for code in quota]

    def lines(entry: Entry) -> Entry:
        codes = serves(quota, needs, entry.professions, entry.region)
        return entry._replace(lines=lines_of(freezing.take(entry.record(codes), random)))

    return [lines(entry) if entry.why is None else entry for entry in batch]
