"""The sequencer: at every beat of the log, pending journal lines become leaves among dummies, under a new checkpoint."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Row, func, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.kernel.canonical import b64, canonical
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.timers_table import Timer
from infra.tlog import checkpoint, entry, note, store
from infra.tlog.pruning import prune
from infra.tlog.tables import Checkpoint, Period

log = logging.getLogger("openhall.log")

LOCK = 0x6C6F67
LARGEST_BATCH = 4096
TIDY_EVERY = 3600.0
STANDBY = 2.0
"""Seconds after which a sequencer that has not written anything yet tries again."""
HIDING = "section.close"
Vault = Callable[[bytes, str], bytes]

CHAIN_ENDS = """
SELECT asked.section, ended.number, ended.entry
FROM unnest(CAST(:sections AS text[])) AS asked (section)
CROSS JOIN LATERAL (
    SELECT number, entry FROM journal
    WHERE section = asked.section AND number IS NOT NULL ORDER BY number DESC LIMIT 1
) AS ended
"""
KEEP = """
UPDATE journal
SET leaf = leaves.leaf, number = leaves.number, previous = leaves.previous, entry = leaves.entry,
    preimage = leaves.preimage
FROM unnest(
    CAST(:id AS bigint[]), CAST(:leaf AS bigint[]), CAST(:number AS bigint[]), CAST(:previous AS bytea[]),
    CAST(:entry AS bytea[]), CAST(:preimage AS text[])
) AS leaves (id, leaf, number, previous, entry, preimage)
WHERE journal.id = leaves.id AND journal.id BETWEEN :first AND :last
"""
"""The bounds are redundant: they keep a planner without statistics from reading the whole journal."""


@dataclass(frozen=True)
class LogKeys:
    """What the sequencer needs: the log's name and signing key, and how to seal and unseal a period's key."""

    key: note.SignerKey
    seal: Vault
    unseal: Vault
    period: timedelta = timedelta(days=1)


class Batch(NamedTuple):
    """What one beat appended: the log's new size, how many of its leaves are events, and the database's time of it."""

    size: int
    events: int
    at: datetime


class Leaf(NamedTuple):
    """What a journal line is given when it becomes a leaf; `number` counts in its section, `previous` is before it."""

    number: int
    previous: bytes
    entry: bytes
    preimage: str


async def beat(database: Database, keys: LogKeys) -> int | None:
    """Append one padded batch and sign a checkpoint; returns the new size, or None if another sequencer is at work."""
    batch = await append_batch(database, keys)
    return None if batch is None else batch.size


async def append_batch(database: Database, keys: LogKeys) -> Batch | None:
    """`beat`, also telling how many events it took: `LARGEST_BATCH` means that more may be waiting."""
    async with database.work(SYSTEM) as work:
        if not await _locked(work.session):
            return None
        size = (await work.session.execute(select(func.coalesce(func.max(Checkpoint.size), 0)))).scalar_one()
        period_key = await _period(work, keys, size)
        lines = await _pending(work.session)
        width = entry.batch_size(len(lines))
        places = _places(work, len(lines), width)
        leaves = await _leaves(work.session, lines)
        given = {place: leaf.entry for place, leaf in zip(places, leaves, strict=True)}
        entries = [given.get(offset) or entry.dummy(period_key, size + offset) for offset in range(width)]
        await _keep(work.session, lines, [size + place for place in places], leaves)
        root = await store.append(work.session, size, entries)
        work.session.add(_checkpoint(keys.key, size + width, root, work.ctx.now))
        await work.notify("log", str(size + width))
        return Batch(size + width, len(lines), work.ctx.now)


async def run_forever(
    database: Database, keys: LogKeys, cadence: Callable[[datetime], timedelta], stop: asyncio.Event
) -> None:
    """Beat at the cadence of the hour, changed or not, until `stop`; sooner only when a batch is full.

    `cadence` tells it by the database's time. Once an hour old checkpoints are pruned.
    """
    loop = asyncio.get_running_loop()
    due = tidy = loop.time()
    pace = STANDBY
    while not stop.is_set():
        batch = None
        try:
            batch = await append_batch(database, keys)
            if loop.time() >= tidy:
                await _tidy(database)
                tidy = loop.time() + TIDY_EVERY
        except (OSError, DBAPIError) as error:
            log.error("log: the database is away: %s", error)
        full = batch is not None and batch.events == LARGEST_BATCH
        pace = pace if batch is None else cadence(batch.at).total_seconds()
        due = loop.time() if full else max(due + pace, loop.time())
        try:
            await asyncio.wait_for(stop.wait(), due - loop.time())
        except TimeoutError:
            continue


def event_of(line: Line, link: bytes) -> dict[str, Any]:
    """The canonical event of a journal line (docs/formats/log.md)."""
    return _event(line.at, line.event, line.role, line.subject, line.section, line.facts, link)


def _event(
    at: datetime, event: str, role: str, subject: str, section: str | None, facts: dict[str, Any], link: bytes
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "actor": role,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z",
        "event": event,
        "facts": {"subject": subject, **facts},
        "link": b64(link),
    }
    if section is not None:
        told["section"] = section
    return told


async def _tidy(database: Database) -> None:
    async with database.work(SYSTEM) as work:
        if await _locked(work.session):
            await prune(work)


async def _locked(session: AsyncSession) -> bool:
    """Whether this transaction alone may write the log."""
    locked: bool = (await session.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK})).scalar_one()
    return locked


async def _pending(session: AsyncSession) -> Sequence[Row[Any]]:
    """Lines that wait for their leaf. Ids commit out of order, so what counts is the missing leaf, not the id."""
    wanted = (Line.id, Line.at, Line.event, Line.role, Line.subject, Line.section, Line.facts)
    waiting = select(*wanted, Line.salt, Line.link_salt).where(Line.salt.is_not(None), Line.leaf.is_(None))
    return (await session.execute(waiting.order_by(Line.id).limit(LARGEST_BATCH))).all()


async def _leaves(session: AsyncSession, lines: Sequence[Any]) -> list[Leaf]:
    """Number each section's lines, link each to the one before, and give the 32-byte entries."""
    ends = await _chain_ends(session, {line.section for line in lines if line.section is not None})
    leaves = []
    for _, at, event, role, subject, section, facts, salt, link_salt in lines:
        number, previous = ends.get(section, (0, entry.NO_ENTRY))
        link = entry.link(link_salt, number + 1, previous)
        preimage = canonical(_event(at, event, role, subject, section, facts, link))
        leaf = Leaf(number + 1, previous, entry.salted(salt, preimage), preimage.decode())
        leaves.append(leaf)
        if section is not None:
            ends[section] = (leaf.number, leaf.entry)
    return leaves


