"""Recomputing a draw from its evidence file alone: no server, no database (docs/formats/draw.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expertpool.draw.evidence_pool import EvidencePool
from expertpool.draw.rules import FORMAT, list_root, same, told
from infra.crypto import lottery
from infra.crypto.lottery import Row, Rows
from infra.kernel.canonical import digest
from infra.kernel.problems import Problem

_BEYOND_JSON = 2**53
_MUST = {"seed", "quota", "avoid", "pool"}
_MAY = {"order", "alternates", "out", "reasons", "transcript"}
_ROW = {"leaf", "spec", "w", "ia", "ib"}
_ROW_EMP = _ROW | {"emp", "b"}
_TRANSCRIPT = {"draw_id", "frozen", "commitments", "r"}
_FROZEN = {"format", "draw_id", "parties", "lists", "order", "quota", "avoid"}
_FROZEN |= {"alternates", "secret", "request", "code"}
_LIST = {"root", "records", "employers"}


@dataclass(frozen=True)
class _Case:
    """An evidence file whose every part was checked; `employers` is None where some emp is not disclosed."""

    seed: bytes
    order: list[str]
    quota: dict[str, int]
    avoid: frozenset[str]
    alternates: int
    lists: dict[str, Rows]
    employers: dict[str, int] | None


def recompute(document: Any, tickets: lottery.Tickets | None = None) -> dict[str, Any]:
    """The same JSON with `out` and `reasons` filled; a `draw.…` problem with `path` and `why` for bad input.

    With a transcript, commit, seed, list roots and step 1's refusal are derived from it and checked too.
    """
    case = _case(document)
    if "transcript" in document:
        _check_transcript(document["transcript"], document["avoid"], case)
    try:
        selection = lottery.select(case.seed, case.order, case.quota, case.alternates, case.avoid, case.lists, tickets)
    except Problem as problem:
        raise _at(_place(document["pool"], problem), problem) from problem
    return {**document, **told(selection)}


def _case(document: Any) -> _Case:
    _fields(document, _MUST, _MAY, "$")
    seed = _hex(document["seed"], "$.seed")
    quota = _quota(document["quota"])
    avoid = frozenset(_names(document["avoid"], "$.avoid"))
    alternates = _count(document.get("alternates", 0), 0, "$.alternates")
    lists = _lists(document["pool"], quota)
    employers = _employers(lists, avoid)
    order = _order(document, quota, employers)
    if employers is not None:
        _require_enough(order, quota, employers)
    return _Case(seed, order, quota, avoid, alternates, lists, employers)


def _lists(pool: Any, quota: Mapping[str, int]) -> dict[str, Rows]:
    if not isinstance(pool, (list, EvidencePool)):
        raise Problem("draw.field", path="$.pool", why="not a list")
    lists = {specialty: Rows() for specialty in quota}
    seen: set[bytes] = set()
    for place, item in enumerate(pool):
        try:
            specialty, row = _row(item, quota)
        except Problem as problem:
            raise _at(f"$.pool[{place}]", problem) from problem
        if row.leaf in seen:
            raise Problem("draw.twin-leaf", path=f"$.pool[{place}].leaf", why="the leaf stands twice")
        seen.add(row.leaf)
        lists[specialty].add(*row)
    return lists


def _row(item: Any, quota: Mapping[str, int]) -> tuple[str, Row]:
    """One entry of the pool; paths in its problems are relative to it."""
    if not isinstance(item, dict) or (item.keys() != _ROW and item.keys() != _ROW_EMP):
        raise Problem("draw.field", path="", why=_odd(item, _ROW, {"emp", "b"}) or "emp and b stand together or not")
    specialty, weight, emp = item["spec"], item["w"], item.get("emp")
    if not isinstance(specialty, str) or specialty not in quota:
        raise Problem("draw.specialty", path=".spec", why="not a specialty of the quota")
    if type(weight) is not int or not 1 <= weight <= lottery.MOST:
        raise Problem("draw.weight", path=".w", why=f"not a whole number from 1 to {lottery.MOST}")
    ib = _hex(item["ib"], ".ib")
    leaf = lottery.leaf_of(specialty, weight, _hex(item["ia"], ".ia"), ib)
    if leaf.hex() != item["leaf"]:
        _hex(item["leaf"], ".leaf")
        raise Problem("draw.leaf", path=".leaf", why="spec, w, ia and ib do not reproduce the leaf")
    if "emp" in item:
        salt = _hex(item["b"], ".b")
        if lottery.salted(salt, _name(emp, ".emp")) != ib:
            raise Problem("draw.emp", path=".emp", why="emp and b do not reproduce ib")
    return specialty, Row(leaf, weight, emp)


def _employers(lists: Mapping[str, Rows], avoid: frozenset[str]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for specialty, rows in lists.items():
        emps = rows.emps()
        if None in emps:
            return None
        found[specialty] = len(emps - avoid)
    return found


def _order(document: Mapping[str, Any], quota: Mapping[str, int], employers: Mapping[str, int] | None) -> list[str]:
    if "order" in document:
        order = _names(document["order"], "$.order")
        if sorted(order) != sorted(quota):
            raise Problem("draw.order", path="$.order", why="not a permutation of the quota's specialties")
        return order
    if employers is None:
        raise Problem("draw.order", path="$.order", why="required where any emp is missing")
    return lottery.order_of(employers)


def _require_enough(order: Sequence[str], quota: Mapping[str, int], employers: Mapping[str, int]) -> None:
    try:
        lottery.require_enough(order, quota, employers)
    except Problem as problem:
        raise _at(f"$.quota.{problem.facts['specialty']}", problem) from problem


def _check_transcript(transcript: Any, avoid: Sequence[str], case: _Case) -> None:
    where = "$.transcript"
    _fields(transcript, _TRANSCRIPT, set(), where)
    frozen, draw_id = transcript["frozen"], _name(transcript["draw_id"], f"{where}.draw_id")
    _check_frozen(frozen, draw_id, avoid, case)
    values = [_hex(value, f"{where}.r[{place}]") for place, value in enumerate(_three(transcript["r"], f"{where}.r"))]
    promised = _three(transcript["commitments"], f"{where}.commitments")
    for place, (party, value, promise) in enumerate(zip(frozen["parties"], values, promised, strict=True)):
        path = f"{where}.commitments[{place}]"
        if _hex(promise, path) != lottery.commitment(draw_id, party, value):
            raise Problem("draw.transcript", path=path, why=f"not the commitment of {party} to its r")
    if lottery.seed_of(draw_id, digest(frozen), values) != case.seed:
        raise Problem("draw.transcript", path="$.seed", why="not the seed of this transcript")


def _check_frozen(frozen: Any, draw_id: str, avoid: Sequence[str], case: _Case) -> None:
    where = "$.transcript.frozen"
    _fields(frozen, _FROZEN, set(), where)
    for name in ("secret", "request"):
        _hex(frozen[name], f"{where}.{name}")
    _name(frozen["code"], f"{where}.code")
    parties = [list(lottery.PARTIES), list(lottery.MARKET_PARTIES)]
    expected = {
        "format": FORMAT,
        "draw_id": draw_id,
        "order": case.order,
        "quota": case.quota,
        "avoid": sorted(set(avoid)),
        "alternates": case.alternates,
        "parties": frozen["parties"] if frozen["parties"] in parties else parties[0],
    }
    for name, value in expected.items():
        if not same(frozen[name], value):
            raise Problem("draw.transcript", path=f"{where}.{name}", why="contradicts the rest of the file")
    _check_lists(frozen["lists"], f"{where}.lists", case)


def _check_lists(lists: Any, where: str, case: _Case) -> None:
    """Roots and counts against the pool; the order and step 1's refusal against the frozen counts of employers."""
    _fields(lists, set(case.quota), set(), where)
    counts: dict[str, int] = {}
    for specialty, rows in case.lists.items():
        path, stated = f"{where}.{specialty}", lists[specialty]
        _fields(stated, _LIST, set(), path)
        counts[specialty] = _count(stated["employers"], 0, f"{path}.employers")
        if stated["root"] != list_root(rows.each_leaf()).hex():
            raise Problem("draw.transcript", path=f"{path}.root", why="not the root over the pool's leaves")
        if _count(stated["records"], 0, f"{path}.records") != len(rows):
            raise Problem("draw.transcript", path=f"{path}.records", why="not the number of the pool's leaves")
    if case.employers is not None and counts != case.employers:
        raise Problem("draw.transcript", path=where, why="employers are not those of the pool")
    if lottery.order_of(counts) != case.order:
        raise Problem("draw.transcript", path="$.order", why="not scarcest first")
    _require_enough(case.order, case.quota, counts)


