"""Price policies of government procurement: dated deductions for small suppliers, bounds of the weight; pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from infra.kernel.problems import Problem
from trading.evaluation.rules import Adjustment, Bid
from trading.regimes.regime import Mark


class Object(StrEnum):
    """What is procured: the bounds differ."""

    GOODS = "goods"
    SERVICES = "services"
    WORKS = "works"


class Bounds(NamedTuple):
    """From a day on, the least and the most of a rate (a share of one), with the rule that says so and how it is known."""

    since: date
    least: Decimal
    most: Decimal
    source: str
    mark: Mark


_NEW, _OLD = "财库〔2022〕19号", "财库〔2020〕46号 9"
DEDUCTIONS: Mapping[Object, tuple[Bounds, ...]] = {
    Object.GOODS: (
        Bounds(date(2021, 1, 1), Decimal("0.06"), Decimal("0.10"), _OLD, Mark.SECONDARY),
        Bounds(date(2022, 7, 1), Decimal("0.10"), Decimal("0.20"), _NEW, Mark.UNVERIFIED),
    ),
    Object.SERVICES: (
        Bounds(date(2021, 1, 1), Decimal("0.06"), Decimal("0.10"), _OLD, Mark.SECONDARY),
        Bounds(date(2022, 7, 1), Decimal("0.10"), Decimal("0.20"), _NEW, Mark.UNVERIFIED),
    ),
    Object.WORKS: (Bounds(date(2021, 1, 1), Decimal("0.03"), Decimal("0.05"), _OLD, Mark.UNVERIFIED),),
}
"""What small and micro suppliers' prices are lowered by for the comparison, oldest first."""
WEIGHTS: Mapping[Object, Bounds] = {
    Object.GOODS: Bounds(date(2017, 10, 1), Decimal("0.30"), Decimal("1"), "M87 55", Mark.READ),
    Object.SERVICES: Bounds(date(2017, 10, 1), Decimal("0.10"), Decimal("1"), "M87 55", Mark.READ),
}
"""The price's share of all points."""


def deduction_bounds(what: Object, day: date) -> Bounds:
    """The bounds in force on a day; `policy.none` before the first."""
    found = [one for one in DEDUCTIONS[what] if one.since <= day]
    if not found:
        raise Problem("policy.none", object=what, day=day)
    return found[-1]


def check_deduction(what: Object, day: date, rate: Decimal) -> Bounds:
    """The bounds that a document's deduction keeps; `policy.deduction` names them where it does not."""
    bounds = deduction_bounds(what, day)
    if not bounds.least <= rate <= bounds.most:
        raise Problem(
            "policy.deduction", rate=rate, least=bounds.least, most=bounds.most, source=bounds.source, mark=bounds.mark
        )
    return bounds


def check_weight(what: Object, weight: Fraction, points: int) -> None:
    """`policy.weight` where the price has fewer points than the law wants: 30 % for goods, 10 % for services (M87 55)."""
    bounds = WEIGHTS.get(what)
    if bounds is not None and weight / points < Fraction(bounds.least):
        least = bounds.least * points
        raise Problem("policy.weight", weight=f"{float(weight):g}", least=f"{least:f}", source=bounds.source)


def as_deductions(small: Mapping[str, bool], rate: Decimal) -> dict[str, str]:
    """`price.deductions` of a lowest-price-first evaluation: the rate for each small supplier's bid."""
    return {bid: f"{rate:f}" for bid in sorted(small) if small[bid]}


def lowered(bids: Mapping[str, Bid], small: Mapping[str, bool], rate: Decimal) -> dict[str, Bid]:
    """The same bids with the deduction as an adjustment of the lowest-evaluated method 最低评标价法; contract prices stay."""
    found = {}
    for name, bid in bids.items():
        more = [(Adjustment.PERCENT, -Fraction(rate))] if small.get(name, False) else []
        found[name] = Bid(bid.price, bid.objective, [*bid.adjustments, *more])
    return found
