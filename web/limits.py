"""Limits on how much one address may ask for, before anything else is done for it: 429 with words and Retry-After."""

import json
import time
from collections.abc import Callable
from functools import cache, lru_cache
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from infra.kernel.problems import Problem
from infra.limits import Buckets, Limit
from web.errors import incident_number
from web.i18n import Language, language_of
from web.problems import explain
from web.render import environment
from web.security import HEADERS
from web.speaking import language_for

REGISTERING = Limit(30, 1 / 30)
TABLES = Limit(10, 1 / 2)
SEARCHES = Limit(600, 300)
PROGRAMS = Limit(2000, 500)
PAGES = Limit(1200, 400)
"""Wide enough for a whole office behind one address, and for the 200 pages a second of the portal's budget."""

CODE = "request.too-many"
HOLE = b"INCIDENT--"
"""Where the number stands in the answers that are made once; as long as it."""
_NEVER = ("/static/", "/time", "/healthz", "/api/trustees/")
_TABLES = (".csv", ".rss", ".zip")


class Kind(NamedTuple):
    """A kind of request and its limit; None limits nothing."""

    name: str
    limit: Limit | None


def kind_of(method: str, path: str, query: bytes) -> Kind:
    """What a request counts as. Blocks of a bid and what trustees bring are never held up, nor is the clock."""
    _, path = language_of(path)
    if path.startswith(_NEVER) or (method == "PUT" and path.startswith("/api/bids/")):
        return Kind("never", None)
    if (path.startswith("/register") and method == "POST") or (path.endswith("/subscription") and method == "POST"):
        return Kind("registering", REGISTERING)
    if path.startswith(("/api/", "/log/")):
        return Kind("programs", PROGRAMS)
    if path.endswith(_TABLES):
        return Kind("tables", TABLES)
    return Kind("searches", SEARCHES) if b"q=" in query else Kind("pages", PAGES)


class Limited:
    """An ASGI application in front of another one that answers 429 to an address that asks for too much.

    `scope["client"]` must be the true client: a forwarded address is taken from configured proxies only (web/server.py).
    The machine itself is never limited: on it stand the demonstration, the trustees and the benches.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app, self._clock, self._buckets = app, clock, Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse before a byte of the body is read."""
        client = client_of(scope)
        if scope["type"] != ScopeType.HTTP or client is None:
            await self._app(scope, receive, send)
            return
        kind = kind_of(scope["method"], scope["path"], scope["query_string"])
        wait = self._buckets.take((kind.name, client), kind.limit, self._clock()) if kind.limit else 0
        if wait:
            await _refuse(scope, send, wait)
        else:
            await self._app(scope, receive, send)


def client_of(scope: Scope) -> str | None:
    """Whom a request counts against: an IPv4 address, or the /64 of an IPv6 one; None for this very machine."""
    told = scope.get("client")
    return _counted_as(told[0]) if told else None


@lru_cache(4096)
def _counted_as(address: str) -> str | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return None
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else str(found)


async def _refuse(scope: Scope, send: Send, wait: int) -> None:
    language, path = language_of(scope["path"])
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    accept = told.get("accept", "")
    program = path.startswith("/api/") or ("json" in accept and "text/html" not in accept)
    if program:
        language = language_for(scope["path"], told)
    body = (_told(language) if program else _page(language)).replace(HOLE, incident_number().encode())
    headers = {
        "Content-Type": "application/problem+json" if program else "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Content-Language": language.tag,
        "Cache-Control": "no-store",
        "Retry-After": str(wait),
        **HEADERS,
    }
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 429, "headers": pairs})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@cache
def _told(language: Language) -> bytes:
    _, happened, remedy = explain(Problem(CODE), language)
    told = {"type": "about:blank", "title": happened, "status": 429, "detail": remedy, "code": CODE}
    return json.dumps(told | {"incident": HOLE.decode(), "facts": {}}, ensure_ascii=False).encode()


@cache
def _page(language: Language) -> bytes:
    """Rendered once, but for the incident number: a refusal must cost less than what it refuses."""
    _, happened, remedy = explain(Problem(CODE), language)
    template = environment(language).get_template("errors/too_many.html")
    return template.render(language=language, happened=happened, remedy=remedy, incident=HOLE.decode()).encode()
