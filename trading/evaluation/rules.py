"""Evaluation 评标 as exact arithmetic: price scores, judges' means, totals, ranks; rounded only where it is said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from enum import StrEnum
from fractions import Fraction
from itertools import chain, groupby
from typing import TypedDict

from infra.kernel.fields import LONGEST_DECIMAL
from infra.kernel.problems import Problem

# Wide enough for every sum and remainder of readable decimals; a lost digit is an error, never a rounding.
EXACT = Context(prec=4 * LONGEST_DECIMAL, traps=[Inexact, InvalidOperation])
MONEY_PLACES = 2


class ItemKind(StrEnum):
    """Whether judges mark an item alone, or its mark follows from the bid."""

    SUBJECTIVE = "subjective"
    OBJECTIVE = "objective"


class Tie(StrEnum):
    """What settles equal totals, in the order the method lists."""

    PRICE = "price"
    TECHNICAL = "technical"
    JOINT = "joint"
    PROCURING_ENTITY = "procuring_entity"
    LOT = "lot"


@dataclass(frozen=True)
class Item:
    """One line of the score table: marks lie in 0…max, in steps counted from 0 where a step is given."""

    id: str
    group: str
    kind: ItemKind
    max: Decimal
    step: Decimal | None = None


@dataclass(frozen=True)
class LowestPriceFirst:
    """低价优先法: lowest adjusted price over own adjusted price, times the weight (M87 55)."""

    weight: Fraction
    deductions: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Benchmark:
    """评标基准价: points lost per percent above or below the trimmed mean less K."""

    weight: Fraction
    k: Fraction
    above: Fraction
    below: Fraction
    trim_from: int | None = None
    drop_high: int = 0
    drop_low: int = 0


@dataclass(frozen=True)
class LowestEvaluated:
    """经评审的最低投标价法: the lowest price after adjustments; the contract price stays the bid's (TBL 41)."""


PriceRule = LowestPriceFirst | Benchmark | LowestEvaluated


@dataclass(frozen=True)
class Method:
    """A frozen scoring method; `trim_from` judges or more lose one highest and one lowest mark per bid and item."""

    price: PriceRule
    items: tuple[Item, ...]
    trim_from: int | None
    tie: tuple[Tie, ...]
    places: int
    sum_rounded: bool = False

    def of_kind(self, kind: ItemKind) -> dict[str, Item]:
        """The items of one kind by id, in the method's order."""
        return {item.id: item for item in self.items if item.kind is kind}


class Adjustment(StrEnum):
    """How a bid price is adjusted for comparison: by an amount in yuan, or by a share of the bid price."""

    AMOUNT = "amount"
    PERCENT = "percent"


@dataclass(frozen=True)
class Bid:
    """What an opened bid brings: its price in yuan, its objective marks by item, its adjustments."""

    price: Fraction
    objective: Mapping[str, Decimal] = field(default_factory=dict)
    adjustments: Sequence[tuple[Adjustment, Fraction]] = ()


Bids = Mapping[str, Bid]
Scores = dict[str, Fraction]
Sheet = Mapping[str, Mapping[str, Decimal]]  # one judge's marks: bid → item → mark
Lot = Callable[[list[str]], list[str]]
Order = list[str | list[str]]


class Out(TypedDict, total=False):
    """The published result; decimals as strings, ties that nothing settled as nested lists."""

    benchmark: str
    price: dict[str, str]
    subjective: dict[str, str]
    objective: dict[str, str]
    total: dict[str, str]
    evaluated: dict[str, str]
    order: Order


def evaluate(method: Method, bids: Bids, sheets: Sequence[Sheet], lot: Lot | None = None) -> Out:
    """Score and rank complete marks of at least one bid; `lot` draws the order of tied bids where the method says so.

    `evaluation.draw-missing` where a lot is needed and none is given.
    """
    with localcontext(EXACT):
        if isinstance(method.price, LowestEvaluated):
            return _evaluated(method, bids, sheets, lot)
        return _scored(method, method.price, bids, sheets, lot)


def rounded(value: Fraction, places: int) -> int:
    """A value in units of the last place, half away from zero."""
    scaled: Fraction = abs(value) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return -units if value < 0 else units


