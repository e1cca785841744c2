"""Freezing a pool as the worker does it: read from the database, unsealed, listed, sealed into pieces in the store."""

import asyncio
from datetime import datetime
from hashlib import md5, sha256
from time import perf_counter, process_time

import asyncpg
from sqlalchemy import func, select

from expertpool.draw.pools import freeze_pool, read_pool
from expertpool.draw.tables import Draw, PoolChunk
from expertpool.experts.sealing import IDENTITY_LABEL, seal_text
from infra.auth.keys import KeyService
from infra.edge import random_bytes, utc_now
from infra.kernel.context import SYSTEM
from infra.settings import Settings
from web.bench.budgets import Figures, Tell
from web.bench.ground import private_home, private_stores
from web.state import Stack
from web.wiring import open_stack, prepare_buckets

BATCH = 20_000
EMPLOYEES = 20
REGION, PROFESSION, SECTION = "990100", "A0804", "BENCH/01"
COLUMNS = (
    "id", "region", "name", "identity", "fingerprint", "employer", "specialties", "number", "state", "available",
    "entered_at",
)  # fmt: skip


def freeze_through(tell: Tell, listed: int) -> Figures:
    """Seconds to freeze a pool of so many through both stores, to read it back, and what its pieces weigh."""
    with private_home() as home, private_stores(home) as settings:
        return asyncio.run(_through(tell, settings, listed))


async def _through(tell: Tell, settings: Settings, listed: int) -> Figures:
    async with open_stack(settings) as stack:
        await prepare_buckets(stack.objects)
        await _fill(tell, stack, listed)
        async with stack.database.work(SYSTEM) as work:
            draw = Draw(
                id=f"{SECTION}/1", section=SECTION, number=1, region=REGION, state="ordered", request=_request(),
                requested_at=work.ctx.now, step_seconds=60,
            )  # fmt: skip
            work.session.add(draw)
            await work.session.flush()
            began, spent = perf_counter(), process_time()
            head = await freeze_pool(work, stack.objects, stack.keys.service, draw)
            draw.frozen_at = work.ctx.now
            await work.session.flush()
            frozen, spent = perf_counter() - began, process_time() - spent
            began = perf_counter()
            await read_pool(work.session, stack.objects, stack.keys.service, draw)
            opened = perf_counter() - began
            weighed = select(func.count(), func.sum(PoolChunk.bytes)).where(PoolChunk.draw == draw.id)
            count, size = (await work.session.execute(weighed)).one()
        tell(f"{listed:,} frozen through the stores in {frozen:.1f} s ({spent:.1f} s of it computing), {count} pieces")
        return {
            "freeze_stored_seconds": round(frozen, 2),
            "freeze_stored_cpu_seconds": round(spent, 2),
            "freeze_stored_open_seconds": round(opened, 2),
            "freeze_stored_mb": round(float(size) / 1e6, 1),
            "freeze_stored_pieces": count,
            "freeze_listed": head.facts["lists"][PROFESSION]["records"],
        }


def _request() -> dict[str, object]:
    return {"quota": {PROFESSION: 7}, "alternates": 3, "avoid": ["91990100000000000X"], "region": REGION}


async def _fill(tell: Tell, stack: Stack, listed: int) -> None:
    """By COPY into a table beside, with identities sealed as they really are."""
    connection, now = await asyncpg.connect(stack.database.dsn), utc_now()
    keys = stack.keys.service
    try:
        await connection.execute("CREATE TEMPORARY TABLE filling (LIKE experts INCLUDING DEFAULTS)")
        await connection.execute("ALTER TABLE experts DISABLE TRIGGER USER")
        for start in range(0, listed, BATCH):
            rows = [_expert(keys, number, now) for number in range(start, min(start + BATCH, listed))]
            await connection.copy_records_to_table("filling", columns=COLUMNS, records=rows, timeout=600)
            await connection.execute("INSERT INTO experts SELECT * FROM filling", timeout=600)
            await connection.execute("TRUNCATE filling")
        tell(f"{listed:,} experts entered")
    finally:
        await connection.close()


def _expert(keys: KeyService, number: int, now: datetime) -> tuple[object, ...]:
    expert = f"expert-{md5(str(number).encode(), usedforsecurity=False).hexdigest()}"
    identity = seal_text(keys, IDENTITY_LABEL, expert, f"resident:BENCH{number:08d}", random_bytes)
    employer = f"91990100{number // EMPLOYEES:010d}"
    mark = sha256(f"f{number}".encode()).digest()
    return (
        expert, REGION, mark, identity, mark, employer, [PROFESSION], f"E-990100-{number:07d}", "active", True, now
    )  # fmt: skip
