"""Scoring a large evaluation in exact arithmetic, beside bare sums in floating point; then a committee at work over HTTP."""

from collections.abc import Callable
from decimal import Decimal
from statistics import median
from time import perf_counter
from typing import Any

from trading.evaluation.evidence import recompute
from trading.evaluation.reading import read_bids, read_method, read_sheets
from trading.evaluation.rules import evaluate
from web.bench import marking
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_home, private_stores

BIDS, JUDGES, ITEMS, ROUNDS = 100, 9, 50, 9
SAVERS, SECONDS, MEGABYTES = 60, 10, 200
BUDGETS = (Budget("ms", 50), Budget("save_p99_ms", 50), Budget("first_page_s", 2))


def measure(
    tell: Tell,
    *,
    bids: int = BIDS,
    judges: int = JUDGES,
    items: int = ITEMS,
    rounds: int = ROUNDS,
    savers: int = SAVERS,
    seconds: int = SECONDS,
    megabytes: int = MEGABYTES,
) -> Figures:
    """Scoring in this process, then a committee's saves and reading against a web process on stores of its own."""
    figures = score(tell, bids=bids, judges=judges, items=items, rounds=rounds)
    with private_home() as home, private_stores(home) as settings:
        return figures | marking.measure_on(tell, settings, savers=savers, seconds=seconds, megabytes=megabytes)


def score(tell: Tell, *, bids: int = BIDS, judges: int = JUDGES, items: int = ITEMS, rounds: int = ROUNDS) -> Figures:
    """Milliseconds (median) to score and rank marks that have been read; reading and recomputing the file apart."""
    document = _document(bids, judges, items)
    method = read_method(document["method"])
    opened = read_bids(document["bids"], method, complete=True)
    sheets = read_sheets(document["marks"], method, opened)
    plain = [{bid: {item: float(mark) for item, mark in row.items()} for bid, row in one.items()} for one in sheets]
    tell(f"{bids} bids × {judges} judges × {items} items, the median of {rounds} rounds")
    scoring = _ms(rounds, lambda: evaluate(method, opened, sheets))
    reading = _ms(rounds, lambda: read_sheets(document["marks"], method, opened))
    whole = _ms(rounds, lambda: recompute(document))
    bare = _ms(rounds, lambda: _sums(plain))
    tell(f"scored in {scoring:.1f} ms; read in {reading:.1f} ms; bare sums {bare:.1f} ms")
    return {
        "ms": round(scoring, 2),
        "read_ms": round(reading, 2),
        "recompute_ms": round(whole, 2),
        "ratio_to_bare_sums": round(scoring / bare, 2),
        "bids": bids,
        "judges": judges,
        "items": items,
    }


def _ms(rounds: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return 1000 * median(times)


def _sums(sheets: list[dict[str, dict[str, float]]]) -> dict[str, float]:
    return {bid: sum(sum(sheet[bid].values()) for sheet in sheets) for bid in sheets[0]}


def _document(bids: int, judges: int, items: int) -> dict[str, Any]:
    """The evidence of an evaluation with a trimmed benchmark, trimmed marks and every price different."""
    most = str(Decimal(50) / items)
    price = {"kind": "benchmark", "weight": "50", "k": "0.02", "above": "1", "below": "0.5"}
    return {
        "method": {
            "price": {**price, "trim_from": 5, "drop_high": 1, "drop_low": 1},
            "items": [
                {"id": f"t{item}", "group": "technical", "kind": "subjective", "max": most} for item in range(items)
            ],
            "judges": {"trim_from": 5},
            "tie": ["price", "technical", "procuring_entity"],
            "places": 2,
        },
        "bids": {f"B{bid:03d}": {"price": f"{9_000_000 + 1_237 * bid}.00"} for bid in range(bids)},
        "marks": {f"J{judge}": _sheet(judge, bids, items, Decimal(most)) for judge in range(judges)},
        "rejected": {},
    }


def _sheet(judge: int, bids: int, items: int, most: Decimal) -> dict[str, dict[str, str]]:
    return {
        f"B{bid:03d}": {
            f"t{item}": str(most * ((7 * bid + 11 * item + 3 * judge) % 101) / 100) for item in range(items)
        }
        for bid in range(bids)
    }
