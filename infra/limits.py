"""Token buckets: how much one client may ask for, kept in this process alone."""

from collections import OrderedDict
from collections.abc import Hashable
from math import ceil
from typing import NamedTuple


class Limit(NamedTuple):
    """So many at once, and so many more each second; a refused request takes nothing away."""

    burst: int
    per_second: float


class Buckets:
    """One bucket for each key, full at first; of more than `room` keys the one unused for longest is full again."""

    def __init__(self, room: int = 50_000) -> None:
        self._room = room
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, limit: Limit, now: float) -> int:
        """0 if one more may pass at `now` (seconds of a steady clock), else in how many whole seconds it may."""
        left, at = self._left.pop(key, (float(limit.burst), now))
        left = min(float(limit.burst), left + max(0.0, now - at) * limit.per_second)
        wait = 0 if left >= 1 else max(1, ceil((1 - left) / limit.per_second))
        self._left[key] = (left if wait else left - 1, now)
        if len(self._left) > self._room:
            self._left.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._left)
