"""A line between browser and server that a test can cut without a word, as a pulled plug does, and mend again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class CutLine:
    """Passes bytes on while it is whole; cut, it takes connections and says nothing on any of them."""

    def __init__(self, origin: str) -> None:
        self._port = urlsplit(origin).port
        self._whole = asyncio.Event()
        self._whole.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.origin = ""

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        """New connections pass; those that were cut are closed."""
        for writer in self._writers:
            writer.close()
        self._whole.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers |= {writer, far_writer}
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def a_line(origin: str) -> AsyncIterator[CutLine]:
    """A line to the server at this origin; its own `origin` is where the browser goes."""
    line = CutLine(origin)
    server = await asyncio.start_server(line.take, "127.0.0.1", 0)
    line.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        line.mend()
        server.close()
