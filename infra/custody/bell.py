"""Waiting for news without asking: one connection of the process listens, and whoever waits for a ring is woken by it."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg

from infra.kernel.channels import LIVE

TRUSTEES = "trustees"
"""The ring of those who wait for a new checkpoint or a duty."""
RINGS = {"log": TRUSTEES, "duty": TRUSTEES, LIVE: LIVE}
"""Which ring a channel of the database sounds."""


class Bell:
    """Rings when the database tells of news. It connects when first needed, and again where the connection was lost.

    A lost connection rings too: whoever waited looks, waits again and so makes it anew.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._line: asyncpg.Connection | None = None
        self._connecting = asyncio.Lock()
        self._rung = {ring: asyncio.Event() for ring in RINGS.values()}
        self._closed = False

    async def listening(self, ring: str = TRUSTEES) -> asyncio.Event | None:
        """What the next ring sets: take it before looking and nothing is missed. None when the bell is closed."""
        async with self._connecting:
            if not self._closed and (self._line is None or self._line.is_closed()):
                self._line = await asyncpg.connect(self._dsn)
                self._line.add_termination_listener(self._ring_all)
                for channel in RINGS:
                    await self._line.add_listener(channel, self._ring)
        return None if self._closed else self._rung[ring]

    async def close(self) -> None:
        """Wake all who wait and let nobody wait any more; twice is no error."""
        self._closed = True
        self._ring_all()
        async with self._connecting:
            if self._line is not None:
                await self._line.close()

    def _ring(self, _connection: Any, _process: int, channel: str, _payload: str) -> None:
        self._sound(RINGS[channel])

    def _ring_all(self, _connection: Any = None) -> None:
        for ring in self._rung:
            self._sound(ring)

    def _sound(self, ring: str) -> None:
        rung, self._rung[ring] = self._rung[ring], asyncio.Event()
        rung.set()


async def heard(rung: asyncio.Event, seconds: float) -> None:
    """Return at the ring, or when so many seconds have passed."""
    with suppress(TimeoutError):
        await asyncio.wait_for(rung.wait(), seconds)
