"""Who stands in a pool when it is frozen, who does not and why: read in batches as the system, unsealed off the loop."""

from collections import Counter
from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.directory.eligible import Eligible, Left, eligible
from expertpool.draw.audit import need_of
from expertpool.draw.called import called_before
from expertpool.draw.drawings import times_drawn
from expertpool.draw.entries import Entry
from expertpool.draw.tables import Draw
from expertpool.recusal.ties import excluded
from infra.auth.keys import KeyService

LASTING = timedelta(days=1)
"""How long an evaluation is taken to last when it is asked who is away."""
CALLED = "called"
_EARLIER = "SELECT id, drawn_before FROM experts WHERE drawn_before > 0 AND drawn_before_until > $1"


async def gather(session: AsyncSession, keys: KeyService, draw: Draw, now: datetime) -> AsyncIterator[list[Entry]]:
    """Everybody of the pool by id, batch by batch, without lines yet; the session must be confined to no region."""
    connection = await driver(session)
    times = await times_drawn(connection, keys, now)
    times.update({row["id"]: row["drawn_before"] for row in await connection.fetch(_EARLIER, now)})
    needs = [need_of(code, draw.region) for code in draw.request["quota"]]
    at = draw.evaluation_at or now
    barred, called = await excluded(session, keys, draw, now), called_before(keys, draw)
    async for batch in eligible(connection, keys, needs, (at, at + LASTING), barred | called):
        yield [_entry(one, times, called) for one in batch]


async def driver(session: AsyncSession) -> "asyncpg.Connection[Any]":
    """The database driver's own connection, in the session's transaction."""
    raw = await (await session.connection()).get_raw_connection()
    found: asyncpg.Connection[Any] = raw.driver_connection
    return found


def _entry(one: Eligible | Left, times: Counter[str], called: Collection[str]) -> Entry:
    if isinstance(one, Left):
        # Professions and region come first: whoever these leave out was not left out for being called before.
        why = CALLED if one.expert in called and one.why == "recusal" else one.why
        return Entry(one.expert, one.identity, None, one.professions, one.region, times[one.expert], why)
    return Entry(one.expert, one.identity, one.employer, one.professions, one.region, times[one.expert], None)
