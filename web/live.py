"""Server-sent events: one stream a tab, resumed by cursor, checked for its audience, alive every few seconds."""

import asyncio
import json
import re
from contextlib import suppress
from functools import lru_cache
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ASGIApp, Receive, Scope, Send

from infra.db.work import Database
from infra.kernel.channels import BOARD, draw_channel, messages_channel, section_channel, venues_channel
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from infra.live import BehindError, Hub, Told, Watcher, cursor_of
from trading.evaluation.foresight import section_for
from trading.sections.queries import is_public
from web.state import Stack
from web.visit import AnyRequest, Visit

BEAT = 4.0
"""Seconds between two signs of life; a client that hears nothing for twice as long knows that the line is cut."""
LONGEST = 300.0
"""Seconds after which a stream ends, and its client comes again with its cursor: rights are looked at anew."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
BEATEN = b"event: beat\ndata:\n\n"
RELOAD = b"event: reload\ndata:\n\n"
_DRAWERS = (Role.CENTRE, Role.AGENT, Role.PROCURING)
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


@get("/live/{channel:path}", opt={"audience": "public", "packed": True})
async def live(
    channel: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
    hub: NamedDependency[Hub],
) -> ASGIApp:
    """The events of a channel as they come, after `Last-Event-ID` or `?after=`, else from now on; a stranger's is a 404."""
    name = channel.lstrip("/")
    if not await _may_watch(stack.database, visit, name):
        raise Problem("page.unknown", path=visit.path)
    cursor = _number(request.headers.get("last-event-id")) or _number(request.query_params.get("after"))
    if cursor is None:
        async with stack.database.reading() as session:
            cursor = await cursor_of(session, name)
    return Stream(hub, name, cursor)


class Stream:
    """One response that goes on until its client leaves, the hub closes, or `LONGEST` has passed."""

    def __init__(self, hub: Hub, channel: str, cursor: int) -> None:
        self._hub, self._channel, self._cursor = hub, channel, cursor
        self._gone = False

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Answer by ASGI."""
        async with self._hub.watching(self._channel, self._cursor) as watcher:
            leaving = asyncio.create_task(self._await_leaving(receive, watcher))
            try:
                await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
                await self._tell(send, watcher)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                leaving.cancel()
                with suppress(asyncio.CancelledError):
                    await leaving

    async def _tell(self, send: Send, watcher: Watcher) -> None:
        loop = asyncio.get_running_loop()
        end, body = loop.time() + LONGEST, f"id: {self._cursor}\nevent: hello\ndata:\n\n".encode()
        try:
            while loop.time() < end and not self._gone:
                await send({"type": "http.response.body", "body": body, "more_body": True})
                told = await watcher.next(BEAT)
                if told is None:
                    return
                body = b"".join(map(encoded, told)) or BEATEN
        except BehindError:
            await send({"type": "http.response.body", "body": RELOAD, "more_body": True})

    async def _await_leaving(self, receive: Receive, watcher: Watcher) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        self._gone = True
        watcher.news.set()


@lru_cache(1024)
def encoded(told: Told) -> bytes:
    """An event as it is sent: its number is the id to resume from, its data an id and a kind and nothing else."""
    data: dict[str, Any] = {"kind": told.kind, "subject": told.subject, "at": told.at.isoformat()}
    return f"id: {told.number}\ndata: {json.dumps(data)}\n\n".encode()


async def _may_watch(database: Database, visit: Visit, channel: str) -> bool:
    if channel == BOARD:
        return True
    if channel == messages_channel(visit.actor.id):
        return visit.signed_in is not None
    if channel == venues_channel(visit.actor.region or ""):
        return visit.actor.role is Role.CENTRE
    drawn = channel.removeprefix(draw_channel(""))
    if drawn != channel:
        return await _may_watch_draw(database, visit, drawn)
    section = channel.removeprefix(section_channel(""))
    if section == channel:
        return False
    async with database.reading() as session:
        return await is_public(session, section)


async def _may_watch_draw(database: Database, visit: Visit, section: str) -> bool:
    if visit.actor.role not in _DRAWERS:
        return False
    async with database.reading(visit.actor) as session:
        try:
            await section_for(session, visit.actor, section)
        except Problem:
            return False
    return True


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None


HANDLERS = [live]
