"""The public log: journal lines come in as fast as they can and are sequenced until every one is under a checkpoint."""

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from time import perf_counter
from typing import Any

import asyncpg

from infra.db.work import Database
from infra.edge import random_bytes
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.settings import DatabaseAddress
from infra.tlog import sequencer
from infra.tlog.note import ED25519, SignerKey
from infra.tlog.sequencer import LogKeys
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_database, private_home

EVENTS = 50_000
BATCH = 500
SECTIONS = 100
READY = "ready\n"
FILL = "import sys; from web.bench.log import fill; fill(int(sys.argv[1]))"
BUDGETS = (Budget("events_per_second", 5000, least=True),)
INSERT = """
INSERT INTO {table} (event, actor, role, subject, section, region, facts, salt, link_salt)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::bytea[], $9::bytea[]
)
"""


def measure(tell: Tell, *, events: int = EVENTS) -> Figures:
    """Durable events per second from the first insert to the last checkpoint; the reference is copying the lines alone."""
    with private_home() as home, private_database(home) as address:
        return asyncio.run(measure_on(tell, address, events=events))


async def measure_on(tell: Tell, address: DatabaseAddress, *, events: int) -> Figures:
    """`measure` on a migrated database that is used for nothing else."""
    tell(f"{events:,} journal lines, {BATCH} a transaction")
    lines = [_line(number) for number in range(events)]
    connection = await asyncpg.connect(address.dsn)
    database = Database(address.sqlalchemy)
    try:
        await connection.execute("CREATE TABLE copied (LIKE journal INCLUDING ALL)")
        bare = await _copy(connection, "copied", lines)
        tell(f"bare: {events / bare:,.0f} lines a second into a table without a log")
        seconds, beats = await _sequence(database, address.dsn, events)
        tell(f"log: {events / seconds:,.0f} events a second in {beats} batches")
        late = await connection.fetchval("SELECT count(*) FROM journal WHERE salt IS NOT NULL AND leaf IS NULL")
    finally:
        await database.close()
        await connection.close()
    return {
        "events_per_second": round(events / seconds),
        "ratio_to_bare_copy": round(bare / seconds, 3),
        "events": events,
        "batches": beats,
        "left_over": late,
        "seconds": round(seconds, 3),
    }


async def _sequence(database: Database, dsn: str, events: int) -> tuple[float, int]:
    """Seconds and batches until nothing is pending any more, while the lines come in from a process of its own."""
    key = SignerKey("bench.openhall.example/log", ED25519, random_bytes(32))
    keys = LogKeys(key, lambda secret, _: secret, lambda sealed, _: sealed, timedelta(days=1))
    with subprocess.Popen(
        [sys.executable, "-c", FILL, str(events)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as filling:
        assert filling.stdin is not None and filling.stdout is not None
        print(dsn, file=filling.stdin, flush=True)
        if await asyncio.to_thread(filling.stdout.readline) != READY:
            raise RuntimeError("the process that writes the lines did not begin")
        filling.stdin.close()
        began, beats = perf_counter(), 0
        while True:
            done = filling.poll()
            await sequencer.beat(database, keys)
            beats += 1
            if done is not None and not await _pending(database):
                seconds = perf_counter() - began
                break
    if done != 0:
        raise RuntimeError(f"the process that writes the lines ended with {done}")
    return seconds, beats


def fill(events: int) -> None:
    """What web processes do: lines in transactions of their own. Reads the database's address, then waits for the end."""
    asyncio.run(_filled(sys.stdin.readline().strip(), events))


async def _filled(dsn: str, events: int) -> None:
    lines = [_line(number) for number in range(events)]
    connection = await asyncpg.connect(dsn)
    try:
        sys.stdout.write(READY)
        sys.stdout.flush()
        sys.stdin.read()
        await _copy(connection, "journal", lines)
    finally:
        await connection.close()


async def _pending(database: Database) -> bool:
    raw = "SELECT EXISTS (SELECT FROM journal WHERE salt IS NOT NULL AND leaf IS NULL)"
    async with database.engine.connect() as connection:
        return bool((await connection.exec_driver_sql(raw)).scalar_one())


async def _copy(connection: Any, table: str, lines: list[tuple[Any, ...]]) -> float:
    began = perf_counter()
    for start in range(0, len(lines), BATCH):
        await connection.execute(
            INSERT.format(table=table), *map(list, zip(*lines[start : start + BATCH], strict=True))
        )
    return perf_counter() - began


def _line(number: int) -> tuple[Any, ...]:
    facts = {name: b64(random_bytes(size)) for name, size in (("manifest", 32), ("signature", 64), ("certificate", 32))}
    return (
        Event.BID_SUBMITTED,
        f"account-{number % 997}",
        "bidder",
        f"bid-{number:020d}",
        f"YH-BENCH-{number % SECTIONS:04d}/01",
        "429900",
        json.dumps(facts),
        random_bytes(32),
        random_bytes(32),
    )
