"""Telling the public log which sealing code this platform serves, once for every new version of it."""

import asyncio
import logging
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from web.bundle import Bundle, read_bundle
from web.static import tree

log = logging.getLogger("openhall")

LOCK = 0x62756E64
AGAIN = 2.0


@cache
def served_bundle() -> Bundle:
    """The bundle of the files that this process serves."""
    _, files = tree()
    return read_bundle(lambda name: files[name].body if name in files else None)


async def announce(work: Work, bundle: Bundle) -> Line | None:
    """Log a bundle that was never logged before; None where it was."""
    await work.session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    subject = f"bundle:{bundle.digest.hex()}"
    known = select(Line.id).where(Line.subject == subject, Line.event == Event.BUNDLE_PUBLISHED)
    if (await work.session.execute(known.limit(1))).scalar() is not None:
        return None
    files = [{"name": name, "sha256": digest.hex()} for name, digest in bundle.files.items()]
    return work.record(Event.BUNDLE_PUBLISHED, subject, version=bundle.version, bundle=b64(bundle.digest), files=files)


async def announce_served(database: Database, stop: asyncio.Event) -> None:
    """Announce what is served; a database that is away is asked again until `stop`. Then waits for `stop`."""
    while not stop.is_set():
        try:
            async with database.work(SYSTEM) as work:
                await announce(work, served_bundle())
            await stop.wait()
        except (OSError, DBAPIError) as error:
            log.error("the sealing code could not be announced: %s", error)
            await asyncio.sleep(AGAIN)


async def published_bundles(session: AsyncSession) -> list[Line]:
    """Every bundle that was announced and has its leaf, newest first."""
    lines = select(Line).where(Line.event == Event.BUNDLE_PUBLISHED, Line.leaf.is_not(None))
    return list((await session.execute(lines.order_by(Line.leaf.desc()))).scalars())


async def published_bundle(session: AsyncSession, digest: bytes) -> Line | None:
    """Where a bundle stands in the log, None where it was never published: a bidder may seal with a program of its own."""
    found = select(Line).where(Line.subject == f"bundle:{digest.hex()}", Line.event == Event.BUNDLE_PUBLISHED)
    return (await session.execute(found.limit(1))).scalar_one_or_none()
