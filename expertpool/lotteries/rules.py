"""A lottery with a public pool 公开抽签: the draw's own functions, with every name beside its leaf (docs/formats/draw.md)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from expertpool.draw import evidence
from expertpool.draw.rules import Frozen, Record, Request, disclose, freeze, same
from infra.crypto import lottery
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem

ALL = "*"
"""The one list of a lottery."""
TYPE = "uscc"
FORMAT = "lottery/v1"
_DOCUMENT = {"format", "request", "frozen", "entries", "evidence"}
_REQUEST = {"subject", "basis", "places", "waiting", "entries"}
_ENTRY = {"code", "name", "leaf", "a"}
_WEIGHT = lottery.weight(0)
_HEX = re.compile(r"[0-9a-f]{64}")


class Entry(NamedTuple):
    """One who takes part, by unified social credit code, and the name that is published."""

    code: str
    name: str


def make_request(subject: str, basis: str, places: int, waiting: int, entries: Sequence[Entry]) -> dict[str, Any]:
    """What is asked for, as it is published and as `frozen.request` holds it by its digest: names are bound by it too."""
    listed = [[one.code, one.name] for one in sorted(entries)]
    return {"subject": subject, "basis": basis, "places": places, "waiting": waiting, "entries": listed}


def freeze_lottery(
    draw_id: str,
    request: Mapping[str, Any],
    *,
    code: str,
    random: Callable[[int], bytes],
    parties: tuple[str, ...] = lottery.PARTIES,
) -> Frozen:
    """Everybody in one list with one weight; `lottery.places` where places and waiting are more than take part.

    `draw_id` is the numbered attempt, `code` our version; the marketplace's `parties` are `lottery.MARKET_PARTIES`.
    A numbered order of all has as many places as entries. `draw.twin-identity`.
    """
    entries, places, waiting = request["entries"], request["places"], request["waiting"]
    if places < 1 or waiting < 0 or places + waiting > len(entries) or len(entries) < 2:
        raise Problem("lottery.places", places=places, waiting=waiting, entries=len(entries))
    asked = Request(draw_id, {ALL: places}, waiting, (), digest(dict(request)), code, parties)
    pool = [Record(f"{TYPE}:{number}", None, (ALL,)) for number, _ in entries]
    return freeze(asked, pool, random)


def published(frozen: Frozen, request: Mapping[str, Any], r: Sequence[bytes] | None = None) -> dict[str, Any]:
    """What anybody may read: before the draw the frozen facts and all entries, with `r` the whole evidence beside them."""
    names = {f"{TYPE}:{code}": (code, name) for code, name in request["entries"]}
    listed = [
        {"code": names[row.identity][0], "name": names[row.identity][1], "leaf": row.leaf.hex(), "a": row.a.hex()}
        for row in frozen.lists[ALL]
    ]
    told = {"format": FORMAT, "request": dict(request), "frozen": frozen.facts, "entries": listed}
    return told if r is None else {**told, "evidence": disclose(frozen, r, public=True)}


def is_lottery(document: Mapping[str, Any]) -> bool:
    """Whether an evidence file is a lottery's, with names, rather than a draw's."""
    return document.get("format") == FORMAT


def recompute_lottery(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same file with the evidence's `out` and `reasons` as they follow from the rest.

    `lottery.undrawn` for a file from before the draw; every refusal of a draw's `recompute`; `lottery.entries` (with
    `path`, `why`) where the frozen request or list is not that of the entries; `lottery.uneven` where somebody's chance
    is another's: a weight, two of one employer, an avoided one.
    """
    if set(document) == _DOCUMENT - {"evidence"}:
        raise Problem("lottery.undrawn", path="$.evidence")
    _holds(set(document) == _DOCUMENT and isinstance(document["evidence"], dict), "$", "fields")
    told = document["evidence"]
    found = evidence.recompute(told)
    _holds("transcript" in told and same(told["transcript"]["frozen"], document["frozen"]), "$.frozen", "transcript")
    _check_even(told)
    _check_request(document["request"], document["frozen"])
    _check_entries(document["entries"], document["request"], told["pool"])
    return {**document, "evidence": found}


def winners(document: Mapping[str, Any]) -> list[Entry]:
    """Those a lottery's file says were drawn, then those who wait, in drawn order."""
    by_leaf = {one["leaf"]: Entry(one["code"], one["name"]) for one in document["entries"]}
    return [by_leaf[row[0]] for row in document["evidence"]["out"]]


def _check_even(told: Mapping[str, Any]) -> None:
    emps = {row.get("emp") for row in told["pool"]}
    if any(row["w"] != _WEIGHT for row in told["pool"]) or len(emps) < len(told["pool"]) or told["avoid"]:
        raise Problem("lottery.uneven", path="$.evidence.pool")


def _check_request(request: Any, frozen: Mapping[str, Any]) -> None:
    sound = isinstance(request, dict) and set(request) == _REQUEST and digest(request).hex() == frozen["request"]
    _holds(sound, "$.request", "digest")
    asked = [frozen["quota"], frozen["alternates"]]
    _holds(same(asked, [{ALL: request["places"]}, request["waiting"]]), "$.request", "places")


def _check_entries(entries: Any, request: Mapping[str, Any], pool: Sequence[Mapping[str, Any]]) -> None:
    """Each entry stands once, by name in the request and by its salted code in the frozen list."""
    _holds(isinstance(entries, list), "$.entries", "fields")
    salted = {row["leaf"]: row["ia"] for row in pool}
    for place, one in enumerate(entries):
        whole = isinstance(one, dict) and set(one) == _ENTRY and all(isinstance(value, str) for value in one.values())
        _holds(whole and _ia(one) == salted.get(one["leaf"]), f"$.entries[{place}]", "leaf")
    once = all(len({one[name] for one in entries}) == len(entries) == len(pool) for name in ("leaf", "code"))
    named = sorted([one["code"], one["name"]] for one in entries)
    _holds(once and same(named, request["entries"]), "$.entries", "request")


def _ia(entry: Mapping[str, str]) -> str:
    """A code under its salt; nothing that stands in a list where either is malformed."""
    if _HEX.fullmatch(entry["a"]) is None:
        return ""
    try:
        return lottery.salted(bytes.fromhex(entry["a"]), f"{TYPE}:{entry['code']}").hex()
    except Problem:
        return ""


def _holds(condition: bool, path: str, why: str) -> None:
    if not condition:
        raise Problem("lottery.entries", path=path, why=why)
