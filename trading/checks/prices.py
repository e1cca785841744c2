"""What opened prices tell by themselves: which are abnormally low 异常低价, which follow a rule 报价规律 (V5 and V6)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import NamedTuple

LEAST = 4
"""Bids in a run: between three prices two equal steps are found by chance too often."""
FEN = Fraction(1, 100)
_DIGITS = 10**6

By = Callable[[Fraction, Fraction], Fraction]
Follows = Callable[[Fraction, Fraction, Fraction], bool]


class Low(StrEnum):
    """Why a price counts as abnormally low; the words are those of 财库〔2026〕2号."""

    MEAN = "mean"
    SECOND = "second"
    CEILING = "ceiling"


class Limits(NamedTuple):
    """Shares of the mean of the valid prices, of the second lowest, and of the ceiling (else the budget); 0: no such limit."""

    mean: Fraction
    second: Fraction
    ceiling: Fraction


class Pattern(StrEnum):
    """How the prices of a run, lowest first, follow from one another."""

    EQUAL = "equal"
    STEP = "step"
    RATIO = "ratio"


class Run(NamedTuple):
    """Bids whose prices follow a rule: from each to the next by the same step in yuan, or the same ratio."""

    pattern: Pattern
    bids: tuple[str, ...]
    by: Fraction


def abnormally_low(
    prices: Mapping[str, Fraction], limits: Limits, ceiling: Fraction | None
) -> dict[str, tuple[Low, ...]]:
    """The bids whose price lies strictly below a limit, with every limit it lies below; a price at a limit does not.

    Prices are bid prices before any adjustment by policy. A hit is a reason to ask in writing, never to reject.
    """
    if not prices:
        return {}
    ranked = sorted(prices.values())
    below = {Low.MEAN: limits.mean * sum(ranked, Fraction(0)) / len(ranked)}
    if ceiling is not None:
        below[Low.CEILING] = limits.ceiling * ceiling
    found: dict[str, tuple[Low, ...]] = {}
    for bid, price in prices.items():
        hits = [low for low, limit in below.items() if price < limit]
        if len(ranked) > 1 and price == ranked[0] and price < limits.second * ranked[1]:
            hits.append(Low.SECOND)
        if hits:
            found[bid] = tuple(sorted(hits, key=list(Low).index))
    return found


def regular_runs(prices: Mapping[str, Fraction]) -> list[Run]:
    """The longest runs of at least `LEAST` neighbouring prices with one step, or one ratio to the fen; dearest run first.

    Equal prices stand together under `equal`, by name; the others each once.
    """
    row = sorted(prices.items(), key=lambda one: (-one[1], one[0]))
    found = [Run(Pattern.EQUAL, tuple(bid for bid, _ in same), Fraction(0)) for same in _equal(row)]
    unlike = [one for one, before in zip(row, [("", None), *row], strict=False) if one[1] != before[1]]
    stepped = list(_runs(unlike, lambda a, b: b - a, lambda by, a, b: b - a == by, Pattern.STEP))
    ratios = _runs(unlike, lambda a, b: b / a, lambda by, a, b: abs(b - a * by) <= FEN, Pattern.RATIO)
    inside = {bid for run in stepped for bid in run.bids}
    return [*found, *stepped, *(run for run in ratios if not inside.issuperset(run.bids))]


def variation(prices: Sequence[Fraction]) -> Fraction:
    """The coefficient of variation of positive prices: population standard deviation over mean, cut to six decimals."""
    mean = sum(prices, Fraction(0)) / len(prices)
    square = sum(((price - mean) ** 2 for price in prices), Fraction(0)) / len(prices) / mean**2
    return Fraction(isqrt(square.numerator * _DIGITS**2 // square.denominator), _DIGITS)


def _equal(row: Sequence[tuple[str, Fraction]]) -> Iterator[list[tuple[str, Fraction]]]:
    for price in dict.fromkeys(price for _, price in row):
        same = [one for one in row if one[1] == price]
        if len(same) > 1:
            yield same


def _runs(row: Sequence[tuple[str, Fraction]], by_of: By, follows: Follows, pattern: Pattern) -> Iterator[Run]:
    start = 0
    while start + LEAST <= len(row):
        by = by_of(row[start][1], row[start + 1][1])
        end = start + 1
        for (_, a), (_, b) in pairwise(row[start + 1 :]):
            if not follows(by, a, b):
                break
            end += 1
        if end - start + 1 >= LEAST:
            yield Run(pattern, tuple(bid for bid, _ in row[start : end + 1]), by)
        start = max(end, start + 1)
