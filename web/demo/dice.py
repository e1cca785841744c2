"""Numbers that look like chance and are the same in every run, for demonstrations and benches; never for a decision."""

from collections.abc import Sequence
from hashlib import shake_128
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of numbers from a seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._block, self._held, self._at = seed, 0, b"", 0

    def below(self, most: int) -> int:
        """A whole number from 0 to `most` − 1; `most` at most 2³²."""
        if self._at + 8 > len(self._held):
            self._held, self._at = shake_128(f"{self._seed}/{self._block}".encode()).digest(65_536), 0
            self._block += 1
        found = int.from_bytes(self._held[self._at : self._at + 8]) % most
        self._at += 8
        return found

    def between(self, least: int, most: int) -> int:
        """A whole number within both bounds."""
        return least + self.below(most - least + 1)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[self.below(len(choices))]

    def chance(self, percent: int) -> bool:
        """True so often out of a hundred times."""
        return self.below(100) < percent
