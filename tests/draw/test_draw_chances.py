"""What chance a draw gives: the smallest ticket wins, so each leaf's chance is its weight's share of all weights."""

import random
from collections import Counter
from math import sqrt

import pytest

from infra.crypto.lottery import Row, select

CHI_SQUARE_99 = {7: 18.475, 9: 21.666}
"""The 99 % points of χ² by degrees of freedom."""
Z_99 = 2.576

MANY = pytest.param(40_000, marks=pytest.mark.soak)


def winners(draws: int, weights: list[int], dice: random.Random) -> Counter[int]:
    """How often each place of a list was drawn first, with a fresh seed each time."""
    rows = [Row(dice.randbytes(32), weight, f"e{place}") for place, weight in enumerate(weights)]
    places = {row.leaf: place for place, row in enumerate(rows)}
    return Counter(
        places[select(dice.randbytes(32), ["S"], {"S": 1}, 0, (), {"S": rows}).out[0].leaf] for _ in range(draws)
    )


def chi_square(found: Counter[int], expected: list[float]) -> float:
    return sum((found[place] - wanted) ** 2 / wanted for place, wanted in enumerate(expected))


@pytest.mark.parametrize("draws", [4_000, MANY])
def test_every_weight_is_drawn_by_its_share_within_the_99_percent_band(draws: int) -> None:
    weights = list(range(1, 9))
    found = winners(draws, weights, random.Random(20_261_122))
    shares = [weight / sum(weights) for weight in weights]
    for place, share in enumerate(shares):
        assert abs(found[place] - draws * share) <= Z_99 * sqrt(draws * share * (1 - share)), weights[place]
    assert chi_square(found, [draws * share for share in shares]) < CHI_SQUARE_99[7]


@pytest.mark.parametrize("draws", [4_000, MANY])
def test_equal_weights_are_drawn_uniformly(draws: int) -> None:
    found = winners(draws, [5] * 10, random.Random(316))
    assert chi_square(found, [draws / 10] * 10) < CHI_SQUARE_99[9]


@pytest.mark.parametrize("draws", [4_000, MANY])
def test_the_place_a_leaf_has_in_its_list_gives_no_advantage(draws: int) -> None:
    dice, first = random.Random(198), Counter[int]()
    for _ in range(draws):
        rows = [Row(dice.randbytes(32), 3, f"e{place}") for place in range(8)]
        winner = select(dice.randbytes(32), ["S"], {"S": 1}, 0, (), {"S": rows}).out[0].leaf
        first[next(place for place, row in enumerate(rows) if row.leaf == winner)] += 1
    assert chi_square(first, [draws / 8] * 8) < CHI_SQUARE_99[7]
