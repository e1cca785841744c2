"""Rating every agency of a large market, and one of them after an event, beside bare sums in floating point."""

from collections.abc import Callable
from decimal import Decimal
from statistics import median
from time import perf_counter
from typing import TypeVar

from marketplace.rating.formula import Contract, Record, decay, rate
from web.bench.budgets import Budget, Figures, Tell
from web.demo.dice import Dice

AGENCIES, CONTRACTS, ROUNDS = 10_000, 500_000, 25
LARGEST = 1000
T = TypeVar("T")
BUDGETS = (Budget("nightly_s", 30), Budget("event_ms", 50))


def measure(tell: Tell, *, agencies: int = AGENCIES, contracts: int = CONTRACTS, rounds: int = ROUNDS) -> Figures:
    """Seconds to rate all agencies; milliseconds (the slowest of some rounds) to rate the one with the most contracts anew."""
    records = _market(agencies, contracts)
    tell(f"{agencies} agencies with {sum(len(one.contracts) for one in records)} contracts")
    plain = [[(float(c.months), [float(m or 0) for m in c.marks]) for c in one.contracts] for one in records]
    decay.cache_clear()
    nightly, grades = _seconds(lambda: [rate(one).grade for one in records])
    bare, _ = _seconds(lambda: [_bare(one) for one in plain])
    largest = max(records, key=lambda one: len(one.contracts))
    times = [_seconds(lambda: rate(largest))[0] for _ in range(rounds)]
    tell(f"rated in {nightly:.1f} s; bare sums {bare:.1f} s")
    shares = {str(grade): grades.count(grade) for grade in sorted(set(grades))}
    return {
        "nightly_s": round(nightly, 2),
        "ratio_to_bare_sums": round(nightly / bare, 1),
        "event_ms": round(1000 * max(times), 2),
        "event_p50_ms": round(1000 * median(times), 2),
        "largest_contracts": len(largest.contracts),
        "agencies": agencies,
        "grades": " ".join(f"{grade} {count}" for grade, count in shares.items()),
    }


def _market(agencies: int, contracts: int) -> list[Record]:
    """Agencies with ever fewer contracts: one has a thousand, the others share the rest about equally."""
    dice = Dice("market")
    sizes = [contracts // agencies] * agencies
    sizes[0] = min(LARGEST, contracts)
    return [
        Record(
            [_contract(dice) for _ in range(size)],
            Decimal(dice.between(60, 100)),
            [Decimal(dice.one_of((1, 3, 5)))] if dice.chance(10) else [],
        )
        for size in sizes
    ]


def _contract(dice: Dice) -> Contract:
    o, d = Decimal(dice.between(40, 100)), Decimal(dice.between(40, 100))
    t = None if dice.chance(10) else Decimal(dice.one_of((100, 100, 90, 80, 40)))
    months = Decimal(dice.between(0, 3600)).scaleb(-2)
    return Contract(f"o{dice.between(0, 40)}", months, (o, d, t, Decimal(100)))


def _bare(contracts: list[tuple[float, list[float]]]) -> list[float]:
    weights = [0.5 ** (months / 12) for months, _ in contracts]
    total = sum(weights) + 4
    return [(sum(w * m[at] for w, (_, m) in zip(weights, contracts, strict=True)) + 300) / total for at in range(4)]


def _seconds(work: Callable[[], T]) -> tuple[float, T]:
    began = perf_counter()
    found = work()
    return perf_counter() - began, found
