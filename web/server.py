"""Serving the web application: the port taken first, so that a taken one is told in a sentence."""

import asyncio
import gc
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace

import uvicorn
from litestar.types import ASGIApp

from infra.custody.bell import Bell
from infra.kernel.problems import Problem
from infra.live import Hub
from trading.recordings.ingest import Ingest
from web.app import create_app
from web.limits import Limited
from web.state import Clock, Stack

PAGES_KEEP = 5.0


def take_port(host: str, port: int) -> socket.socket:
    """A listening place at host and port; `server.port-taken` or `server.bad-host` when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends each piece of an answer at once (TCP_NODELAY) instead of 40 ms later.
    place = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
        place.listen(1024)
    except (OSError, UnicodeError) as error:
        place.close()
        if isinstance(error, OSError) and error.errno in (48, 98):
            raise Problem("server.port-taken", host=host, port=port) from error
        raise Problem("server.bad-host", host=host, port=port, why=error) from error
    return place


async def serve(stack: Stack, place: socket.socket, *, ready: Callable[[], None] = lambda: None) -> None:
    """Answer requests at a taken place until SIGINT or SIGTERM (or until this task is cancelled); `ready` is called once."""
    assert stack.settings.database is not None
    bell = Bell(stack.settings.database.dsn)
    hub = Hub(stack.database, bell)
    ingest = Ingest(stack.database, stack.objects, stack.settings.home, Clock(stack.database).now)
    app = Limited(create_app(replace(stack, pages_keep=PAGES_KEEP, bell=bell, hub=hub, ingest=ingest)))
    server = _Server(configured(app, stack.settings.proxies))
    server.ready, server.hub = ready, hub
    ending = asyncio.Event()
    taking = asyncio.create_task(ingest.run(ending))
    try:
        await server.serve([place])
    finally:
        ending.set()
        await hub.close()
        await taking


def configured(app: ASGIApp, proxies: Sequence[str]) -> uvicorn.Config:
    """How the application is served: a forwarded client address counts only where one of these proxies tells it."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )


class _Server(uvicorn.Server):
    ready: Callable[[], None]
    hub: Hub

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is loaded by now stays: without this every full collection would look at all of it and hold up answers.
        gc.freeze()
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Trustees and watchers who wait for news are answered first: the server waits for every request it has taken."""
        await self.hub.close()
        await super().shutdown(sockets)
