"""A thousand watchers of one channel at ten messages a second, beside a bare server that writes the same bytes to as many."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter

from infra.db.work import Database
from infra.kernel.channels import BOARD
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.settings import Settings
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_database, private_home, settings_of, web_process
from web.bench.load import percentile

WATCHERS, RATE, SECONDS = 1000, 10, 10
OPENED_AT_ONCE = 50
PATIENCE = 30.0
BUDGETS = (Budget("p99_ms", 100),)
ASK = f"GET /live/{BOARD} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()
DATA = b"data: "


def measure(tell: Tell, *, watchers: int = WATCHERS, rate: int = RATE, seconds: int = SECONDS) -> Figures:
    """From the moment before a transaction begins until each watcher has the event; one web process."""
    with private_home() as home, private_database(home) as address:
        return measure_on(tell, settings_of(home, address), watchers=watchers, rate=rate, seconds=seconds)


def measure_on(tell: Tell, settings: Settings, *, watchers: int, rate: int, seconds: int) -> Figures:
    """`measure` on a migrated database that is used for nothing else."""
    with web_process(settings) as port:
        return asyncio.run(_measure(tell, settings, port, watchers, rate, seconds))


class _Watcher(asyncio.Protocol):
    """One open stream; notes when each subject arrives, once."""

    def __init__(self, crowd: "_Crowd") -> None:
        self._crowd, self._rest = crowd, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._crowd.transports.append(transport)
        transport.write(ASK)

    def data_received(self, data: bytes) -> None:
        at = perf_counter()
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            if line.startswith(DATA) and len(line) > len(DATA):
                self._crowd.arrived.append((int(json.loads(line[len(DATA) :])["subject"]), at))
            elif line.startswith(b"event: hello"):
                self._crowd.ready += 1


class _Crowd:
    def __init__(self) -> None:
        self.transports: list[asyncio.Transport] = []
        self.arrived: list[tuple[int, float]] = []
        self.ready = 0

    async def until(self, done: Callable[[], bool], what: str) -> None:
        end = perf_counter() + PATIENCE
        while not done():
            if perf_counter() > end:
                raise Problem("bench.waited", what=what)
            await asyncio.sleep(0.02)


async def _measure(tell: Tell, settings: Settings, port: int, watchers: int, rate: int, seconds: int) -> Figures:
    assert settings.database is not None
    database = Database(settings.database.sqlalchemy)
    count = rate * seconds
    try:
        async with _watching(port, watchers) as crowd:
            tell(f"{watchers:,} watchers")

            async def say(number: int) -> None:
                async with database.work(SYSTEM) as work:
                    work.tell(BOARD, "bench", str(number))

            delays = await _paced(crowd, say, count, rate, watchers)
        tell(f"p99 {percentile(delays, 0.99):,.0f} ms of {len(delays):,} arrivals")
        bare = await _bare(watchers, count, rate)
    finally:
        await database.close()
    p99, bare_p99 = percentile(delays, 0.99), percentile(bare, 0.99)
    return {
        "p99_ms": round(p99, 1),
        "p95_ms": round(percentile(delays, 0.95), 1),
        "p50_ms": round(percentile(delays, 0.5), 1),
        "ratio_to_bare": round(p99 / bare_p99, 1),
        "bare_p99_ms": round(bare_p99, 1),
        "watchers": watchers,
        "rate": rate,
        "lost": watchers * count - len(delays),
    }


async def _paced(
    crowd: _Crowd, say: Callable[[int], Awaitable[None]], count: int, rate: int, watchers: int
) -> list[float]:
    """Say so many things at that rate; the delay of each arrival from the moment before it was said."""
    began, said = perf_counter(), {}
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - perf_counter()))
        said[number] = perf_counter()
        await say(number)
    await crowd.until(lambda: len(crowd.arrived) >= watchers * count, "events")
    return [at - said[number] for number, at in crowd.arrived]


@asynccontextmanager
async def _watching(port: int, watchers: int) -> AsyncIterator[_Crowd]:
    crowd, loop = _Crowd(), asyncio.get_running_loop()
    try:
        for opened in range(0, watchers, OPENED_AT_ONCE):
            more = min(OPENED_AT_ONCE, watchers - opened)
            made = (loop.create_connection(lambda: _Watcher(crowd), "127.0.0.1", port) for _ in range(more))
            await asyncio.gather(*made)
            await crowd.until(lambda ready=opened + more: crowd.ready >= ready, "streams")  # type: ignore[misc]
        yield crowd
    finally:
        for transport in crowd.transports:
            transport.abort()


async def _bare(watchers: int, count: int, rate: int) -> list[float]:
    """The same events written by a server that does nothing else, in this process."""
    writers: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writers.append(writer)
        writer.write(b"event: hello\n\n")

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def say(number: int) -> None:
        event = b'id: 1\ndata: {"kind": "bench", "subject": "%d", "at": ""}\n\n' % number
        for writer in writers:
            writer.write(event)

    try:
        async with _watching(port, watchers) as crowd:
            return await _paced(crowd, say, count, rate, watchers)
    finally:
        for writer in writers:
            writer.close()
        server.close()
