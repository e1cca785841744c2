"""Prices that are abnormally low or follow a rule: the examples V5 and V6 of the rule-book, and what must hold for all."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.checks.prices import LEAST, Limits, Low, Pattern, Run, abnormally_low, regular_runs, variation

GP = Limits(Fraction("0.50"), Fraction("0.50"), Fraction("0.45"))
PRICES = st.lists(st.integers(1, 10**9).map(lambda fen: Fraction(fen, 100)), min_size=1, max_size=12)


def named(*prices: str | int | Fraction) -> dict[str, Fraction]:
    """Prices by bid: a, b, c …"""
    return {chr(97 + place): Fraction(price) for place, price in enumerate(prices)}


@pytest.mark.parametrize(
    ("prices", "ceiling", "found"),
    [
        ((100, 96, 92, 45), 110, {"d": (Low.SECOND, Low.CEILING)}),
        ((100, 96, 92, 46), 102, {}),
        ((100, 98, 90, 36), 110, {"d": (Low.MEAN, Low.SECOND, Low.CEILING)}),
        ((60, 60, 60, 60), 120, {}),
    ],
    ids=["below-two", "at-the-limit", "below-all", "all-equal"],
)
def test_example_v5_of_the_rule_book(prices: tuple[int, ...], ceiling: int, found: dict[str, tuple[Low, ...]]) -> None:
    assert abnormally_low(named(*prices), GP, Fraction(ceiling)) == found


def test_without_a_ceiling_the_other_limits_stand() -> None:
    assert abnormally_low(named(100, 96, 92, 45), GP, None) == {"d": (Low.SECOND,)}


def test_a_rule_set_without_figures_finds_nothing() -> None:
    assert abnormally_low(named(100, 1), Limits(Fraction(0), Fraction(0), Fraction(0)), Fraction(100)) == {}


def test_one_bid_is_held_against_the_ceiling_alone() -> None:
    assert abnormally_low(named(40), GP, Fraction(100)) == {"a": (Low.CEILING,)}
    assert abnormally_low({}, GP, Fraction(100)) == {}


@given(PRICES, st.integers(1, 1000))
def test_what_is_low_does_not_depend_on_the_unit_of_money(prices: list[Fraction], factor: int) -> None:
    ceiling = max(prices)
    scaled = named(*(price * factor for price in prices))
    assert abnormally_low(scaled, GP, ceiling * factor) == abnormally_low(named(*prices), GP, ceiling)


@given(PRICES)
def test_a_lower_price_never_leaves_the_limits_of_mean_and_ceiling(prices: list[Fraction]) -> None:
    bids = named(*prices)
    before = abnormally_low(bids, GP, max(prices))
    for bid, hits in before.items():
        lower = abnormally_low({**bids, bid: bids[bid] / 2}, GP, max(prices))
        assert set(hits) - {Low.SECOND} <= set(lower[bid])


def test_example_v6_of_the_rule_book_with_a_constant_step() -> None:
    prices = named(5_120_000, 5_095_000, 5_070_000, 5_045_000)
    assert regular_runs(prices) == [Run(Pattern.STEP, ("a", "b", "c", "d"), Fraction(-25_000))]
    assert variation(list(prices.values())) == Fraction("0.005499")


def test_example_v6_of_the_rule_book_with_a_constant_ratio() -> None:
    prices = named(4_980_000, 4_930_200, 4_880_898, "4832089.02")
    assert regular_runs(prices) == [Run(Pattern.RATIO, ("a", "b", "c", "d"), Fraction("0.99"))]


def test_a_run_is_found_among_other_prices() -> None:
    prices = named(9_000_000, 5_120_000, 5_095_000, 5_070_000, 5_045_000, 4_100_000)
    assert regular_runs(prices) == [Run(Pattern.STEP, ("b", "c", "d", "e"), Fraction(-25_000))]


def test_three_prices_are_too_few_for_a_rule_and_equal_ones_are_told_as_equal() -> None:
    assert regular_runs(named(100, 90, 80)) == []
    assert regular_runs(named(100, 80, 80, 50)) == [Run(Pattern.EQUAL, ("b", "c"), Fraction(0))]


@given(PRICES)
def test_a_run_holds_at_least_four_bids_and_its_rule(prices: list[Fraction]) -> None:
    bids = named(*prices)
    for run in regular_runs(bids):
        row = [bids[bid] for bid in run.bids]
        if run.pattern is Pattern.EQUAL:
            assert len(set(row)) == 1 < len(row)
            continue
        assert len(row) >= LEAST
        for before, after in pairwise(row):
            exact = before + run.by if run.pattern is Pattern.STEP else before * run.by
            assert abs(after - exact) <= Fraction(1, 100)


@given(st.integers(10**4, 10**8), st.integers(1, 1000), st.integers(LEAST, 9))
def test_every_constant_step_is_found(first: int, step: int, bids: int) -> None:
    prices = named(*(first + 1000 * 9 - step * place for place in range(bids)))
    assert [run.bids for run in regular_runs(prices)] == [tuple(prices)]
