"""`openhall recorder`: room cameras into sealed segments; any number may run, a lock keeps them from one camera."""

import asyncio
import logging
import os
import signal

import click

from infra.edge import utc_now
from infra.settings import Settings
from trading.recordings.recorder import MOST_CAMERAS, PACE, Recorder
from web.wiring import open_stack, prepare_buckets

LINES = 30.0


@click.command()
@click.option(
    "--cameras",
    type=click.IntRange(1, 64),
    default=MOST_CAMERAS,
    show_default=True,
    help="The most that this one takes.",
)
def command(cameras: int) -> None:
    """Record the cameras of every open recording until stopped; a line for each camera every half minute."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    asyncio.run(_run(Settings.from_environment(os.environ), cameras))


async def _run(settings: Settings, cameras: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_stack(settings) as stack:
        await prepare_buckets(stack.objects)
        recorder = Recorder(stack.database, stack.objects, stack.keys.service, settings.home, utc_now, most=cameras)
        telling = asyncio.create_task(_tell(recorder, stop))
        try:
            await recorder.run(stop)
        finally:
            stop.set()
            await telling


async def _tell(recorder: Recorder, stop: asyncio.Event) -> None:
    """The cameras, one line each: when they change much, and every half minute."""
    said: list[str] = []
    waited = LINES
    while not stop.is_set():
        states = [line.split(",")[0] for line in recorder.lines()]
        if states and (states != said or waited >= LINES):
            for line in recorder.lines():
                click.echo(line)
            said, waited = states, 0.0
        await asyncio.sleep(PACE)
        waited += PACE
