"""Who stands in a pool when it is frozen, who does not and why: read in batches as the system, unsealed off the loop."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.eligible import Eligible, Left, eligible
from expertpool.draw.audit import need_of, serves
from expertpool.draw.drawings import times_drawn
from expertpool.draw.needs import Need
from expertpool.draw.rules import Record
from expertpool.draw.tables import Draw
from expertpool.recusal.ties import excluded
from infra.auth.keys import KeyService

LASTING = timedelta(days=1)
"""How long an evaluation is taken to last when it is asked who is away."""
_EARLIER = "SELECT id, drawn_before FROM experts WHERE drawn_before > 0 AND drawn_before_until > $1"


@dataclass
class Gathered:
    """The eligible with their raw professions and region, by identity the id of each one's row, and who was left out."""

    records: list[Record] = field(default_factory=list)
    served: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    experts: dict[str, str] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)
    left_experts: list[str] = field(default_factory=list)


async def gather(session: AsyncSession, keys: KeyService, draw: Draw, now: datetime) -> Gathered:
    """Everybody of the pool, by the needs of the draw; the session must be confined to no region."""
    connection = await driver(session)
    times = await times_drawn(connection, keys, now)
    times.update({row["id"]: row["drawn_before"] for row in await connection.fetch(_EARLIER, now)})
    needs = [need_of(code, draw.region) for code in draw.request["quota"]]
    at, found = draw.evaluation_at or now, Gathered()
    barred = await excluded(session, keys, draw, now)
    async for batch in eligible(connection, keys, needs, (at, at + LASTING), barred):
        _take(draw, needs, batch, times, found)
    return found


async def driver(session: AsyncSession) -> "asyncpg.Connection[Any]":
    """The database driver's own connection, in the session's transaction."""
    raw = await (await session.connection()).get_raw_connection()
    found: asyncpg.Connection[Any] = raw.driver_connection
    return found


def _take(
    draw: Draw, needs: Sequence[Need], batch: Iterable[Eligible | Left], times: Counter[str], found: Gathered
) -> None:
    for one in batch:
        if isinstance(one, Left):
            found.left.append((one.identity, one.why))
            found.left_experts.append(one.expert)
            continue
        codes = serves(draw.request["quota"], needs, one.professions, one.region)
        found.records.append(Record(one.identity, one.employer, codes, times[one.expert]))
        found.served.append((one.professions, one.region))
        found.experts[one.identity] = one.expert
