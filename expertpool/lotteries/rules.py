"""A lottery with a public pool 公开抽签: the draw's own functions, with every name beside its leaf (docs/formats/draw.md)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from expertpool.draw import evidence
from expertpool.draw.rules import Frozen, Record, Request, disclose, freeze
from infra.crypto import lottery
from infra.kernel.problems import Problem

ALL = "*"
"""The one list of a lottery."""
TYPE = "uscc"
_ENTRY = {"code", "name", "leaf", "a"}


class Entry(NamedTuple):
    """One who takes part, by unified social credit code, and the name that is published."""

    code: str
    name: str


def freeze_lottery(
    lottery_id: str,
    entries: Sequence[Entry],
    winners: int,
    waiting: int,
    *,
    request: bytes,
    code: str,
    random: Callable[[int], bytes],
) -> Frozen:
    """Everybody in one list with one weight; `lottery.winners` unless 1 ≤ winners < entries, `draw.twin-identity`.

    `request` is the SHA-256 of what was asked, `code` our version; `waiting` are drawn after the winners, in order.
    """
    if not 1 <= winners < len(entries) or waiting < 0:
        raise Problem("lottery.winners", winners=winners, entries=len(entries))
    asked = Request(f"{lottery_id}/1", {ALL: winners}, waiting, (), request, code, lottery.MARKET_PARTIES)
    pool = [Record(f"{TYPE}:{one.code}", None, (ALL,)) for one in entries]
    return freeze(asked, pool, random)


def published(frozen: Frozen, entries: Sequence[Entry], r: Sequence[bytes] | None = None) -> dict[str, Any]:
    """What anybody may read: before the draw the frozen facts and all entries, with `r` the whole evidence beside them."""
    names = {f"{TYPE}:{one.code}": one for one in entries}
    listed = [{**names[row.identity]._asdict(), "leaf": row.leaf.hex(), "a": row.a.hex()} for row in frozen.lists[ALL]]
    told = {"frozen": frozen.facts, "entries": listed}
    return told if r is None else {**told, "evidence": disclose(frozen, r, public=True)}


def recompute_lottery(document: Mapping[str, Any]) -> list[Entry]:
    """The winners, then those who wait, in drawn order; every refusal of `recompute`, and `lottery.entries`.

    Refused where an entry's code does not give its leaf, stands twice or is missing, or where the result is another's.
    """
    told = document["evidence"]
    found = evidence.recompute(told)
    if found != told or told["transcript"]["frozen"] != document["frozen"]:
        raise Problem("lottery.entries", why="result")
    salted = {row["leaf"]: row["ia"] for row in told["pool"]}
    by_leaf: dict[str, Entry] = {}
    for one in document["entries"]:
        identity = f"{TYPE}:{one['code']}"
        if set(one) != _ENTRY or lottery.salted(bytes.fromhex(one["a"]), identity).hex() != salted.get(one["leaf"]):
            raise Problem("lottery.entries", why=identity)
        by_leaf[one["leaf"]] = Entry(one["code"], one["name"])
    if by_leaf.keys() != salted.keys() or len({one.code for one in by_leaf.values()}) != len(document["entries"]):
        raise Problem("lottery.entries", why="entries")
    return [by_leaf[row[0]] for row in found["out"]]
