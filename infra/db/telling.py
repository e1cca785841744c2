"""Telling live pages: events get their numbers in the order in which their transactions commit."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.channels import LIVE

LOCK = 0x4C495645
ORDERED = text("SELECT pg_advisory_xact_lock(:lock), pg_notify(:channel, '')")
TELL = text("""
INSERT INTO live_events (channel, kind, subject, number)
SELECT t.channel, t.kind, t.subject,
    coalesce((SELECT max(number) FROM live_events AS l WHERE l.channel = t.channel), 0)
        + row_number() OVER (PARTITION BY t.channel ORDER BY t.place)
FROM unnest(CAST(:channels AS text[]), CAST(:kinds AS text[]), CAST(:subjects AS text[]))
    WITH ORDINALITY AS t (channel, kind, subject, place)
ORDER BY t.place
""")


class Telling(NamedTuple):
    """One thing to tell on one channel when, and only if, the transaction commits."""

    channel: str
    kind: str
    subject: str


async def tell(session: AsyncSession, tellings: Sequence[Telling]) -> None:
    """Write what is to be told and wake the listeners; must be the last thing that a transaction does.

    The lock is held until the commit is visible: a reader who has seen one number has seen every smaller one.
    """
    if not tellings:
        return
    await session.flush()
    await session.execute(ORDERED, {"lock": LOCK, "channel": LIVE})
    channels, kinds, subjects = map(list, zip(*tellings, strict=True))
    await session.execute(TELL, {"channels": channels, "kinds": kinds, "subjects": subjects})
