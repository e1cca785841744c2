"""`openhall worker`: legal timers, jobs, messages and the log's sequencer; any number may run, locks keep them apart."""

import asyncio
import logging
import os
import signal

import click

from infra import jobs, timers
from infra.access import rooting
from infra.settings import Settings
from infra.tlog import sequencer, stamping
from trading.messages import telling
from web.announcing import announce_served
from web.state import Stack
from web.wiring import EFFECTS, cadence, log_keys, open_stack, prepare_buckets, tasks, time_stamps


@click.command()
def command() -> None:
    """Serve legal time, jobs and the public log until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    asyncio.run(_run(Settings.from_environment(os.environ)))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_stack(settings) as stack:
        await prepare_buckets(stack.objects)
        await serve(stack, stop)


async def serve(stack: Stack, stop: asyncio.Event) -> None:
    """The duties side by side; if one of them fails, all end and the failure is raised."""
    assert stack.settings.database is not None
    running = [
        asyncio.create_task(timers.run_forever(stack.database, EFFECTS, stop)),
        asyncio.create_task(jobs.run_forever(stack.settings.database.dsn, tasks(stack), stop)),
        asyncio.create_task(sequencer.run_forever(stack.database, log_keys(stack), cadence(stack), stop)),
        asyncio.create_task(telling.run_forever(stack.database, stop)),
        asyncio.create_task(
            rooting.run_forever(stack.database, rooting.DEMO_HOUR if stack.demo else rooting.HOUR, stop)
        ),
    ]
    running.append(asyncio.create_task(announce_served(stack.database, stop)))
    if stack.settings.time_stamps:
        running.append(asyncio.create_task(stamping.run_forever(stack.database, time_stamps(stack), stop)))
    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
    stop.set()
    await asyncio.gather(*running, return_exceptions=True)
    for task in done:
        task.result()
