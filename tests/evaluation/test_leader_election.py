"""Electing a leader by rule leader/v1: most votes, a second round among those tied, then the lowest seat number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.evaluation.leader import Votes, election

SEATS = (1, 2, 3, 4, 5)


def votes(*candidates: int) -> dict[int, int]:
    """Votes in the order of the seats."""
    return dict(zip(SEATS, candidates, strict=False))


EXAMPLES: list[tuple[str, Votes, int, tuple[int, ...], int | None]] = [
    ("nobody has voted", {}, 1, SEATS, None),
    ("one is missing", {1: votes(3, 3, 3, 3)}, 1, SEATS, None),
    ("most votes", {1: votes(3, 3, 2, 1, 2) | {5: 3}}, 1, SEATS, 3),
    ("a tie goes on", {1: votes(3, 3, 2, 2, 1)}, 2, (2, 3), None),
    ("the second round decides", {1: votes(3, 3, 2, 2, 1), 2: votes(3, 3, 3, 2, 2)}, 2, (2, 3), 3),
    ("everybody for oneself", {1: votes(1, 2, 3, 4, 5)}, 2, SEATS, None),
    ("twice everybody for oneself", {1: votes(1, 2, 3, 4, 5), 2: votes(1, 2, 3, 4, 5)}, 2, SEATS, 1),
]


@pytest.mark.parametrize(
    ("given_votes", "number", "candidates", "elected"), [one[1:] for one in EXAMPLES], ids=[one[0] for one in EXAMPLES]
)
def test_examples(given_votes: Votes, number: int, candidates: tuple[int, ...], elected: int | None) -> None:
    now = election(given_votes, SEATS)
    assert (now.round, now.candidates, now.elected) == (number, candidates, elected)


def test_counts_are_told_only_when_all_have_voted() -> None:
    assert election({1: votes(3, 3, 3, 3)}, SEATS).counts == {}
    assert election({1: votes(3, 3, 3, 2, 2)}, SEATS).counts == {2: 2, 3: 3}


@given(st.lists(st.sampled_from(SEATS), min_size=5, max_size=5), st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_two_whole_rounds_always_elect_one_of_those_who_stood(first: list[int], second: list[int]) -> None:
    now = election({1: votes(*first)}, SEATS)
    if now.elected is None:
        among = [now.candidates[place % len(now.candidates)] for place in second]
        now = election({1: votes(*first), 2: votes(*among)}, SEATS)
    assert now.elected in now.candidates or now.round == 1
    assert now.elected in SEATS
