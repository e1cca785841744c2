"""Pairs drawn together more often than chance would have it: expected rate, observed number, and how likely that is."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from math import exp, expm1, fsum
from typing import NamedTuple

FLAGGED = 0.01
SMALL_SAMPLE = 20

_NODES = (
    (0.0950125098376374, 0.1894506104550685), (0.2816035507792589, 0.1826034150449236),
    (0.4580167776572274, 0.1691565193950025), (0.6178762444026438, 0.1495959888165767),
    (0.7554044083550030, 0.1246289712555339), (0.8656312023878318, 0.0951585116824928),
    (0.9445750230732326, 0.0622535239386479), (0.9894009349916499, 0.0271524594117541),
)  # fmt: skip
"""Gauss and Legendre's sixteen points, the positive half: (abscissa, weight)."""
_FAR = 60.0
_NOTHING = 1e-15


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


class Chances:
    """The chances of one specialty's list: `employers` are all those not avoided with the sum of their people's weights.

    The smallest of w uniform numbers is, after x = -ln(1-t), exponential with rate w: so an employer is drawn as one of
    the summed weight, then one of its people by weight. Integrated over where the last place falls, without simulation.
    Employers that another list of the draw has used up are not taken off: a chance is a little too large, never too small.
    """

    def __init__(self, employers: Mapping[str, int], quota: int) -> None:
        self._counts = Counter(employers.values())
        self._all = len(employers)
        self._quota = quota
        self._one = cache(self._employer)
        self._two = cache(self._employers)

    def one(self, weight: int, employer: int) -> float:
        """That somebody with this weight, of an employer with that summed weight, is drawn."""
        return self._one(employer) * weight / employer

    def both(self, one: tuple[int, int], two: tuple[int, int]) -> float:
        """That two of different employers are both drawn; each is (own weight, employer's summed weight)."""
        together = self._two(*sorted((one[1], two[1])))
        return together * one[0] / one[1] * two[0] / two[1]

    def _employer(self, weight: int) -> float:
        if self._quota >= self._all:
            return 1.0
        others = self._counts - Counter([weight])
        return self._integral(lambda x: weight * exp(-weight * x), others, self._quota - 1)

    def _employers(self, one: int, two: int) -> float:
        if self._quota >= self._all:
            return 1.0
        if self._quota < 2:
            return 0.0

        def later(x: float) -> float:
            return -one * exp(-one * x) * expm1(-two * x) - two * exp(-two * x) * expm1(-one * x)

        return self._integral(later, self._counts - Counter([one, two]), self._quota - 2)

    def _integral(self, density: Callable[[float], float], others: Counter[int], most: int) -> float:
        """Of a density times the chance that at most so many of the others come before."""
        total = sum(weight * count for weight, count in self._counts.items())
        found, low, high = list[float](), 0.0, (self._quota + 5) / total
        while low < _FAR:
            found += [step * density(x) * _at_most(x, others, most) for x, step in _panel(low, high)]
            if _at_most(high, others, most) < _NOTHING:
                break
            low, high = high, 2 * high
        return min(1.0, fsum(found))


def in_either(chances: Sequence[float]) -> float:
    """That somebody who stands in several lists of a draw is drawn from one of them."""
    missed = 1.0
    for chance in chances:
        missed *= 1.0 - chance
    return 1.0 - missed


def find(expected: float, draws: int, observed: int) -> Finding:
    """What to say of a pair: the sum of its chances, in how many draws both could have met, and how often they did."""
    return Finding(draws, observed, expected, poisson_tail(expected, observed))


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


def _panel(low: float, high: float) -> Iterator[tuple[float, float]]:
    middle, half = (low + high) / 2, (high - low) / 2
    for at, weight in _NODES:
        yield middle - half * at, half * weight
        yield middle + half * at, half * weight


def _at_most(x: float, others: Counter[int], most: int) -> float:
    """The chance that at most so many of those exponentials, rate → how many, lie before x."""
    found = [1.0] + [0.0] * most
    for weight, count in others.items():
        own = _binomial(weight * x, count, most)
        found = [fsum(found[place] * own[k - place] for place in range(k + 1)) for k in range(most + 1)]
    return fsum(found)


def _binomial(rate: float, count: int, most: int) -> list[float]:
    """That exactly 0, 1, … `most` of `count` lie before the point where each has come with 1 - exp(-rate)."""
    if rate > _FAR:
        return [1.0 if k == count else 0.0 for k in range(most + 1)]
    found = [exp(-rate * count)]
    for k in range(1, most + 1):
        found.append(found[-1] * (count - k + 1) / k * expm1(rate) if k <= count else 0.0)
    return found