def _fields(value: Any, must: set[str], may: set[str], path: str) -> None:
    why = _odd(value, must, may)
    if why:
        raise Problem("draw.field", path=path, why=why)


def _odd(value: Any, must: set[str], may: set[str]) -> str:
    if not isinstance(value, dict):
        return "not an object"
    wrong = [f"unknown field {name}" for name in sorted(value.keys() - must - may)]
    wrong += [f"field {name} is missing" for name in sorted(must - value.keys())]
    return "; ".join(wrong)


def _quota(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise Problem("draw.field", path="$.quota", why="not an object")
    return {_name(name, "$.quota"): _count(count, 1, f"$.quota.{name}") for name, count in value.items()}


def _names(value: Any, path: str) -> list[str]:
    if not isinstance(value, list):
        raise Problem("draw.field", path=path, why="not a list")
    return [_name(name, f"{path}[{place}]") for place, name in enumerate(value)]


def _three(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list) or len(value) != len(lottery.PARTIES):
        raise Problem("draw.field", path=path, why="not a list of three")
    return value


def _name(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value.isascii() or len(value) > 0xFFFF:
        raise Problem("draw.field", path=path, why="not ASCII text")
    return value


def _count(value: Any, least: int, path: str) -> int:
    if type(value) is not int or not least <= value < _BEYOND_JSON:
        raise Problem("draw.count", path=path, why=f"not a whole number of at least {least}")
    return value


def _hex(value: Any, path: str) -> bytes:
    try:
        data = bytes.fromhex(value)
    except (TypeError, ValueError):
        data = b""
    # Writing it back refuses upper case and the spaces that `fromhex` lets pass; a regular expression is slower.
    if len(data) != 32 or data.hex() != value:
        raise Problem("draw.hex", path=path, why="not 64 lower-case hexadecimal digits")
    return data


def _place(pool: Sequence[Mapping[str, Any]], problem: Problem) -> str:
    """Where a walk came to grief: at an entry, or for want of entries."""
    for place, item in enumerate(pool):
        if item["leaf"] == problem.facts.get("leaf"):
            return f"$.pool[{place}].emp"
    return f"$.quota.{problem.facts['specialty']}"


def _at(path: str, problem: Problem) -> Problem:
    """The same refusal with the place in the file: an inner path is continued, facts become the reason."""
    facts = dict(problem.facts)
    inner = facts.pop("path", "")
    why = facts.pop("why", "") or ", ".join(f"{name} {value}" for name, value in facts.items())
    return Problem(problem.code, path=f"{path}{inner}", why=why, **facts)
