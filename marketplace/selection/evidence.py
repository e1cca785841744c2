"""`openhall recompute selection`: who was selected, from the evidence file of the selection (docs/formats/selection.md)."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from expertpool.draw.evidence import recompute as recompute_draw
from infra.kernel.fields import at, count_at, decimal_at, flag_at, members_at, object_at, text_at, word_at
from infra.kernel.problems import Problem
from marketplace.selection.modes import (
    Lot,
    Mode,
    Ranked,
    long_list,
    lowest_price,
    minimum,
    nearest_mean,
    scored,
    selected,
    tickets,
    trimmed_mean_k,
)

OWN = {
    Mode.DIRECT: ("agency",),
    Mode.LOTTERY: ("draw",),
    Mode.LOWEST_PRICE: ("quotes",),
    Mode.NEAREST_MEAN: ("quotes",),
    Mode.TRIMMED_MEAN_K: ("quotes", "k"),
    Mode.CREDIT_WEIGHTED: ("scores", "keep", "slots", "draw"),
    Mode.SCORED: ("criteria", "scores"),
    Mode.RFQ: ("criteria", "scores"),
}
"""The members that each mode has beside `mode`, `fiscal` and what settles ties."""
TIED_BY_LOT = frozenset({Mode.LOWEST_PRICE, Mode.NEAREST_MEAN, Mode.TRIMMED_MEAN_K, Mode.SCORED, Mode.RFQ})
LEAST_K, MOST_K = Decimal("0.95"), Decimal("0.98")
HUNDRED = Decimal(100)
MOST_SLOTS = 100_000
FEW = {"status": "failed", "reason": "too-few-quotes"}


class Drawn(NamedTuple):
    """A draw inside the evidence: the document as recomputed, and which ties it settled."""

    draw: dict[str, Any] | None
    settled: list[list[str]]


def recompute(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with `out` recomputed, and with a draw's `out` and `reasons` where it stated them.

    Every refusal (`evidence.…`, `selection.…`, the draw's own) names its JSON path.
    """
    mode = Mode(word_at(object_at(document, "$").get("mode"), "$.mode", [str(one) for one in Mode]))
    optional = (
        ["out"] + (["draw"] if mode in TIED_BY_LOT else []) + (["chosen"] if mode is Mode.CREDIT_WEIGHTED else [])
    )
    members_at(document, "$", ("mode", "fiscal", *OWN[mode]), optional)
    drawn = Drawn(_drawn(document["draw"]) if "draw" in document else None, [])
    out = _decided(document, mode, flag_at(document["fiscal"], "$.fiscal"), drawn)
    if drawn.draw is None:
        return {**document, "out": out}
    if mode in TIED_BY_LOT and not drawn.settled:
        raise Problem("selection.draw-unused", path="$.draw")
    return {**document, "draw": {name: drawn.draw[name] for name in document["draw"]}, "out": out}


def _decided(document: Mapping[str, Any], mode: Mode, fiscal: bool, drawn: Drawn) -> dict[str, Any]:
    least = minimum(mode, fiscal=fiscal)
    if mode is Mode.DIRECT:
        return {"status": "selected", **selected([_name(document["agency"], "$.agency")])}
    if mode is Mode.LOTTERY:
        assert drawn.draw is not None
        return _lottery(drawn.draw, least)
    if mode is Mode.CREDIT_WEIGHTED:
        assert drawn.draw is not None
        return _by_credit(document, least, drawn.draw)
    if mode in (Mode.SCORED, Mode.RFQ):
        return _by_marks(document, mode, least, _lot(drawn))
    quotes = {
        _name(one, "$.quotes"): _quote(value, at("$.quotes", one))
        for one, value in object_at(document["quotes"], "$.quotes").items()
    }
    k = _k(document["k"]) if mode is Mode.TRIMMED_MEAN_K else Fraction(1)
    if len(quotes) < least:
        return dict(FEW)
    ranked = _by_price(mode, quotes, k, fiscal, _lot(drawn))
    told = {} if ranked.reference is None else {"reference": _money(ranked.reference)}
    return {"status": "selected", **told, **selected(ranked.order)}


def _by_price(mode: Mode, quotes: Mapping[str, Fraction], k: Fraction, fiscal: bool, lot: Lot) -> Ranked:
    if mode is Mode.LOWEST_PRICE:
        return lowest_price(quotes, lot)
    if mode is Mode.NEAREST_MEAN:
        return nearest_mean(quotes, lot)
    return trimmed_mean_k(quotes, k, fiscal=fiscal, lot=lot)


def _by_marks(document: Mapping[str, Any], mode: Mode, least: int, lot: Lot) -> dict[str, Any]:
    criteria = {
        _name(one, "$.criteria"): _within(value, at("$.criteria", one), HUNDRED)
        for one, value in object_at(document["criteria"], "$.criteria").items()
    }
    if sum(criteria.values()) != 100:
        raise Problem("selection.weights", path="$.criteria", sum=str(sum(criteria.values())))
    sheets = object_at(document["scores"], "$.scores")
    if not sheets or (mode is Mode.RFQ and len(sheets) != 1):
        raise Problem("selection.judges", path="$.scores", judges=len(sheets))
    scores = {judge: _sheet(sheet, at("$.scores", judge), criteria) for judge, sheet in sheets.items()}
    agencies = {frozenset(sheet) for sheet in scores.values()}
    if len(agencies) != 1:
        raise Problem("selection.agencies-differ", path="$.scores")
    if len(next(iter(agencies))) < least:
        return dict(FEW)
    ranked, totals = scored(criteria, scores, lot)
    return {"status": "selected", "total": {one: _money(totals[one]) for one in totals}, **selected(ranked.order)}


