"""The worker killed at the deadline, and again in the middle of the opening: it opens exactly once when it returns."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from envelopes import submitted
from scenes import Hall
from sqlalchemy import text

from infra.embedded.children import openhall
from infra.embedded.objects import EmbeddedObjects
from infra.kernel.events import Event
from trading.sections.states import SectionState

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


async def at_work(hall: Hall) -> bool:
    """Whether a worker is at an opening just now."""
    async with hall.database.reading() as session:
        picked = text("SELECT 1 FROM pgqueuer WHERE entrypoint = 'open-section' AND status = 'picked'")
        return (await session.execute(picked)).first() is not None


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
        while not (await at_work(hall) or await hall.in_state(section, SectionState.OPENED)):
            await hall.poll_all()
            await asyncio.sleep(0.002)
    with a_worker(hall, objects_server):
        while not await hall.in_state(section, SectionState.OPENED):
            await hall.poll_all()
            await asyncio.sleep(0.05)
    opened = [line.subject for line in await hall.lines(Event.BID_OPENED, section=section)]
    assert len(opened) == len(set(opened)) == len(BIDDERS)
    for once in (Event.SECTION_CLOSED, Event.SECTION_OPENED):
        assert len(await hall.lines(once, section=section)) == 1
    assert await hall.lines(Event.BID_UNOPENED, section=section) == []
