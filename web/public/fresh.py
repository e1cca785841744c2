"""Values that cost something to make: made by whoever comes first, kept in a bounded space until they are out of date."""

from asyncio import Lock
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Made(Generic[T]):
    value: T
    version: Any
    until: datetime
    size: int


class Fresh(Generic[T]):
    """Values by key, of a total size of at most `room`; whoever was asked for longest ago goes first.

    `size` tells how much room a value takes, `ends` when it is out of date by itself.
    """

    def __init__(
        self,
        room: int,
        *,
        size: Callable[[T], int] = lambda _: 1,
        ends: Callable[[T], datetime | None] = lambda _: None,
    ) -> None:
        self._room, self._size, self._ends = room, size, ends
        self._made: OrderedDict[Hashable, _Made[T]] = OrderedDict()
        self._taken = 0
        self._making: dict[Hashable, tuple[Lock, list[None]]] = {}

    async def get(
        self, key: Hashable, version: Any, now: datetime, seconds: float, make: Callable[[], Awaitable[T]]
    ) -> T:
        """The value, never older than `version` (read before this call; versions only grow) nor than `seconds`.

        Many who ask for the same at once wait for the one that makes it; should that fail, the next one tries.
        """
        found = self._find(key, version, now)
        if found is not None:
            return found.value
        lock, waiting = self._making.setdefault(key, (Lock(), []))
        waiting.append(None)
        try:
            async with lock:
                found = self._find(key, version, now)
                return found.value if found else await self._make(key, version, now, seconds, make)
        finally:
            waiting.pop()
            if not waiting:
                self._making.pop(key, None)

    def _find(self, key: Hashable, version: Any, now: datetime) -> _Made[T] | None:
        found = self._made.get(key)
        if found is None or found.version < version or now >= found.until:
            return None
        self._made.move_to_end(key)
        return found

    async def _make(
        self, key: Hashable, version: Any, now: datetime, seconds: float, make: Callable[[], Awaitable[T]]
    ) -> T:
        value = await make()
        until, ends = now + timedelta(seconds=seconds), self._ends(value)
        self._forget(key)
        size = self._size(value)
        if seconds > 0 and size <= self._room:
            self._made[key] = _Made(value, version, min(until, ends) if ends else until, size)
            self._taken += size
            while self._taken > self._room:
                self._forget(next(iter(self._made)))
        return value

    def _forget(self, key: Hashable) -> None:
        gone = self._made.pop(key, None)
        self._taken -= gone.size if gone else 0