async def _keep(session: AsyncSession, lines: Sequence[Row[Any]], places: list[int], leaves: list[Leaf]) -> None:
    """One statement for the whole batch: an ORM update of thousands of rows takes longer than their hashing."""
    if not lines:
        return
    columns = {name: [getattr(leaf, name) for leaf in leaves] for name in Leaf._fields}
    ids = [line.id for line in lines]
    bounds = {"first": ids[0], "last": ids[-1]}
    await session.execute(text(KEEP), {"id": ids, "leaf": places, **columns, **bounds})


async def _chain_ends(session: AsyncSession, sections: set[str]) -> dict[str, tuple[int, bytes]]:
    if not sections:
        return {}
    rows = await session.execute(text(CHAIN_ENDS), {"sections": sorted(sections)})
    return {section: (number, bytes(leaf)) for section, number, leaf in rows}


def _places(work: Work, count: int, width: int) -> list[int]:
    """Random places in the batch, in order: a receipt's index must not tell how many real events stand before it."""
    if count == width:
        return list(range(width))
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
    """Nothing is opened while a closing is overdue: until it is done, the number of bids is still a secret."""
    overdue = select(Timer.id).where(
        Timer.verb == HIDING, Timer.done_at.is_(None), or_(Timer.due_at <= work.ctx.now, Timer.tries > 0)
    )
    if (await work.session.execute(overdue.limit(1))).scalar() is not None:
        return
    ripe = select(Period).where(Period.opened_at.is_(None), Period.opens_after < work.ctx.now)
    for period in (await work.session.execute(ripe)).scalars():
        key = keys.unseal(period.sealed_key, "log period")
        work.record(Event.PERIOD_OPENED, f"log-period:{period.first}", first=period.first, key=b64(key))
        await work.session.execute(update(Period).where(Period.first == period.first).values(opened_at=work.ctx.now))
