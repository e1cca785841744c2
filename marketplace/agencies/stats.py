"""Numbers that people compare agencies by, each with the honesty that few cases ask for. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

Z95 = 1.959963984540054
LEAST_FOR_BOX = 5
"""Fewer contracts tell no distribution (rules/marketplace.md §8)."""


class Box(NamedTuple):
    """A distribution: least, lower quartile, median, upper quartile, most; of how many."""

    least: Fraction
    lower: Fraction
    median: Fraction
    upper: Fraction
    most: Fraction
    of: int


def at_least(good: int, all_: int) -> float:
    """The lower bound of Wilson's 95 % interval of a share: 48 of 50 on time is “at least 86.5 %”; 0 for none."""
    if all_ == 0:
        return 0.0
    share, square = good / all_, Z95 * Z95
    middle = share + square / (2 * all_)
    spread = Z95 * sqrt(share * (1 - share) / all_ + square / (4 * all_ * all_))
    return max(0.0, (middle - spread) / (1 + square / all_))


def box(values: Sequence[int | Fraction]) -> Box | None:
    """The quartiles (by linear interpolation, as spreadsheets' QUARTILE.INC); None of fewer than five."""
    if len(values) < LEAST_FOR_BOX:
        return None
    ordered = sorted(Fraction(value) for value in values)
    lower, median, upper = (_quantile(ordered, Fraction(part, 4)) for part in (1, 2, 3))
    return Box(ordered[0], lower, median, upper, ordered[-1], len(ordered))


def concentration(spent: Mapping[str, int]) -> Fraction:
    """Herfindahl–Hirschman index of shares: 1 where all is spent with one agency, 1/n where equally with n; 0 for nothing."""
    total = sum(spent.values())
    return sum((Fraction(one, total) ** 2 for one in spent.values()), Fraction(0)) if total else Fraction(0)


def saving(pairs: Sequence[tuple[int, int]]) -> Fraction | None:
    """节资率: Σ(reference − price) / Σ reference; None without references. The reference must be named beside it."""
    total = sum(reference for reference, _ in pairs)
    return Fraction(total - sum(price for _, price in pairs), total) if total else None


def _quantile(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
