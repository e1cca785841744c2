"""Handing a section's archive over: asked for by a person, made by a job piece by piece, its digest logged."""

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import IO, Any, BinaryIO, cast

from sqlalchemy import select

from infra.auth.permissions import require
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.archive.actions import BUCKET
from trading.archive.handover import (
    FORMAT,
    INDEX,
    MANIFEST,
    TABLE,
    entry_of,
    index_bytes,
    manifest_of,
    pieces,
    table_of,
)
from trading.handover.papers import Papers
from trading.handover.queries import Archive, archive_of, archived_section
from trading.handover.tables import Handover
from trading.regimes.regime import Regime, Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.queries import lock_section
from trading.sections.tables import Section

JOB = "hand-over"
SPOOL = 8 << 20
"""So many bytes of a file being made stay in memory; the rest lies on disk."""
EACH = 64 << 20
"""Progress is told after so many bytes."""

LASTING = ("archive.damaged", "objects.missing")
"""Refusals that trying again does not mend."""
Progress = Callable[[int], Awaitable[None]]


async def order_handover(work: Work, section_id: str) -> Handover:
    """Ask for the file; a job makes it. `archive.not-sealed` before the evidence is, `archive.making` while one is made."""
    require(work.ctx.actor, "archive.hand-over")
    section = await archived_section(work.session, work.ctx.actor, section_id)
    await lock_section(work.session, section_id)
    if section.evidence is None:
        raise Problem("archive.not-sealed", section=section_id)
    earlier = select(Handover).where(Handover.section == section_id).order_by(Handover.number.desc()).limit(1)
    last = (await work.session.execute(earlier)).scalar_one_or_none()
    if last is not None and last.state == "making":
        raise Problem("archive.making", number=last.number)
    handover = Handover(
        id=work.ctx.new_id("handover"), section=section_id, region=section.region, state="making",
        number=1 if last is None else last.number + 1, asked_at=work.ctx.now,
    )  # fmt: skip
    work.session.add(handover)
    work.record(Event.ARCHIVE_ORDERED, handover.id, section=section_id, region=section.region, number=handover.number)
    await enqueue(work, JOB, handover=handover.id)
    return handover


async def make_handover(database: Database, objects: Objects, handover_id: str) -> None:
    """Make, store and log the file; safe to run again at any point. What the store has lost ends it with its reason."""
    async with database.work(SYSTEM) as work:
        handover = await work.session.get_one(Handover, handover_id)
        if handover.state != "making":
            return
        section = await work.session.get_one(Section, handover.section)
        regime = regime_of(section, work.ctx.mode)
        archive = await archive_of(work.session, objects, regime, section, work.ctx.now)
        index = index_of(handover, section, regime, archive)
        now = work.ctx.now
    try:
        await _make(database, objects, handover, section, index, archive.papers, now)
    except Problem as problem:
        if problem.code not in LASTING:
            raise
        async with database.work(SYSTEM) as work:
            row = await work.session.get_one(Handover, handover_id, with_for_update=True)
            row.state, row.failed_why = "failed", problem.code


def index_of(handover: Handover, section: Section, regime: Regime, archive: Archive) -> dict[str, Any]:
    """The index of a file: the completeness list, every member, until when it is kept and why."""
    years = regime.parameter(Rule.RETENTION_YEARS)
    assert archive.ended is not None and archive.until is not None
    rows = [
        {
            "item": row.item.value,
            "state": row.state.value,
            "source": row.source,
            "mark": row.mark.value,
            "files": [kept._asdict() for kept in row.files],
        }
        for row in archive.rows
    ]
    retention = {"years": years.value, "source": years.source, "mark": years.mark.value, "until": stamp(archive.until)}
    members = {kept.name: {"sha256": kept.sha256, "size": kept.size} for kept in archive.papers.names()}
    index = {
        "format": FORMAT,
        "section": section.id,
        "title": section.title,
        "regime": regime.id,
        "number": handover.number,
        "asked_at": stamp(handover.asked_at),
        "ended_at": stamp(archive.ended),
        "retention": retention,
        "rows": rows,
    }
    table = table_of(index)
    members[TABLE] = {"sha256": sha256(table).hexdigest(), "size": len(table)}
    return index | {"members": members}


async def _make(
    database: Database,
    objects: Objects,
    handover: Handover,
    section: Section,
    index: Mapping[str, Any],
    papers: Papers,
    now: datetime,
) -> None:
    told = index_bytes(index)
    digests = {name: str(row["sha256"]) for name, row in index["members"].items()}
    digests[INDEX] = sha256(told).hexdigest()
    written = {**papers.written, TABLE: table_of(index), INDEX: told, MANIFEST: manifest_of(digests)}
    total = sum(row["size"] for row in index["members"].values())
    with tempfile.SpooledTemporaryFile(SPOOL) as sink:
        await _write(sink, objects, written, papers, digests, _telling(database, handover.id, total))
        size = sink.tell()
        digest = await asyncio.to_thread(_digest, sink)
        sink.seek(0)
        version = await objects.put(
            BUCKET, file_key(section.id, handover.number), cast(BinaryIO, sink), size, kind="application/zip"
        )
    await objects.retain(BUCKET, file_key(section.id, handover.number), version, max(now, _until(index)))
    async with database.work(SYSTEM) as work:
        row = await work.session.get_one(Handover, handover.id, with_for_update=True)
        if row.state != "making":
            return
        row.state, row.version, row.digest, row.size = "made", version, digest, size
        row.index_digest, row.done, row.made_at = bytes.fromhex(digests[INDEX]), size, work.ctx.now
        work.record(
            Event.ARCHIVE_HANDED_OVER, handover.id, section=section.id, region=section.region,
            number=row.number, file=b64(digest), size=size, index=b64(row.index_digest),
        )  # fmt: skip


def file_key(section_id: str, number: int) -> str:
    """Where a hand-over lies."""
    return f"{section_id}/handover-{number}.zip"


def _telling(database: Database, handover_id: str, total: int) -> Progress:
    """Tells how much is written, now and then."""
    told = 0

    async def tell(done: int) -> None:
        nonlocal told
        if done < total and done - told < EACH:
            return
        told = done
        async with database.work(SYSTEM) as work:
            row = await work.session.get_one(Handover, handover_id, with_for_update=True)
            row.done, row.size = min(done, total), total

    return tell


async def _write(
    sink: IO[bytes],
    objects: Objects,
    written: Mapping[str, bytes],
    papers: Papers,
    digests: Mapping[str, str],
    progress: Progress,
) -> None:
    """The ZIP as `trading.archive.handover.write` makes it; `archive.damaged` where stored bytes are not those listed."""
    done = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as file:
        for name in sorted({*written, *papers.stored}, key=str.encode):
            hashed = sha256()
            with file.open(entry_of(name), "w", force_zip64=True) as member:
                async for piece in _bytes_of(objects, name, written, papers):
                    member.write(piece)
                    hashed.update(piece)
                    done += len(piece)
                    await progress(done)
            if name != MANIFEST and hashed.hexdigest() != digests[name]:
                raise Problem("archive.damaged", name=name)


async def _bytes_of(objects: Objects, name: str, written: Mapping[str, bytes], papers: Papers) -> AsyncIterator[bytes]:
    if name in written:
        yield written[name]
        return
    async for piece in objects.stream(*papers.stored[name]):
        yield piece


def _digest(sink: IO[bytes]) -> bytes:
    sink.seek(0)
    hashed = sha256()
    for piece in pieces(sink):
        hashed.update(piece)
    return hashed.digest()


def _until(index: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(index["retention"]["until"])
