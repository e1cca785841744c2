"""Pairs drawn together more often than chance would have it: expected rate, observed number, and how likely that is."""

from collections.abc import Sequence
from hashlib import sha256
from math import exp, fsum
from typing import NamedTuple

from infra.crypto.lottery import Row, select

ROUNDS = 10_000
FLAGGED = 0.01
SMALL_SAMPLE = 20


class Pool(NamedTuple):
    """One specialty's list of one draw: (weight, employer) of each candidate, and how many were drawn from it.

    Alternates are left out: nobody is counted who was not called.
    """

    rows: Sequence[tuple[int, str | None]]
    quota: int

    @property
    def is_even(self) -> bool:
        """Whether all have one weight and no two one employer, so that chances are plain fractions."""
        employers = [employer for _, employer in self.rows if employer is not None]
        return len({weight for weight, _ in self.rows}) <= 1 and len(employers) == len(set(employers))


class Finding(NamedTuple):
    """What was counted of a pair over `draws`: the expected number, and how likely as many or more are by chance."""

    draws: int
    observed: int
    expected: float
    tail: float

    @property
    def rate(self) -> float:
        """The expected rate: the mean chance over the draws."""
        return self.expected / self.draws if self.draws else 0.0

    @property
    def is_small(self) -> bool:
        """Whether the sample is too small to say anything."""
        return self.draws < SMALL_SAMPLE

    @property
    def is_flagged(self) -> bool:
        """Whether a person should look at it; nothing follows by itself."""
        return not self.is_small and self.observed > self.expected and self.tail < FLAGGED


def chance(pool: Pool, places: Sequence[int], seed: bytes, rounds: int = ROUNDS) -> float:
    """The chance that all candidates at these places (one or two of the list) are drawn.

    A plain fraction where the list is even, else the share of `rounds` draws made with the platform's own walk from
    seeds that follow from `seed`: whoever knows the logged seed gets the same number.
    """
    if pool.quota >= len(pool.rows):
        return 1.0
    if pool.is_even:
        return _even(len(pool.rows), pool.quota, len(places))
    rows = [
        Row(place.to_bytes(32, "big"), weight, employer or f"alone {place}")
        for place, (weight, employer) in enumerate(pool.rows)
    ]
    wanted = {rows[place].leaf for place in places}
    hits = sum(wanted <= _drawn(rows, pool.quota, seed, turn) for turn in range(rounds))
    return hits / rounds


def find(chances: Sequence[float], observed: int) -> Finding:
    """What to say of a pair, with its chance in each draw where both could have met and how often they did."""
    expected = fsum(chances)
    return Finding(len(chances), observed, expected, poisson_tail(expected, observed))


def poisson_tail(expected: float, observed: int) -> float:
    """P(X ≥ observed) of a Poisson number with that mean: an upper bound of chance meetings for small chances."""
    if observed <= 0:
        return 1.0
    term, below = exp(-expected), []
    for k in range(observed):
        below.append(term)
        term *= expected / (k + 1)
    return max(0.0, 1.0 - fsum(below)) if expected >= 1e-3 else _small_tail(expected, observed)


def _small_tail(expected: float, observed: int) -> float:
    """The same for tiny means, summed from above: one minus nearly one would lose every digit."""
    term = exp(-expected)
    for k in range(1, observed + 1):
        term *= expected / k
    terms = []
    for k in range(observed + 1, observed + 20):
        terms.append(term)
        term *= expected / k
    return fsum(terms)


def _even(candidates: int, quota: int, wanted: int) -> float:
    found = 1.0
    for place in range(wanted):
        found *= max(0, quota - place) / (candidates - place)
    return found


def _drawn(rows: Sequence[Row], quota: int, seed: bytes, turn: int) -> set[bytes]:
    key = sha256(seed + turn.to_bytes(4, "big")).digest()
    found = select(key, ["A"], {"A": quota}, 0, (), {"A": rows})
    return {pick.leaf for pick in found.out}
