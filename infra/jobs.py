"""The job queue (pgqueuer): work that follows a journal line at least once; every job's effect is idempotent."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from infra.db.work import Work

if TYPE_CHECKING:
    from pgqueuer import Job

log = logging.getLogger("openhall.jobs")

Task = Callable[[dict[str, Any]], Awaitable[None]]

SOON = timedelta(seconds=0.2)
FIRST_PAUSE = timedelta(seconds=0.5)
LONGEST_PAUSE = timedelta(seconds=30)
DEAD_AFTER = timedelta(seconds=6)
AWAY = 1.0
LATER = -1
"""The priority of a job that lets waiting ordinary ones go first."""


class NotYetError(Exception):
    """Raised by a task whose ground is not there yet; it is tried again soon, then more seldom, as often as needed."""


async def enqueue(work: Work, name: str, priority: int = 0, **payload: Any) -> None:
    """Put a job into the queue in the use-case's own transaction: it exists if and only if that commits."""
    connection = await work.session.connection()
    raw = await connection.get_raw_connection()
    await enqueue_bare(raw.driver_connection, name, priority, **payload)


async def enqueue_bare(connection: Any, name: str, priority: int = 0, **payload: Any) -> None:
    """`enqueue` in the transaction that is open on an asyncpg connection."""
    from pgqueuer import AsyncpgDriver, Queries  # half a second of imports that a mere reader need not pay

    await Queries(AsyncpgDriver(connection)).enqueue([name], [json.dumps(payload).encode()], [priority])


async def install(dsn: str) -> None:
    """Create or upgrade pgqueuer's own tables."""
    from pgqueuer import AsyncpgDriver, Queries

    connection = await asyncpg.connect(dsn)
    try:
        queries = Queries(AsyncpgDriver(connection))
        if await connection.fetchval("SELECT to_regclass('pgqueuer')") is None:
            await queries.install()
        else:
            await queries.upgrade()
    finally:
        await connection.close()


async def run_forever(
    dsn: str, tasks: Mapping[str, Task], stop: asyncio.Event, dead_after: timedelta = DEAD_AFTER
) -> None:
    """Serve the queue until `stop` is set; a database that goes away is waited for.

    A job that fails is tried again with growing pauses, at most `LONGEST_PAUSE`, until it succeeds: what the journal
    has said must happen may not be given up. A killed worker's jobs are taken over when it has been silent `dead_after`.
    """
    while not stop.is_set():
        try:
            await _serve(dsn, tasks, stop, dead_after)
        except Exception:
            log.exception("jobs: the queue is away")
        try:
            await asyncio.wait_for(stop.wait(), AWAY)
        except TimeoutError:
            continue


async def _serve(dsn: str, tasks: Mapping[str, Task], stop: asyncio.Event, dead_after: timedelta) -> None:
    from pgqueuer import AsyncpgDriver, PgQueuer

    connection = await asyncpg.connect(dsn)
    try:
        queuer = PgQueuer(AsyncpgDriver(connection))
        for name, task in tasks.items():
            queuer.entrypoint(name)(_retrying(name, task))
        running = asyncio.create_task(
            queuer.run(
                dequeue_timeout=timedelta(seconds=0.3), heartbeat_timeout=dead_after, shutdown_on_listener_failure=True
            )
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        queuer.shutdown.set()
        await running
    finally:
        await connection.close()


def _retrying(name: str, task: Task) -> "Callable[[Job], Awaitable[None]]":
    from pgqueuer import RetryRequested

    async def run(job: "Job") -> None:
        try:
            await task(json.loads(job.payload or b"{}"))
        except NotYetError as error:
            raise RetryRequested(delay=SOON * min(1 + job.attempts // 10, 50), reason=str(error)) from error
        except Exception as error:
            log.exception("job %s failed (try %d)", name, job.attempts + 1)
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(job.attempts, 10))
            raise RetryRequested(delay=pause, reason=str(error)) from error

    return run
