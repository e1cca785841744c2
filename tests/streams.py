"""A client of the event streams that needs no network: it speaks ASGI to the application itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from litestar import Litestar

LONG = 30.0


class Heard(NamedTuple):
    """One event of a stream: its id, its kind as the protocol names it, its data."""

    id: str
    event: str
    data: str


class Client:
    """One open stream: status and headers once it has begun, and every event it has got."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.heard: list[Heard] = []
        self.body = b""
        self.news = asyncio.Event()
        self.left = asyncio.Event()
        self.ended = False

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
            self._take(message.get("body", b"").decode())
            self.ended = not message.get("more_body", False)
        self.news.set()

    async def receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}

    @property
    def ids(self) -> list[int]:
        """The ids of what was told, in order; signs of life have none."""
        return [int(one.id) for one in self.heard if one.event == "message"]

    async def until(self, count: int) -> list[int]:
        """The ids, as soon as there are so many."""
        async with asyncio.timeout(LONG):
            while len(self.ids) < count:
                self.news.clear()
                if len(self.ids) < count:
                    await self.news.wait()
        return self.ids

    async def until_end(self) -> None:
        async with asyncio.timeout(LONG):
            while not self.ended:
                self.news.clear()
                if not self.ended:
                    await self.news.wait()

    def _take(self, text: str) -> None:
        for block in filter(None, text.split("\n\n")):
            told = {name: value for name, _, value in (line.partition(": ") for line in block.split("\n"))}
            self.heard.append(Heard(told.get("id", ""), told.get("event", "message"), told.get("data", "")))


@asynccontextmanager
async def stream(app: Litestar, path: str, **headers: str) -> AsyncIterator[Client]:
    """An open stream; leaving closes it as a browser does that goes away."""
    path, _, query = path.partition("?")
    client = Client()
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        "headers": [(b"host", b"127.0.0.1:8000"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())],
    }  # fmt: skip
    task = asyncio.create_task(app(scope, client.receive, client.send))  # type: ignore[arg-type]
    async with asyncio.timeout(LONG):
        while not client.body and not task.done():
            client.news.clear()
            if not client.body:
                await client.news.wait()
    try:
        yield client
    finally:
        client.left.set()
        await asyncio.wait_for(task, LONG)
