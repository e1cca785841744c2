"""The chance of a pair against draws made beside it; what is flagged and what is too small."""

import hmac
import random
from collections import Counter
from itertools import combinations
from math import comb

import pytest

from expertpool.appraisal.pairs import Chances, find, in_either, poisson_tail
from infra.crypto.lottery import Row, select

SEED = bytes(range(32))


def alone(weights: tuple[int, ...]) -> dict[str, int]:
    return {f"E{place}": weight for place, weight in enumerate(weights)}


def test_an_even_list_gives_plain_fractions() -> None:
    chances = Chances(alone((8,) * 30), 3)
    assert chances.one(8, 8) == pytest.approx(3 / 30)
    assert chances.both((8, 8), (8, 8)) == pytest.approx(comb(28, 1) / comb(30, 3))


@pytest.mark.parametrize(("people", "quota"), [(100_000, 7), (20, 19), (2, 1)])
def test_fractions_hold_whatever_the_size(people: int, quota: int) -> None:
    chances = Chances(alone((5,) * people), quota)
    assert chances.one(5, 5) == pytest.approx(quota / people, rel=1e-9)
    both = quota * (quota - 1) / people / (people - 1)
    assert chances.both((5, 5), (5, 5)) == pytest.approx(both, rel=1e-9, abs=1e-300)


def test_who_is_called_whatever_happens_has_the_chance_one() -> None:
    assert Chances({"A": 8, "B": 1}, 2).both((8, 8), (1, 1)) == 1.0


def test_where_one_is_drawn_no_two_meet() -> None:
    assert Chances(alone((8, 4, 2)), 1).both((8, 8), (4, 4)) == 0.0


def test_chances_of_a_weighted_list_agree_with_the_walks_own_law() -> None:
    """The walk by smallest tickets is drawing without replacement; here it is told by enumerating who comes first."""
    weights = (8, 4, 2, 1)
    chances = Chances(alone(weights), 2)
    for one, two in combinations(range(4), 2):
        got = chances.both((weights[one],) * 2, (weights[two],) * 2)
        assert got == pytest.approx(both_of_two(weights, (one, two)), abs=1e-5)


def test_chances_of_all_add_up_to_the_places() -> None:
    weights = (8, 8, 5, 3, 3, 2, 1)
    chances = Chances(alone(weights), 3)
    assert sum(chances.one(weight, weight) for weight in weights) == pytest.approx(3)
    pairs = [((one, one), (two, two)) for one, two in combinations(weights, 2)]
    assert sum(chances.both(*pair) for pair in pairs) == pytest.approx(comb(3, 2))


def test_colleagues_share_the_chance_of_their_employer_as_draws_made_beside_it_show() -> None:
    people = [(8, "E"), (2, "E"), (4, "F"), (1, "G"), (6, "H")]
    employers = Counter[str]()
    for weight, employer in people:
        employers[employer] += weight
    chances, rounds = Chances(employers, 2), 4000
    rows = [Row(place.to_bytes(32, "big"), weight, employer) for place, (weight, employer) in enumerate(people)]
    met, dice = Counter[tuple[int, ...]](), random.Random(5)
    for _ in range(rounds):
        out = select(dice.randbytes(32), ["A"], {"A": 2}, 0, (), {"A": rows}).out
        drawn = sorted(int.from_bytes(pick.leaf, "big") for pick in out)
        met.update([tuple(drawn), *((place,) for place in drawn)])
    for place, (weight, employer) in enumerate(people):
        assert met[(place,)] / rounds == pytest.approx(chances.one(weight, employers[employer]), abs=0.03)
    told = [(weight, employers[employer]) for weight, employer in people]
    assert met[(0, 1)] == 0
    assert met[(0, 2)] / rounds == pytest.approx(chances.both(told[0], told[2]), abs=0.03)
    assert met[(1, 4)] / rounds == pytest.approx(chances.both(told[1], told[4]), abs=0.03)


def test_who_stands_in_two_lists_may_be_drawn_from_either() -> None:
    assert in_either([0.5, 0.5]) == 0.75 and in_either([]) == 0.0


@pytest.mark.parametrize(
    ("expected", "observed", "tail"),
    [(1.0, 0, 1.0), (1.0, 1, 0.6321205588), (2.0, 5, 0.0526530174), (0.5, 3, 0.0143876780), (0.0005, 2, 1.2496e-7)],
)
def test_the_tail_is_that_of_a_poisson_number(expected: float, observed: int, tail: float) -> None:
    assert poisson_tail(expected, observed) == pytest.approx(tail, rel=1e-4)


def test_a_pair_is_flagged_above_its_rate_and_never_on_a_small_sample() -> None:
    assert find(0.05 * 40, 40, 8).is_flagged
    assert not find(0.05 * 40, 40, 3).is_flagged
    small = find(0.05 * 19, 19, 10)
    assert small.is_small and not small.is_flagged and small.tail < 0.01
    assert find(0.05 * 40, 40, 8).rate == pytest.approx(0.05)
    assert find(0.0, 0, 0).rate == 0.0


def test_by_chance_alone_hardly_a_pair_is_flagged() -> None:
    chances = [0.08] * 50
    flagged = sum(find(sum(chances), 50, met(chances, turn)).is_flagged for turn in range(400))
    assert flagged <= 10


def met(chances: list[float], turn: int) -> int:
    """How often a pair met in made-up draws: one word of a keyed stream for each."""
    words = [hmac.digest(SEED, bytes([turn % 256, turn // 256, place]), "sha256")[:8] for place in range(len(chances))]
    return sum(
        int.from_bytes(word, "big") / 2**64 < likely for word, likely in zip(words, chances, strict=True)
    )  # fmt: skip


def both_of_two(weights: tuple[int, ...], pair: tuple[int, int]) -> float:
    """The chance of a pair when two are drawn one after the other, each by weight among those left.

    The smallest of w uniform tickets is not quite an exponential with rate w: the walk's own law is integrated here.
    """
    steps = 4000
    total = 0.0
    for first, second in (pair, pair[::-1]):
        for step in range(steps):
            t = (step + 0.5) / steps
            density = weights[second] * (1 - t) ** (weights[second] - 1)
            before = 1 - (1 - t) ** weights[first]
            after = 1.0
            for other in set(range(len(weights))) - {first, second}:
                after *= (1 - t) ** weights[other]
            total += density * before * after / steps
    return total
