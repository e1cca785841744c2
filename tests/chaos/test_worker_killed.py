"""Workers killed by SIGKILL: at the deadline, and in the middle of a job. What they left undone is done once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from envelopes import plaintexts, submitted
from leaks import found_in
from scenes import Hall

from infra.embedded.children import openhall
from infra.embedded.objects import EmbeddedObjects
from infra.jobs import enqueue, run_forever
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.sections.states import SectionState

ROOT = Path(__file__).resolve().parents[2]
BIDDERS = [f"bidder{number}" for number in range(1, 8)]


@contextmanager
def a_worker(hall: Hall, store: EmbeddedObjects) -> Iterator[subprocess.Popen[bytes]]:
    """`openhall worker` as a process of its own on the hall's stores; SIGKILL at the end."""
    settings = hall.stack.settings
    assert settings.database is not None
    environ = os.environ | {
        "OPENHALL_HOME": str(hall.folder),
        "OPENHALL_DATABASE_URL": settings.database.dsn,
        "OPENHALL_S3_URL": store.address.url,
        "OPENHALL_MODE": "demo",
    }
    with (hall.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(openhall("worker"), env=environ, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.mark.soak
async def test_a_worker_killed_at_the_deadline_opens_exactly_once_when_it_returns(
    hall: Hall, objects_server: EmbeddedObjects
) -> None:
    section = await hall.a_tender(6)
    await asyncio.gather(*(submitted(hall, section, login) for login in BIDDERS))
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    with a_worker(hall, objects_server):
        await hall.wait_until(deadline)
    with a_worker(hall, objects_server):
        while not await hall.in_state(section, SectionState.OPENED):
            await hall.poll_all()
            await asyncio.sleep(0.05)
    opened = [line.subject for line in await hall.lines(Event.BID_OPENED, section=section)]
    assert len(opened) == len(set(opened)) == len(BIDDERS)
    for once in (Event.SECTION_CLOSED, Event.SECTION_OPENED):
        assert len(await hall.lines(once, section=section)) == 1
    assert await hall.lines(Event.BID_UNOPENED, section=section) == []
    told = (hall.folder / "worker.log").read_bytes()
    plain = [text for login in BIDDERS for text in plaintexts(login).values()]
    assert found_in(told, [*plain, *(f"负责人{number}".encode() for number in range(1, 8))]) == []


HANGING = """
import asyncio, sys
from datetime import timedelta
from infra.jobs import run_forever
async def hang(payload):
    print("at work", flush=True)
    await asyncio.sleep(600)
asyncio.run(run_forever(sys.argv[1], {"test-left": hang}, asyncio.Event(), timedelta(seconds=1)))
"""


async def test_a_job_that_a_killed_worker_left_is_taken_over(hall: Hall) -> None:
    address = hall.stack.settings.database
    assert address is not None
    async with hall.database.work(SYSTEM) as work:
        await enqueue(work, "test-left", n=7)
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HANGING, address.dsn, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert killed.stdout is not None and await killed.stdout.readline() == b"at work\n"
    killed.kill()
    await killed.wait()
    done: list[int] = []
    stop = asyncio.Event()

    async def task(payload: dict[str, int]) -> None:
        done.append(payload["n"])
        stop.set()

    await asyncio.wait_for(run_forever(address.dsn, {"test-left": task}, stop, timedelta(seconds=1)), 20)
    assert done == [7]
