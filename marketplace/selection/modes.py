"""The modes of selection (rules/marketplace.md §2.3) on exact numbers: order, winner, two reserves. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Any

from infra.kernel.problems import Problem

RESERVES = 2
FISCAL_MINIMUM = 3
TRIMMED_FROM = 6
Lot = Callable[[list[str]], list[str]]
"""Gives the drawn order of tied agencies."""


class Mode(StrEnum):
    """选取方式."""

    DIRECT = "direct"
    LOTTERY = "lottery"
    LOWEST_PRICE = "lowest_price"
    NEAREST_MEAN = "nearest_mean"
    TRIMMED_MEAN_K = "trimmed_mean_k"
    CREDIT_WEIGHTED = "credit_weighted"
    SCORED = "scored"
    RFQ = "rfq"


SOCIAL_MINIMUM = {
    Mode.DIRECT: 1,
    Mode.LOTTERY: 1,
    Mode.LOWEST_PRICE: 1,
    Mode.NEAREST_MEAN: 3,
    Mode.TRIMMED_MEAN_K: 1,
    Mode.CREDIT_WEIGHTED: 2,
    Mode.SCORED: 2,
    Mode.RFQ: 2,
}
"""How many offers a mode needs where no fiscal money is spent; with fiscal money three at least, `direct` excepted."""


@dataclass(frozen=True)
class Ranked:
    """Agencies from the first to the last; `reference` is the price that the nearest one is measured by, where there is one."""

    order: tuple[str, ...]
    reference: Fraction | None = None


def minimum(mode: Mode, *, fiscal: bool) -> int:
    """How many offers a selection needs; fewer fail it."""
    least = SOCIAL_MINIMUM[mode]
    return max(least, FISCAL_MINIMUM) if fiscal and mode is not Mode.DIRECT else least


def lowest_price(quotes: Mapping[str, Fraction], lot: Lot) -> Ranked:
    """竞价最低: by ascending price, equal ones by lot."""
    return Ranked(tuple(_ordered(quotes, lambda one: (quotes[one],), lot)))


def nearest_mean(quotes: Mapping[str, Fraction], lot: Lot) -> Ranked:
    """均价比选: nearest to the mean of all quotes, rounded to 0.01; equally near ones by the lower price, then by lot."""
    return _nearest(quotes, half_up(_mean(list(quotes.values())), 2), lot)


def trimmed_mean_k(quotes: Mapping[str, Fraction], k: Fraction, *, fiscal: bool, lot: Lot) -> Ranked:
    """最优价: nearest to K times the mean; from six quotes on without the highest and the lowest, which cannot win.

    Of equal highest or lowest quotes the first in id order is dropped, the highest first. Two quotes of social money are
    measured by their plain mean, one by itself.
    """
    kept = dict(quotes)
    if len(kept) >= TRIMMED_FROM:
        for worst in (max, min):
            value = worst(kept.values())
            del kept[min(one for one, quote in kept.items() if quote == value)]
    mean = _mean(list(kept.values()))
    if not fiscal and len(kept) < FISCAL_MINIMUM:
        return _nearest(kept, half_up(mean, 2) if len(kept) > 1 else mean, lot)
    return _nearest(kept, half_up(mean * k, 2), lot)


def scored(
    criteria: Mapping[str, Fraction], scores: Mapping[str, Mapping[str, Mapping[str, Fraction]]], lot: Lot
) -> tuple[Ranked, dict[str, Fraction]]:
    """方案择优: Σ weight × mean of the judges' marks (0–100) / 100, to 2 places, highest first; with the totals.

    `scores` are judge → agency → criterion → mark; 询比 is the same with one judge.
    """
    agencies = sorted(next(iter(scores.values())))
    totals = {}
    for agency in agencies:
        means = {
            name: _mean([sheet[agency][name] for sheet in scores.values()]) * weight / 100
            for name, weight in criteria.items()
        }
        totals[agency] = half_up(sum(means.values(), Fraction(0)), 2)
    return Ranked(tuple(_ordered(totals, lambda one: (-totals[one],), lot))), totals


def long_list(scores: Mapping[str, Fraction], keep: int) -> list[str]:
    """信用择优: the best `keep` by score; whoever equals the last of them is kept too. In order of score, then of id."""
    ordered = sorted(scores, key=lambda one: (-scores[one], one))
    if len(ordered) <= keep:
        return ordered
    last = scores[ordered[keep - 1]]
    return [one for one in ordered if scores[one] >= last]


def tickets(scores: Mapping[str, Fraction], kept: Sequence[str], slots: int) -> dict[str, int]:
    """How many of `slots` lottery numbers each kept agency gets, by its share of the scores (largest remainders).

    Equal remainders go in the order of the long list; everybody gets one at least, for which `slots` must suffice.
    """
    if slots < len(kept):
        raise Problem("selection.slots", path="$.slots", slots=slots, agencies=len(kept))
    total = sum((scores[one] for one in kept), Fraction(0))
    spare = slots - len(kept)
    shares = {one: spare * scores[one] / total if total else Fraction(spare, len(kept)) for one in kept}
    found = {one: 1 + int(shares[one]) for one in kept}
    left = slots - sum(found.values())
    for one in sorted(kept, key=lambda agency: (-(shares[agency] % 1), kept.index(agency)))[:left]:
        found[one] += 1
    return found


def selected(order: Sequence[str]) -> dict[str, Any]:
    """The winner and the reserves of an order, as evidence states them."""
    return {"order": list(order), "winner": order[0], "reserves": list(order[1 : 1 + RESERVES])}


def half_up(value: Fraction, places: int) -> Fraction:
    """A number rounded half away from zero."""
    scale = 10**places
    scaled = abs(value) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, scale)


def _nearest(quotes: Mapping[str, Fraction], reference: Fraction, lot: Lot) -> Ranked:
    order = _ordered(quotes, lambda one: (abs(quotes[one] - reference), quotes[one]), lot)
    return Ranked(tuple(order), reference)


def _ordered(agencies: Mapping[str, Any], key: Callable[[str], tuple[Fraction, ...]], lot: Lot) -> list[str]:
    """Agencies by their key; those of one key in the order that the lot gives."""
    found: list[str] = []
    for _, group in groupby(sorted(agencies, key=lambda one: (key(one), one)), key=key):
        tied = list(group)
        found += lot(tied) if len(tied) > 1 else tied
    return found


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
