"""`openhall recompute evaluation`: the evidence of one evaluation, recomputed from nothing but itself."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from expertpool.draw.evidence import recompute as recompute_draw
from infra.kernel.fields import at, members_at, object_at, text_at
from infra.kernel.problems import Problem
from trading.evaluation.reading import read_bids, read_method, read_sheets
from trading.evaluation.rules import LowestEvaluated, LowestPriceFirst, Method, evaluate


def recompute(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with `out` recomputed, and with a draw's `out` and `reasons` where it stated them.

    Every refusal names its JSON path; the format is docs/formats/recompute.md.
    """
    members_at(document, "$", ("method", "bids"), ("marks", "rejected", "draw", "out"))
    method = read_method(document["method"])
    marks = object_at(document.get("marks", {}), "$.marks")
    unmarked = isinstance(method.price, LowestEvaluated) and not marks
    bids = read_bids(document["bids"], method, complete=not unmarked)
    rejected = _rejected(document.get("rejected", {}), bids)
    _check_deductions(method, {*bids, *rejected})
    sheets = [] if unmarked else read_sheets(marks, method, bids)
    if "draw" not in document:
        return {**document, "out": evaluate(method, bids, sheets)}
    lots: list[list[str]] = []
    drawn = _drawn(document["draw"])
    out = evaluate(method, bids, sheets, _lot(drawn, lots))
    if not lots:
        raise Problem("evaluation.draw-unused", path="$.draw")
    stated = {name: drawn[name] for name in document["draw"]}
    return {**document, "draw": stated, "out": out}


def bids_in_evidence(prices: Mapping[str, str], found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """`bids` of the evidence file: opened prices and, where the method has such items, the found objective marks."""
    bids: dict[str, Any] = {bid: {"price": price} for bid, price in prices.items()}
    for bid, row in found.items():
        bids[bid]["objective"] = {item: one["mark"] for item, one in row.items()}
    return bids


def counted(sheets: Mapping[str, Mapping[str, Any]], valid: Collection[str]) -> dict[str, Any]:
    """The marks that count, by judge: a bid whose second envelope did not open drops out after it was marked."""
    return {judge: {bid: row for bid, row in one["marks"].items() if bid in valid} for judge, one in sheets.items()}


def _rejected(value: Any, bids: Mapping[str, Any]) -> Mapping[str, str]:
    rejected = object_at(value, "$.rejected")
    for bid, reason in rejected.items():
        path = at("$.rejected", bid)
        text_at(reason, path)
        if bid in bids:
            raise Problem("evaluation.bid-twice", path=path, bid=bid)
    return rejected


def _check_deductions(method: Method, known: set[str]) -> None:
    if isinstance(method.price, LowestPriceFirst):
        for bid in method.price.deductions:
            if bid not in known:
                raise Problem("evaluation.bid-unknown", path=at("$.method.price.deductions", bid), bid=bid)


def _drawn(draw: Any) -> dict[str, Any]:
    try:
        return recompute_draw(draw)
    except Problem as problem:
        path = "$.draw" + str(problem.facts.get("path", "$"))[1:]
        raise Problem(problem.code, **(problem.facts | {"path": path})) from problem


def _lot(draw: dict[str, Any], lots: list[list[str]]) -> Callable[[list[str]], list[str]]:
    def lot(tied: list[str]) -> list[str]:
        """The order a draw gives to tied bids; `evaluation.draw-pool` unless each stands in its pool once, equally."""
        bid_of = {entry["leaf"]: entry.get("emp") for entry in draw["pool"]}
        order = [bid_of[taken[0]] for taken in draw["out"]]
        even = len({entry["w"] for entry in draw["pool"]}) == 1
        whole = Counter(bid_of.values()) == Counter(order) == Counter(tied)
        if not (even and whole and draw.get("alternates") == len(tied) - 1):
            raise Problem("evaluation.draw-pool", path="$.draw.pool", tied=", ".join(tied))
        lots.append(tied)
        return order

    return lot
