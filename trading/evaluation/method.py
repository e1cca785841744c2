"""Freezing a scoring method with the tender document, and checking one judge's sheet against it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from infra.kernel.fields import at, members_at
from infra.kernel.problems import Problem
from trading.evaluation.bands import check_labels
from trading.evaluation.criteria import Criterion, read_examination
from trading.evaluation.reading import read_method, read_sheet, reader_of
from trading.evaluation.rules import EXACT, Benchmark, ItemKind, LowestEvaluated, LowestPriceFirst, Method, Sheet, Tie
from trading.regimes.regime import Regime, Rule

FULL_MARKS = 100
ANCHORS = "anchors"
"""What each range of marks of an item means, one a line: it is frozen beside the item's names."""
MOST_PLACES = 4
LAST_TIES = (Tie.JOINT, Tie.PROCURING_ENTITY, Tie.LOT)


class Label(dict[str, Any]):
    """An item's name by language (`zh`, `en`), its `anchors` or `bands`, and `reasons_below`; they stand beside the method."""


@dataclass(frozen=True)
class Scoring:
    """A frozen scoring: the evidence's `method` as written and as read, the items' names, and what is examined before."""

    document: Mapping[str, Any]
    method: Method
    labels: Mapping[str, Label]
    examination: tuple[Criterion, ...] = ()

    def label(self, item: str, language: str) -> str:
        """The item's name in a language, else in Chinese, else its id."""
        names = self.labels.get(item, Label())
        return str(names.get(language) or names.get("zh") or item)


def check_method(document: Any, regime: Regime, labels: Any = None, examination: Sequence[Any] = ()) -> Scoring:
    """The typed view of a method, of its items' labels and of the examination items, or the refusal of one not to be issued.

    Everything that decides must be written out (TBR 49); JSON paths start at `$.method`, `$.labels`, `$.examination`.
    """
    members_at(document, "$.method", ("price", "items", "judges", "tie", "places"), ("sum_rounded",))
    method = read_method(document)
    _check_kind(document, regime)
    _check_ties(method, regime)
    _check_arithmetic(method)
    _check_points(method)
    told = check_labels(labels or {}, {item.id: item for item in method.items})
    examined = read_examination([*examination], regime)
    return Scoring(document, method, {item: Label(label) for item, label in told.items()}, examined)


def check_marks(method: Method, bids: Collection[str], sheet: Any, path: str = "$") -> Sheet:
    """One judge's complete sheet `{bid: {item: "mark"}}` as decimals, or the refusal naming the first wrong mark."""
    items = method.of_kind(ItemKind.SUBJECTIVE)
    with localcontext(EXACT):
        return read_sheet(sheet, reader_of(items), bids, path)


def missing_marks(
    method: Method, bids: Collection[str], sheet: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """What a draft sheet still lacks, as (bid, item) in the order of bids and items; empty when it is complete."""
    items = method.of_kind(ItemKind.SUBJECTIVE)
    return [(bid, item) for bid in bids for item in items if item not in sheet.get(bid, {})]


def _check_kind(document: Mapping[str, Any], regime: Regime) -> None:
    kind, allowed = document["price"]["kind"], regime.parameter(Rule.METHODS)
    if kind not in regime.words(Rule.METHODS):
        raise Problem(
            "method.kind-not-allowed",
            path="$.method.price.kind",
            kind=kind,
            allowed=", ".join(regime.words(Rule.METHODS)),
            source=allowed.source,
        )


def _check_ties(method: Method, regime: Regime) -> None:
    for place, tie in enumerate(method.tie):
        path = at("$.method.tie", place)
        if tie is Tie.LOT and not regime.allows(Rule.LOTS):
            raise Problem("method.lot-forbidden", path=path, source=regime.parameter(Rule.LOTS).source)
        if tie is Tie.LOT:
            raise Problem("method.lot-not-run", path=path, source=regime.parameter(Rule.LOTS).source)
        if tie in method.tie[:place]:
            raise Problem("method.tie-twice", path=path, tie=tie)
        if tie in LAST_TIES and place + 1 < len(method.tie):
            raise Problem("method.tie-after-end", path=at("$.method.tie", place + 1), tie=tie)


def _check_arithmetic(method: Method) -> None:
    if method.places > MOST_PLACES:
        raise Problem("evidence.range", path="$.method.places", value=method.places, low=0, high=MOST_PLACES)
    price = method.price
    if isinstance(price, LowestPriceFirst) and price.deductions:
        raise Problem("method.deductions-early", path="$.method.price.deductions")
    if isinstance(price, Benchmark) and (price.trim_from is None) != (price.drop_high + price.drop_low == 0):
        raise Problem("method.trim-conflict", path="$.method.price.trim_from")
    for place, item in enumerate(method.items):
        path = at(at("$.method.items", place), "max")
        if item.max <= 0:
            raise Problem("evidence.range", path=path, value=item.max, low=">0", high=FULL_MARKS)
        if item.step is not None and Fraction(item.max) % Fraction(item.step):
            raise Problem("method.step-misses-max", path=path, item=item.id, max=item.max, step=item.step)


def _check_points(method: Method) -> None:
    price = method.price
    if isinstance(price, LowestEvaluated):
        if method.items:
            raise Problem("method.items-unused", path="$.method.items")
        return
    if price.weight <= 0:
        raise Problem("evidence.range", path="$.method.price.weight", value=price.weight, low=">0", high=FULL_MARKS)
    total = price.weight + sum((Fraction(item.max) for item in method.items), Fraction(0))
    if total != FULL_MARKS:
        raise Problem("method.points", path="$.method", total=_plain(total), needed=FULL_MARKS)


def _plain(value: Fraction) -> str:
    return str(Decimal(value.numerator) / Decimal(value.denominator))
