"""The chance of a pair, exact and simulated, against draws made beside it; what is flagged and what is too small."""

import hmac
from itertools import combinations
from math import comb

import pytest

from expertpool.appraisal.pairs import Pool, chance, find, poisson_tail

SEED = bytes(range(32))


def test_an_even_list_gives_plain_fractions() -> None:
    pool = Pool([(8, f"E{place}") for place in range(30)], 3)
    assert chance(pool, [0], SEED) == pytest.approx(3 / 30)
    assert chance(pool, [0, 1], SEED) == pytest.approx(comb(28, 1) / comb(30, 3))


def test_who_is_called_whatever_happens_has_the_chance_one() -> None:
    assert chance(Pool([(8, None), (1, None)], 2), [0, 1], SEED) == 1.0


def test_a_simulated_chance_follows_from_its_seed() -> None:
    pool = Pool([(1 + place % 8, f"E{place // 2}") for place in range(12)], 3)
    first = [chance(pool, [0, 5], SEED, 200) for _ in range(2)]
    assert first[0] == first[1] != chance(pool, [0, 5], bytes(32), 200)


def test_two_of_one_employer_never_meet() -> None:
    assert chance(Pool([(8, "E"), (8, "E"), (8, "F"), (8, "G")], 2), [0, 1], SEED, 300) == 0.0


def test_simulated_chances_of_a_weighted_list_agree_with_draws_made_one_place_after_the_other() -> None:
    """The walk by smallest tickets is drawing without replacement; here it is told by enumerating who comes first."""
    weights = (8, 4, 2, 1)
    pool = Pool([(weight, None) for weight in weights], 2)
    for pair in combinations(range(4), 2):
        assert chance(pool, pair, SEED, 4000) == pytest.approx(both_of_two(weights, pair), abs=0.03)


def test_chances_of_all_pairs_add_up_to_the_pairs_that_are_drawn() -> None:
    pool = Pool([(1 + place, f"E{place % 5}") for place in range(7)], 3)
    together = sum(chance(pool, pair, SEED, 400) for pair in combinations(range(7), 2))
    assert together == pytest.approx(comb(3, 2))


@pytest.mark.parametrize(
    ("expected", "observed", "tail"),
    [(1.0, 0, 1.0), (1.0, 1, 0.6321205588), (2.0, 5, 0.0526530174), (0.5, 3, 0.0143876780), (0.0005, 2, 1.2496e-7)],
)
def test_the_tail_is_that_of_a_poisson_number(expected: float, observed: int, tail: float) -> None:
    assert poisson_tail(expected, observed) == pytest.approx(tail, rel=1e-4)


def test_a_pair_is_flagged_above_its_rate_and_never_on_a_small_sample() -> None:
    assert find([0.05] * 40, 8).is_flagged
    assert not find([0.05] * 40, 3).is_flagged
    small = find([0.05] * 19, 10)
    assert small.is_small and not small.is_flagged and small.tail < 0.01
    assert find([0.05] * 40, 8).rate == pytest.approx(0.05)
    assert find([], 0).rate == 0.0


def test_by_chance_alone_hardly_a_pair_is_flagged() -> None:
    chances = [0.08] * 50
    flagged = sum(find(chances, met(chances, turn)).is_flagged for turn in range(400))
    assert flagged <= 10


def met(chances: list[float], turn: int) -> int:
    """How often a pair met in made-up draws: one word of a keyed stream for each."""
    words = [hmac.digest(SEED, bytes([turn % 256, turn // 256, place]), "sha256")[:8] for place in range(len(chances))]
    return sum(
        int.from_bytes(word, "big") / 2**64 < likely for word, likely in zip(words, chances, strict=True)
    )  # fmt: skip


def both_of_two(weights: tuple[int, ...], pair: tuple[int, ...]) -> float:
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
