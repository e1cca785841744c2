"""What a bench may cost, and how a figure stands against it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Tell = Callable[[str], None]
"""Told one line of progress."""

Figures = dict[str, Any]
"""What a bench found: numbers by key, None where something could not be measured, with a note that says why."""


class Budget(NamedTuple):
    """A figure's limit; `least` says that it is a lower one, else it is an upper one."""

    key: str
    limit: float
    least: bool = False

    def verdict(self, figures: Mapping[str, Any]) -> str:
        """`budget ≥ 0.6: kept`, or missed, or not measured."""
        value = figures.get(self.key)
        if value is None:
            state = "not measured"
        else:
            state = "kept" if (value >= self.limit if self.least else value <= self.limit) else "MISSED"
        return f"budget {'≥' if self.least else '≤'} {self.limit:g}: {state}"
