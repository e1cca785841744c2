"""Asking a web process over many kept connections and measuring how long each answer took."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter
from typing import NamedTuple

from infra.kernel.problems import Problem


class Answer(NamedTuple):
    """One answer: status, body as it came over the wire, and the seconds it took."""

    status: int
    body: bytes
    seconds: float


class Line:
    """One connection that is kept; a request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: bytes, began: float | None = None) -> Answer:
        """Send a request made by `request_of`; seconds count from `began` where it was due before the line was free."""
        began = perf_counter() if began is None else began
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        size = _length(head)
        body = await self._reader.readexactly(size) if size else b""
        return Answer(int(head[9:12]), body, perf_counter() - began)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def request_of(method: str, path: str, body: bytes = b"", token: str | None = None) -> bytes:
    """A whole HTTP/1.1 request; `token` is a bearer token."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", "Accept-Encoding: gzip"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    return "\r\n".join([*lines, "", ""]).encode() + body


@asynccontextmanager
async def connected(port: int, count: int) -> AsyncIterator[list[Line]]:
    """So many connections to a port of this machine, opened a few at a time."""
    lines: list[Line] = []
    try:
        for start in range(0, count, 50):
            opening = (asyncio.open_connection("127.0.0.1", port) for _ in range(min(50, count - start)))
            lines += [Line(*streams) for streams in await asyncio.gather(*opening)]
        yield lines
    finally:
        for line in lines:
            line.close()


async def ask_all(lines: Sequence[Line], requests: Sequence[bytes], status: int) -> list[Answer]:
    """Every request once, as many at a time as there are lines; answers in order, `bench.answer` for another status."""
    answers: dict[int, Answer] = {}
    waiting = iter(enumerate(requests))

    async def work(line: Line) -> None:
        for place, request in waiting:
            answers[place] = await line.ask(request)

    await asyncio.gather(*map(work, lines))
    return [checked(answers[place], status) for place in range(len(requests))]


async def ask_paced(lines: Sequence[Line], requests: Sequence[bytes], rate: float, status: int) -> list[Answer]:
    """Every request at its own time, `rate` a second whether or not earlier ones were answered; waiting counts too."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    start = perf_counter()

    async def one(place: int, request: bytes) -> Answer:
        due = start + place / rate
        await asyncio.sleep(due - perf_counter())
        line = await free.get()
        try:
            return checked(await line.ask(request, due), status)
        finally:
            free.put_nowait(line)

    return list(await asyncio.gather(*(one(place, request) for place, request in enumerate(requests))))


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value that `share` of all stay below or reach, in milliseconds."""
    ranked = sorted(seconds)
    return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def checked(answer: Answer, status: int) -> Answer:
    """The answer; `bench.answer` for another status."""
    if answer.status != status:
        raise Problem("bench.answer", status=answer.status, expected=status, told=answer.body[:200])
    return answer
