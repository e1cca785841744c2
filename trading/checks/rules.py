"""What a machine finds in opened bids, put together for the committee: pure, and advice only (rules/trading.md §5, §8)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from trading.checks.prices import Limits, Low, Run, abnormally_low, regular_runs, variation


class Likeness(StrEnum):
    """What several bidders share; the first three are deemed collusion where they are proven (TBR 40, M87 37)."""

    PERSON = "person"
    HEAD = "head"
    CONTROLLER = "controller"
    ADDRESS = "address"


class Traits(NamedTuple):
    """What is known of who stands behind a bid: values to compare, by likeness; they are never shown themselves."""

    bidder: str
    shared: Mapping[Likeness, frozenset[str]]


class Alike(NamedTuple):
    """Bids of different bidders that share one value of one kind."""

    likeness: Likeness
    bids: tuple[str, ...]


class Advice(NamedTuple):
    """Everything found; `close` where prices vary by no more than the rule set's threshold."""

    prices: Mapping[str, Fraction]
    runs: list[Run]
    variation: Fraction | None
    close: bool
    low: dict[str, tuple[Low, ...]]
    alike: list[Alike]

    @property
    def silent(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.runs or self.close or self.low or self.alike)


def advice(
    prices: Mapping[str, Fraction],
    traits: Mapping[str, Traits],
    limits: Limits,
    ceiling: Fraction | None,
    threshold: Fraction,
) -> Advice:
    """What is found in these prices and among those who bid; with fewer than two prices nothing is compared."""
    spread = variation(list(prices.values())) if len(prices) > 1 else None
    close = spread is not None and spread <= threshold
    return Advice(prices, regular_runs(prices), spread, close, abnormally_low(prices, limits, ceiling), alike(traits))


def alike(traits: Mapping[str, Traits]) -> list[Alike]:
    """The bids of different bidders that share a person, head, controller or address, gravest likeness first."""
    found = set()
    for likeness in Likeness:
        holders: dict[str, list[str]] = defaultdict(list)
        for bid, one in sorted(traits.items()):
            for value in one.shared.get(likeness, frozenset()):
                holders[value].append(bid)
        found |= {Alike(likeness, tuple(bids)) for bids in holders.values() if _several(traits, bids)}
    return sorted(found, key=lambda one: (list(Likeness).index(one.likeness), one.bids))


def _several(traits: Mapping[str, Traits], bids: Iterable[str]) -> bool:
    return len({traits[bid].bidder for bid in bids}) > 1
