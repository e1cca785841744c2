"""What bids share 投标人之间的关联: told by its kind, between different bidders only, and never as more than advice."""

from fractions import Fraction

import pytest

from trading.checks.prices import Limits
from trading.checks.rules import Alike, Likeness, Traits, advice, alike

NOTHING = Limits(Fraction(0), Fraction(0), Fraction(0))


def behind(bidder: str, **shared: str) -> Traits:
    """Who stands behind a bid, each value under the name of its kind."""
    return Traits(bidder, {Likeness(kind): frozenset({value}) for kind, value in shared.items()})


@pytest.mark.parametrize("likeness", Likeness)
def test_what_two_bidders_share_is_told_by_its_kind(likeness: Likeness) -> None:
    traits = {"b1": behind("A", **{likeness: "x"}), "b2": behind("B", **{likeness: "x"}), "b3": behind("C")}
    assert alike(traits) == [Alike(likeness, ("b1", "b2"))]


def test_bids_of_one_bidder_are_not_alike_by_that() -> None:
    assert alike({"b1": behind("A", address="x"), "b2": behind("A", address="x")}) == []


def test_different_values_of_one_kind_and_one_value_of_two_kinds_share_nothing() -> None:
    traits = {"b1": behind("A", address="x", person="y"), "b2": behind("B", address="z", person="x")}
    assert alike(traits) == []


def test_the_gravest_likeness_comes_first() -> None:
    traits = {"b1": behind("A", address="x", person="y"), "b2": behind("B", address="x", person="y")}
    assert [one.likeness for one in alike(traits)] == [Likeness.PERSON, Likeness.ADDRESS]


def test_a_bidder_that_controls_another_shares_its_controller() -> None:
    traits = {
        "b1": Traits("A", {Likeness.CONTROLLER: frozenset({"code-a"})}),
        "b2": Traits("B", {Likeness.CONTROLLER: frozenset({"code-b", "code-a"})}),
    }
    assert alike(traits) == [Alike(Likeness.CONTROLLER, ("b1", "b2"))]


def test_prices_close_together_are_noticed_up_to_the_threshold() -> None:
    prices = {"b1": Fraction(100), "b2": Fraction(101), "b3": Fraction(99)}
    spread = advice(prices, {}, NOTHING, None, Fraction(1)).variation
    assert spread is not None
    assert advice(prices, {}, NOTHING, None, spread).close
    assert not advice(prices, {}, NOTHING, None, spread - Fraction(1, 10**6)).close


def test_nothing_found_is_said_so_and_one_price_is_compared_with_none() -> None:
    found = advice({"b1": Fraction(100)}, {}, NOTHING, None, Fraction(1, 100))
    assert found.silent and found.variation is None
