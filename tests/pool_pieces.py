"""A pool frozen into pieces, as the platform sends it to be audited, and what may be done to it on the way."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from expertpool.draw.audit import make_request
from expertpool.draw.entries import Entry, Line, packed
from expertpool.draw.freezing import with_lines
from expertpool.draw.rules import Freezing
from infra.edge import random_bytes

DRAW = "YH-1/01/1"
REGION = "429900"
AVOIDED = "91429900MA0000001X"
REQUEST: dict[str, Any] = {"quota": {"A08": 2, "A06": 1}, "alternates": 1, "avoid": [AVOIDED], "region": REGION}
EACH = 5
"""How many persons a piece holds here: thirteen persons make three pieces."""


class Sent(NamedTuple):
    """The facts of a frozen event, the head that goes with the duty, and everybody of the pool."""

    facts: dict[str, Any]
    head: dict[str, Any]
    entries: list[Entry]

    def pieces(self) -> Iterator[bytes]:
        """The pool piece by piece, opened."""
        return (packed(self.entries[at : at + EACH]) for at in range(0, len(self.entries), EACH))


def people() -> list[Entry]:
    """Ten who serve one list or both, and three who are left out."""
    listed = [
        Entry(
            f"expert-{number}", f"resident:{number:04d}", f"91429900MA{number:07d}X" if number % 4 else None,
            ("A0801",) if number % 2 else ("A0601", "A08"), REGION, number % 3, None,
        )
        for number in range(1, 11)
    ]  # fmt: skip
    left = [
        Entry("expert-71", "resident:7001", None, ("B01",), REGION, 0, "profession"),
        Entry("expert-72", "resident:7002", None, ("A08",), "110000", 0, "region"),
        Entry("expert-73", "resident:7003", None, ("A08",), REGION, 0, "unavailable"),
    ]
    return [*listed[:6], *left, *listed[6:]]


def a_pool(entries: Sequence[Entry] | None = None, draw: str = DRAW, **asked: Any) -> Sent:
    """A pool frozen for a request; `asked` changes the request."""
    request, secret = {**REQUEST, **asked}, random_bytes(32)
    freezing = Freezing(make_request(draw, request), secret)
    listed = with_lines(freezing, request, people() if entries is None else entries, random_bytes)
    return Sent(freezing.facts(), {"request": request, "secret": secret.hex()}, listed)


def refrozen(sent: Sent, change: Callable[[list[Entry]], None]) -> Sent:
    """The same pool with something in it changed, and the frozen facts made to fit what the lines now say."""
    entries = list(sent.entries)
    change(entries)
    secret = bytes.fromhex(sent.head["secret"])
    freezing = Freezing(make_request(DRAW, sent.head["request"]), secret)
    for entry in entries:
        for specialty, row in entry.listed():
            freezing.gist.add(specialty, row.leaf, row.emp)
    return Sent(freezing.facts(), sent.head, entries)


def relined(entries: list[Entry], place: int, **change: Any) -> None:
    """Another first line for the person at a place."""
    first, *rest = entries[place].lines
    entries[place] = entries[place]._replace(lines=(first._replace(**change), *rest))


def a_line(specialty: str, emp: str = "0" * 32, weight: int = 8) -> Line:
    """A line that somebody invented."""
    return Line(specialty, weight, emp, random_bytes(32), random_bytes(32))
