"""Telling dummies and events apart in the periods whose keys are open: no leaf is both, and none is neither unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any

from infra.kernel.canonical import parse, read, unb64
from infra.kernel.fields import array_at, bytes_at, count_at, members_at, text_at
from infra.kernel.problems import Problem
from infra.tlog import entry
from infra.tlog.checkpoint import MOST_LEAVES

BEGUN = "log-period.begun"
SHOWN = ("leaf", "event", "salt")


@dataclass(frozen=True)
class Shown:
    """A disclosed leaf: the event's canonical form and salt, which give the entry."""

    leaf: int
    event: dict[str, Any]
    entry: bytes


@dataclass(frozen=True)
class Period:
    """A period as the log tells it: its first leaf, the event that began it, its key once that is open."""

    first: int
    begun: Shown
    commitment: bytes
    key: bytes | None


def read_shown(data: bytes, path: str) -> list[Shown]:
    """A list of disclosed leaves in order of their places; `log.disclosed` where it is none."""
    try:
        found = [_shown(row) for row in array_at(read(data), "$")]
    except Problem as problem:
        raise Problem("log.disclosed", path=path, why=problem.code) from problem
    if any(later.leaf <= earlier.leaf for earlier, later in pairwise(found)):
        raise Problem("log.disclosed", path=path, why="not in order")
    return found


def read_periods(data: bytes, size: int) -> list[Period]:
    """The periods begun below `size`, the first at leaf 0; `log.periods` for anything that contradicts itself."""
    try:
        found = [_period(row) for row in array_at(read(data), "$")]
    except Problem as problem:
        if problem.code in ("log.periods", "log.period-key"):
            raise
        raise Problem("log.periods", why=problem.code) from problem
    firsts = [one.first for one in found]
    if firsts != sorted(set(firsts)) or firsts[:1] not in ([], [0]):
        raise Problem("log.periods", why="periods that do not follow one another")
    return [one for one in found if one.begun.leaf < size]


def tell_apart(
    entries: Sequence[tuple[int, bytes]], key: bytes, shown: dict[int, Shown]
) -> tuple[int, list[int], list[int]]:
    """How many of these (place, entry) are dummies of the key; places of shown events; places of hidden ones."""
    dummies, told, hidden = 0, [], []
    for place, found in entries:
        if found == entry.dummy(key, place):
            dummies += 1
        elif place in shown:
            told.append(place)
        else:
            hidden.append(place)
    return dummies, told, hidden


def _period(row: Any) -> Period:
    found = members_at(row, "$", ("first", "begun", "key"))
    first = count_at(found["first"], "$.first", 0, MOST_LEAVES)
    begun = _shown(found["begun"])
    facts = begun.event["facts"]
    if begun.event["event"] != BEGUN or facts.get("first") != first or begun.leaf < first:
        raise Problem("log.periods", why=f"period {first} was not begun so")
    commitment = bytes_at(facts.get("commitment"), "$.facts.commitment", 32)
    key = None if found["key"] is None else bytes_at(found["key"], "$.key", 32)
    if key is not None and sha256(key).digest() != commitment:
        raise Problem("log.period-key", first=first)
    return Period(first, begun, commitment, key)


def _shown(row: Any) -> Shown:
    found = members_at(row, "$", SHOWN)
    text = text_at(found["event"], "$.event")
    event = parse(text.encode())
    if not isinstance(event, dict):
        raise Problem("log.event", event="")
    entry.check_event(event)
    leaf = count_at(found["leaf"], "$.leaf", 0, MOST_LEAVES)
    return Shown(leaf, event, entry.salted(unb64(text_at(found["salt"], "$.salt"), 32), text.encode()))
