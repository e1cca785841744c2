"""Waiting for news without asking: one connection listens, and whoever waits is woken when the log grows or a duty comes."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg

CHANNELS = ("log", "duty")


class Bell:
    """Rings at every new checkpoint and duty. It connects when first needed, and again where the connection was lost."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._line: asyncpg.Connection | None = None
        self._connecting = asyncio.Lock()
        self._rung = asyncio.Event()
        self._closed = False

    async def listening(self) -> asyncio.Event | None:
        """What the next ring sets: take it before looking and nothing is missed. None when the bell is closed."""
        async with self._connecting:
            if not self._closed and (self._line is None or self._line.is_closed()):
                self._line = await asyncpg.connect(self._dsn)
                for channel in CHANNELS:
                    await self._line.add_listener(channel, self._ring)
        return None if self._closed else self._rung

    async def close(self) -> None:
        """Wake all who wait and let nobody wait any more; twice is no error."""
        self._closed = True
        self._ring()
        async with self._connecting:
            if self._line is not None:
                await self._line.close()

    def _ring(self, *_: Any) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()


async def heard(rung: asyncio.Event, seconds: float) -> None:
    """Return at the ring, or when so many seconds have passed."""
    with suppress(TimeoutError):
        await asyncio.wait_for(rung.wait(), seconds)
