"""`openhall serve`: web and API, stateless; any number may stand behind a balancer."""

import asyncio
import logging
import os

import click
import uvloop

from infra.settings import Settings
from web.server import serve, take_port
from web.wiring import open_stack


@click.command()
@click.option("--host", help="Address to listen at.  [default: OPENHALL_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen at.  [default: OPENHALL_PORT or 8000]")
def command(host: str | None, port: int | None) -> None:
    """Serve web and API until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    given = {"OPENHALL_HOST": host, "OPENHALL_PORT": port and str(port)}
    settings = Settings.from_environment(os.environ | {name: value for name, value in given.items() if value})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings))


async def _run(settings: Settings) -> None:
    with take_port(settings.host, settings.port) as place:
        async with open_stack(settings) as stack:
            await serve(stack, place, ready=lambda: click.echo(f"serving {settings.origin}", err=True))