def shown(units: int, places: int) -> str:
    """Units of the last place as a decimal string with exactly `places` decimals; there is no −0."""
    sign, digits = "-" if units < 0 else "", str(abs(units)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def benchmark_price(rule: Benchmark, prices: Iterable[Fraction]) -> Fraction:
    """Mean of the prices kept, less K, rounded to the fen in yuan; `evaluation.benchmark-zero` unless above 0."""
    ranked = sorted(prices)
    if rule.trim_from is not None and len(ranked) >= rule.trim_from:
        ranked = ranked[rule.drop_low : len(ranked) - rule.drop_high]
    mean = sum(ranked, Fraction(0)) / len(ranked)
    benchmark = Fraction(rounded(mean * (1 - rule.k), MONEY_PLACES), 10**MONEY_PLACES)
    if benchmark <= 0:
        raise Problem("evaluation.benchmark-zero", path="$.method.price.k")
    return benchmark


def left_out(method: Method, marks: Sequence[Decimal]) -> tuple[int, int] | None:
    """Places of the one highest and the one lowest of all judges' marks that do not count, or None where all count."""
    if method.trim_from is None or len(marks) < method.trim_from:
        return None
    # The first of the highest and the last of the lowest: two places even where all marks are equal.
    return marks.index(max(marks)), len(marks) - 1 - marks[::-1].index(min(marks))


def item_mean(method: Method, marks: Sequence[Decimal]) -> Fraction:
    """The mean of the marks that count, exact; the subjective score is the sum of the items' means, rounded once."""
    out = left_out(method, marks) or ()
    kept = [Fraction(mark) for place, mark in enumerate(marks) if place not in out]
    return sum(kept, Fraction(0)) / len(kept)


def _scored(
    method: Method, rule: LowestPriceFirst | Benchmark, bids: Bids, sheets: Sequence[Sheet], lot: Lot | None
) -> Out:
    out: Out = {}
    if isinstance(rule, Benchmark):
        benchmark = benchmark_price(rule, (bid.price for bid in bids.values()))
        out["benchmark"] = shown(rounded(benchmark, MONEY_PLACES), MONEY_PLACES)
        price = _by_benchmark(rule, benchmark, bids)
    else:
        price = _by_lowest(rule, bids)
    subjective = _means(method, method.items, bids, sheets)
    objective = _objective(method.items, bids)
    parts = (price, subjective, objective)
    places = method.places
    total = {
        bid: sum(rounded(part[bid], places) for part in parts)
        if method.sum_rounded
        else rounded(price[bid] + subjective[bid] + objective[bid], places)
        for bid in bids
    }
    out["price"], out["subjective"], out["objective"] = (_published(part, places) for part in parts)
    out["total"] = {bid: shown(units, places) for bid, units in total.items()}
    out["order"] = _order(method, bids, sheets, lambda bid: -total[bid], lot)
    return out


def _evaluated(method: Method, bids: Bids, sheets: Sequence[Sheet], lot: Lot | None) -> Out:
    price = {name: rounded(_adjusted(bid), MONEY_PLACES) for name, bid in bids.items()}
    return {
        "evaluated": {bid: shown(units, MONEY_PLACES) for bid, units in price.items()},
        "order": _order(method, bids, sheets, lambda bid: price[bid], lot),
    }


def _adjusted(bid: Bid) -> Fraction:
    added = (value if kind is Adjustment.AMOUNT else bid.price * value for kind, value in bid.adjustments)
    return bid.price + sum(added, Fraction(0))


def _by_lowest(rule: LowestPriceFirst, bids: Bids) -> Scores:
    adjusted = {name: bid.price * (1 - rule.deductions.get(name, Fraction(0))) for name, bid in bids.items()}
    base = min(adjusted.values())
    return {name: base / price * rule.weight for name, price in adjusted.items()}


def _by_benchmark(rule: Benchmark, benchmark: Fraction, bids: Bids) -> Scores:
    scores = {}
    for name, bid in bids.items():
        percent = (bid.price - benchmark) / benchmark * 100
        lost = percent * rule.above if percent > 0 else -percent * rule.below
        scores[name] = max(Fraction(0), rule.weight - lost)
    return scores


def _means(method: Method, items: Iterable[Item], bids: Bids, sheets: Sequence[Sheet]) -> Scores:
    # Every item has the same number of kept marks, so the mean is taken once over the sum of the items' sums.
    marked = [item.id for item in items if item.kind is ItemKind.SUBJECTIVE]
    trimmed = method.trim_from is not None and len(sheets) >= method.trim_from
    kept = len(sheets) - 2 if trimmed else len(sheets)
    if not marked or not sheets:
        return dict.fromkeys(bids, Fraction(0))
    scores = {}
    for bid in bids:
        rows = [[*map(sheet[bid].__getitem__, marked)] for sheet in sheets]
        total = sum(chain.from_iterable(rows), Decimal(0))
        if trimmed:
            columns = [*zip(*rows, strict=True)]
            total -= sum(map(max, columns), Decimal(0)) + sum(map(min, columns), Decimal(0))
        scores[bid] = Fraction(total) / kept
    return scores


def _objective(items: Iterable[Item], bids: Bids) -> Scores:
    wanted = {item.id for item in items if item.kind is ItemKind.OBJECTIVE}
    return {
        name: Fraction(sum((mark for item, mark in bid.objective.items() if item in wanted), Decimal(0)))
        for name, bid in bids.items()
    }


def _published(scores: Scores, places: int) -> dict[str, str]:
    return {bid: shown(rounded(score, places), places) for bid, score in scores.items()}


def _order(method: Method, bids: Bids, sheets: Sequence[Sheet], key: Callable[[str], int], lot: Lot | None) -> Order:
    def technical(bid: str) -> Fraction:
        items = [item for item in method.items if item.group == "technical"]
        one = {bid: bids[bid]}
        return -(_means(method, items, one, sheets)[bid] + _objective(items, one)[bid])

    def settle(tied: list[str], ties: Sequence[Tie]) -> Order:
        if len(tied) == 1:
            return [*tied]
        if not ties or ties[0] in (Tie.JOINT, Tie.PROCURING_ENTITY):
            return [tied]
        if ties[0] is Tie.LOT:
            if lot is None:
                raise Problem("evaluation.draw-missing", path="$.draw", tied=", ".join(tied))
            return [*lot(tied)]
        finer: Callable[[str], Fraction] = technical if ties[0] is Tie.TECHNICAL else lambda bid: bids[bid].price
        return [entry for part in _split(tied, finer) for entry in settle(part, ties[1:])]

    return [entry for part in _split(sorted(bids), key) for entry in settle(part, method.tie)]


def _split(ids: Iterable[str], key: Callable[[str], int | Fraction]) -> list[list[str]]:
    # sorted() is stable and code points sort as UTF-8 bytes do, so each part stays in byte order of ids.
    return [list(part) for _, part in groupby(sorted(ids, key=key), key)]
