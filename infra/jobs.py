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


class NotYetError(Exception):
    """Raised by a task whose ground is not there yet; it is tried again soon and as often as needed."""


async def enqueue(work: Work, name: str, **payload: Any) -> None:
    """Put a job into the queue in the use-case's own transaction: it exists if and only if that commits."""
    from pgqueuer import AsyncpgDriver, Queries  # half a second of imports that a mere reader need not pay

    connection = await work.session.connection()
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    await Queries(AsyncpgDriver(driver)).enqueue([name], [json.dumps(payload).encode()], [0])


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


async def run_forever(dsn: str, tasks: Mapping[str, Task], stop: asyncio.Event) -> None:
    """Serve the queue until `stop` is set; a job that fails is tried again with growing pauses, six times in all."""
    from pgqueuer import AsyncpgDriver, PgQueuer

    connection = await asyncpg.connect(dsn)
    queuer = PgQueuer(AsyncpgDriver(connection))
    for name, task in tasks.items():
        queuer.entrypoint(name)(_retrying(name, task))
    running = asyncio.create_task(queuer.run(dequeue_timeout=timedelta(seconds=1)))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    queuer.shutdown.set()
    await asyncio.gather(running, return_exceptions=True)
    stopping.cancel()
    await connection.close()


def _retrying(name: str, task: Task) -> "Callable[[Job], Awaitable[None]]":
    from pgqueuer import Job, RetryRequested

    async def run(job: Job) -> None:
        try:
            await task(json.loads(job.payload or b"{}"))
        except NotYetError as error:
            raise RetryRequested(delay=timedelta(seconds=0.2), reason=str(error)) from error
        except Exception as error:
            log.exception("job %s failed (try %d)", name, job.attempts + 1)
            if job.attempts >= 5:
                raise
            raise RetryRequested(delay=timedelta(seconds=0.5 * 2**job.attempts), reason=str(error)) from error

    return run
