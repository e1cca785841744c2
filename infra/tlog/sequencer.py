"""The sequencer: at every beat of the log, pending journal lines become leaves among dummies, under a new checkpoint."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.kernel.canonical import b64, canonical
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.timers_table import Timer
from infra.tlog import checkpoint, entry, note, store
from infra.tlog.tables import Checkpoint, Period

log = logging.getLogger("openhall.log")

LOCK = 0x6C6F67
LARGEST_BATCH = 4096
HIDING = "section.close"
Vault = Callable[[bytes, str], bytes]


@dataclass(frozen=True)
class LogKeys:
    """What the sequencer needs: the log's name and signing key, and how to seal and unseal a period's key."""

    key: note.SignerKey
    seal: Vault
    unseal: Vault
    period: timedelta = timedelta(days=1)


async def beat(database: Database, keys: LogKeys) -> int | None:
    """Append one padded batch and sign a checkpoint; returns the new size, or None if another sequencer is at work."""
    async with database.work(SYSTEM) as work:
        locked = await work.session.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if not locked.scalar_one():
            return None
        size = (await work.session.execute(select(func.coalesce(func.max(Checkpoint.size), 0)))).scalar_one()
        period_key = await _period(work, keys, size)
        lines = await _pending(work.session)
        width = entry.batch_size(len(lines))
        entries = [entry.dummy(period_key, size + offset) for offset in range(width)]
        places = _places(work, len(lines), width)
        for line, place, leaf in zip(lines, places, await _entries(work.session, lines), strict=True):
            entries[place] = leaf
            line.leaf = size + place
        root = await store.append(work.session, size, entries)
        work.session.add(_checkpoint(keys.key, size + width, root, work.ctx.now))
        await work.notify("log", str(size + width))
        return size + width


async def run_forever(database: Database, keys: LogKeys, cadence: float, stop: asyncio.Event) -> None:
    """Beat at the fixed cadence (seconds), changed or not, until `stop`; sooner only when a batch is full."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while not stop.is_set():
        try:
            await beat(database, keys)
        except (OSError, DBAPIError) as error:
            log.error("log: the database is away: %s", error)
        due = max(due + cadence, loop.time())
        try:
            await asyncio.wait_for(stop.wait(), due - loop.time())
        except TimeoutError:
            continue


def event_of(line: Line, link: bytes) -> dict[str, Any]:
    """The canonical event of a journal line (docs/formats/log.md)."""
    event: dict[str, Any] = {
        "actor": line.role,
        "at": line.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "event": line.event,
        "facts": {"subject": line.subject, **line.facts},
        "link": b64(link),
    }
    if line.section is not None:
        event["section"] = line.section
    return event


async def _pending(session: AsyncSession) -> list[Line]:
    """Lines that wait for their leaf. Ids commit out of order, so what counts is the missing leaf, not the id."""
    waiting = select(Line).where(Line.salt.is_not(None), Line.leaf.is_(None)).order_by(Line.id).limit(LARGEST_BATCH)
    return list((await session.execute(waiting)).scalars())


async def _entries(session: AsyncSession, lines: list[Line]) -> list[bytes]:
    """Number each section's lines, link each to the one before, and give the 32-byte entries."""
    ends = await _chain_ends(session, {line.section for line in lines if line.section is not None})
    for line in lines:
        assert line.salt is not None and line.link_salt is not None
        number, previous = ends.get(line.section, (0, bytes(32))) if line.section else (0, bytes(32))
        line.number, line.previous = number + 1, previous
        event = event_of(line, entry.link(line.link_salt, line.number, previous))
        line.preimage = canonical(event).decode()
        line.entry = entry.entry(line.salt, event)
        if line.section is not None:
            ends[line.section] = (line.number, line.entry)
    return [line.entry for line in lines if line.entry is not None]


async def _chain_ends(session: AsyncSession, sections: set[str]) -> dict[str, tuple[int, bytes]]:
    if not sections:
        return {}
    last = (
        select(Line.section, Line.number, Line.entry)
        .where(Line.section.in_(sections), Line.number.is_not(None))
        .ext(distinct_on(Line.section))
        .order_by(Line.section, Line.number.desc())
    )
    rows = await session.execute(last)
    return {str(section): (int(number or 0), bytes(leaf or b"")) for section, number, leaf in rows}


def _places(work: Work, count: int, width: int) -> list[int]:
    """Random places in the batch, in order: a receipt's index must not tell how many real events stand before it."""
    shuffled = sorted(range(width), key=lambda _: work.ctx.random(8))
    return sorted(shuffled[:count])


def _checkpoint(key: note.SignerKey, size: int, root: bytes, at: datetime) -> Checkpoint:
    text_ = checkpoint.Checkpoint(key.name, size, root).text()
    return Checkpoint(size=size, at=at, root=root, note=note.format_note(text_, [note.sign(text_, key)]))


async def _period(work: Work, keys: LogKeys, size: int) -> bytes:
    """The key of the running period; begins the next one when it is old, and opens old ones that hide nothing any more."""
    running = (await work.session.execute(select(Period).where(Period.ended_at.is_(None)))).scalar_one_or_none()
    if running is not None and work.ctx.now - running.began_at < keys.period:
        return keys.unseal(running.sealed_key, "log period")
    if running is not None:
        running.ended_at = work.ctx.now
        running.opens_after = await _last_hidden(work)
    await _open_periods(work, keys)
    fresh = work.ctx.random(32)
    commitment = sha256(fresh).digest()
    work.session.add(
        Period(first=size, began_at=work.ctx.now, sealed_key=keys.seal(fresh, "log period"), commitment=commitment)
    )
    work.record(Event.PERIOD_BEGUN, f"log-period:{size}", commitment=b64(commitment), first=size)
    await work.session.flush()
    return fresh


async def _last_hidden(work: Work) -> datetime:
    """The last deadline now pending: until it has passed, dummies must stay indistinguishable from bids."""
    pending = select(func.max(Timer.due_at)).where(Timer.verb == HIDING, Timer.done_at.is_(None))
    return (await work.session.execute(pending)).scalar_one() or work.ctx.now


async def _open_periods(work: Work, keys: LogKeys) -> None:
    ripe = select(Period).where(Period.opened_at.is_(None), Period.opens_after < work.ctx.now)
    for period in (await work.session.execute(ripe)).scalars():
        key = keys.unseal(period.sealed_key, "log period")
        work.record(Event.PERIOD_OPENED, f"log-period:{period.first}", first=period.first, key=b64(key))
        await work.session.execute(update(Period).where(Period.first == period.first).values(opened_at=work.ctx.now))
