"""Public pages kept for visitors without a session: rendered once, sent many times, never older than the notices."""

import gzip
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from litestar import Response
from litestar.enums import MediaType

from trading.notices.tallies import Tallies, notices_version, read_tallies
from web.public.fresh import Fresh
from web.render import PageResponse, page_headers
from web.sheet import Sheet
from web.state import Stack
from web.visit import AnyRequest, Visit

KEPT = {"audience": "public", "packed": True}
"""The options of a handler that answers by `Kept.page`, which packs its answers itself."""

ROOM = 48_000_000
"""Bytes of rendered pages that one process keeps."""

_LEVEL = 5
Make = Callable[[Any], Awaitable[PageResponse]]


class Kept:
    """What one process keeps for public pages; what is kept depends on nothing but language, address and size of text.

    A page is never older than the newest committed change of notices, in whichever process that was made; what a page
    shows besides notices is at most `stack.pages_keep` seconds old. Nothing of a signed-in person is kept or shown.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._sheets = Fresh["_Ready"](ROOM, size=lambda ready: ready.size, ends=lambda ready: ready.sheet.ends)
        self._tallies = Fresh[Tallies](1)

    async def page(self, request: AnyRequest, visit: Visit, make: Make) -> Response[bytes]:
        """The page at the visit's address, from what is kept or by `make`, which is given the version it must not miss."""
        return await self.page_of(request, visit, await self.version(), make)

    async def version(self) -> int:
        """The version of all notices that are committed now."""
        return await notices_version(self._stack.database.engine)

    async def page_of(
        self, request: AnyRequest, visit: Visit, version: Any, make: Make, seconds: float | None = None
    ) -> Response[bytes]:
        """`page` for what depends on another version, read before this call, and is kept `seconds` at the most."""
        if visit.signed_in is not None:
            return _Ready((await make(version)).sheet).answer(request, visit)
        keeps = self._stack.pages_keep if seconds is None else min(seconds, self._stack.pages_keep)
        key = (visit.language, visit.path, visit.query, visit.large_text)

        async def ready() -> _Ready:
            return _Ready((await make(version)).sheet)

        found = await self._sheets.get(key, version, visit.now, keeps, ready)
        return found.answer(request, visit)

    async def tallies(self, version: Any, now: datetime) -> Tallies:
        """How many notices there are, not older than a version."""

        async def read() -> Tallies:
            async with self._stack.database.reading() as session:
                return await read_tallies(session, now)

        return await self._tallies.get("", version, now, self._stack.pages_keep, read)


class _Sent(NamedTuple):
    second: int
    body: bytes
    packed: bytes
    tag: str


class _Ready:
    """A sheet, and how it was sent last: within one second it is joined and packed once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._sent: _Sent | None = None

    @property
    def size(self) -> int:
        """Bytes that keeping it takes, both forms counted; a personal page takes more than there is."""
        return ROOM + 1 if self.sheet.personal else 3 * self.sheet.size

    def answer(self, request: AnyRequest, visit: Visit) -> Response[bytes]:
        """The page as sent to one visitor: packed where wanted, or that nothing has changed since."""
        sent = self._at(visit.now)
        headers = page_headers(visit) | {"Vary": "Cookie, Accept-Encoding"}
        if visit.signed_in is None:
            headers["ETag"] = sent.tag
            if sent.tag in request.headers.get("if-none-match", ""):
                return Response(b"", status_code=304, media_type=MediaType.HTML, headers=headers)
        body = sent.body
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = sent.packed, "gzip"
        return Response(body, media_type=MediaType.HTML, headers=headers)

    def _at(self, now: datetime) -> _Sent:
        second = int(now.timestamp())
        if self._sent is None or self._sent.second != second:
            body = self.sheet.at(now)
            self._sent = _Sent(second, body, gzip.compress(body, _LEVEL, mtime=0), self.sheet.tag(now))
        return self._sent