def _sheet(value: Any, path: str, criteria: Mapping[str, Fraction]) -> dict[str, dict[str, Fraction]]:
    return {
        _name(agency, path): {
            name: _within(mark, at(at(path, agency), name), HUNDRED)
            for name, mark in members_at(row, at(path, agency), list(criteria)).items()
        }
        for agency, row in object_at(value, path).items()
    }


def _lottery(draw: Mapping[str, Any], least: int) -> dict[str, Any]:
    """摇号: the draw's own order, of which each agency stands in the pool once, with equal weight."""
    order = _order_of(draw)
    names = [_name(entry.get("emp"), "$.draw.pool") for entry in draw["pool"]]
    if len(set(names)) != len(names) or len({entry["w"] for entry in draw["pool"]}) > 1:
        raise Problem("selection.draw-pool", path="$.draw.pool")
    if len(names) < least:
        return dict(FEW)
    return {"status": "selected", **selected(order)}


def _by_credit(document: Mapping[str, Any], least: int, draw: Mapping[str, Any]) -> dict[str, Any]:
    """信用择优: long list, lottery numbers, the drawn short list; the owner picks `chosen` from it."""
    scores = {
        _name(one, "$.scores"): _within(value, at("$.scores", one), HUNDRED)
        for one, value in object_at(document["scores"], "$.scores").items()
    }
    keep = count_at(document["keep"], "$.keep", 1, MOST_SLOTS)
    slots = count_at(document["slots"], "$.slots", 1, MOST_SLOTS)
    if len(scores) < least:
        return dict(FEW)
    kept = long_list(scores, keep)
    given = tickets(scores, kept, slots)
    if Counter(entry.get("emp") for entry in draw["pool"]) != Counter(given):
        raise Problem("selection.draw-pool", path="$.draw.pool")
    short = list(dict.fromkeys(_order_of(draw)))
    told: dict[str, Any] = {"long_list": kept, "tickets": given, "short_list": short}
    if "chosen" not in document:
        return {"status": "short-listed", **told}
    chosen = word_at(document["chosen"], "$.chosen", short)
    return {"status": "selected", **told, **selected([chosen, *(one for one in short if one != chosen)])}


def _drawn(draw: Any) -> dict[str, Any]:
    try:
        return recompute_draw(draw)
    except Problem as problem:
        path = "$.draw" + str(problem.facts.get("path", "$"))[1:]
        raise Problem(problem.code, **(problem.facts | {"path": path})) from problem


def _order_of(draw: Mapping[str, Any]) -> list[str]:
    agency_of = {entry["leaf"]: str(entry.get("emp")) for entry in draw["pool"]}
    return [agency_of[taken[0]] for taken in draw["out"]]


def _lot(drawn: Drawn) -> Lot:
    def lot(tied: list[str]) -> list[str]:
        """The order a draw gives to tied agencies; `selection.draw-missing`, `selection.draw-pool` for another pool."""
        if drawn.draw is None:
            raise Problem("selection.draw-missing", path="$.draw", tied=", ".join(tied))
        order = _order_of(drawn.draw)
        pool = [entry.get("emp") for entry in drawn.draw["pool"]]
        even = len({entry["w"] for entry in drawn.draw["pool"]}) == 1
        whole = Counter(pool) == Counter(order) == Counter(tied)
        if not (even and whole and drawn.draw.get("alternates") == len(tied) - 1):
            raise Problem("selection.draw-pool", path="$.draw.pool")
        drawn.settled.append(tied)
        return order

    return lot


def _name(value: Any, path: str) -> str:
    if not text_at(value, path):
        raise Problem("selection.agency", path=path)
    return str(value)


def _quote(value: Any, path: str) -> Fraction:
    found = decimal_at(value, path)
    if found <= 0:
        raise Problem("selection.quote", path=path, value=str(value)[:40])
    return Fraction(found)


def _within(value: Any, path: str, most: Decimal) -> Fraction:
    found = decimal_at(value, path)
    if not 0 <= found <= most:
        raise Problem("evidence.range", path=path, value=str(value)[:40], low=0, high=f"{most:f}")
    return Fraction(found)


def _k(value: Any) -> Fraction:
    found = decimal_at(value, "$.k")
    if not LEAST_K <= found <= MOST_K:
        raise Problem("evidence.range", path="$.k", value=str(value)[:40], low=f"{LEAST_K}", high=f"{MOST_K}")
    return Fraction(found)


def _money(value: Fraction) -> str:
    """A number as it is shown: with two places at least, with more only where a single quote has them."""
    places = 2
    while (value * 10**places).denominator != 1:
        places += 1
    whole, rest = divmod(int(value * 10**places), 10**places)
    return f"{whole}.{rest:0{places}}"
