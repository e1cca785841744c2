"""Keeping a recording: its term and its legal hold carried to every stored part, and files of it that are handed out."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.permissions import require
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.queries import find_recording
from trading.recordings.rules import EXPORT, KEEP, checked_words
from trading.recordings.storing import BUCKET, kept_parts, part_key, retain_again
from trading.recordings.tables import ExportForm, Recording, RecordingExport, RecordingState

KINDS = {ExportForm.ZIP: "application/zip", ExportForm.ISO: "application/x-iso9660-image"}
LASTING = ("objects.missing", "recording.not-closed", "recording.disk-full")
"""Refusals that trying again does not mend."""
Write = Callable[[str, Path], Awaitable[None]]


async def hold_recording(work: Work, recording_id: str, words: str) -> Recording:
    """Put a recording under legal hold: the store deletes none of it. `recording.held`, `recording.words`."""
    return await _hold(work, recording_id, words, held=True)


async def release_recording(work: Work, recording_id: str, words: str) -> Recording:
    """End the legal hold; the term of keeping stays. `recording.not-held`, `recording.words`."""
    return await _hold(work, recording_id, words, held=False)


async def _hold(work: Work, recording_id: str, words: str, *, held: bool) -> Recording:
    require(work.ctx.actor, "recording.hold")
    recording = await find_recording(work.session, recording_id, lock=True)
    if (recording.held_at is not None) == held:
        raise Problem("recording.held" if held else "recording.not-held", id=recording_id)
    recording.held_at = work.ctx.now if held else None
    event = Event.RECORDING_HELD if held else Event.RECORDING_RELEASED
    facts = {"words": checked_words(words)}
    work.record(event, recording_id, section=recording.section, region=recording.region, **facts)
    await enqueue(work, KEEP, recording=recording_id)
    return recording


async def keep_parts(database: Database, objects: Objects, recording_id: str) -> None:
    """Carry term and hold of a recording to every part that the store has; safe to run again."""
    await retain_again(database, objects, recording_id)
    async with database.reading() as session:
        held = (await session.get_one(Recording, recording_id)).held_at is not None
        parts = await kept_parts(session, recording_id)
    for part in parts:
        await objects.hold(BUCKET, part_key(part.stream, part.seq), part.version, held=held)


async def order_export(work: Work, recording_id: str, form: str, words: str) -> RecordingExport:
    """Ask for a file of a closed recording, as a ZIP or a disc image; a job makes it.

    `recording.not-closed`, `recording.export-form`, `recording.words`, `recording.exporting` while one is being made.
    """
    require(work.ctx.actor, "recording.export")
    recording = await find_recording(work.session, recording_id, lock=True)
    if recording.state != RecordingState.CLOSED:
        raise Problem("recording.not-closed", id=recording_id)
    if form not in set(ExportForm):
        raise Problem("recording.export-form")
    earlier = await exports_of(work.session, recording_id)
    if earlier and earlier[0].state == "making":
        raise Problem("recording.exporting", number=earlier[0].number)
    made = RecordingExport(
        recording=recording_id,
        number=1 + (earlier[0].number if earlier else 0),
        form=ExportForm(form),
        words=checked_words(words),
        asked_by=work.ctx.actor.id,
        asked_at=work.ctx.now,
        state="making",
        region=recording.region,
    )
    work.session.add(made)
    await enqueue(work, EXPORT, recording=recording_id, number=made.number)
    return made


async def exports_of(session: AsyncSession, recording_id: str) -> list[RecordingExport]:
    """The files made of a recording, newest first."""
    wanted = select(RecordingExport).where(RecordingExport.recording == recording_id)
    return list(await session.scalars(wanted.order_by(RecordingExport.number.desc())))


async def make_export(database: Database, objects: Objects, recording_id: str, number: int, write: Write) -> None:
    """Make, store and log a file that was asked for; safe to run again. `write(recording, path)` writes it.

    It lies under the recording's own retention, so that what was handed out can be compared for as long.
    """
    async with database.reading() as session:
        row = await session.get_one(RecordingExport, (recording_id, number))
        if row.state != "making":
            return
        until = (await session.get_one(Recording, recording_id)).retain_until
    key = export_key(recording_id, number, row.form)
    try:
        with TemporaryDirectory(prefix="export-") as folder:
            out = Path(folder) / f"recording.{row.form}"
            await write(recording_id, out)
            size, digest = out.stat().st_size, await asyncio.to_thread(_digest, out)
            with out.open("rb") as file:
                version = await objects.put(BUCKET, key, file, size, kind=KINDS[ExportForm(row.form)])
    except OSError as error:
        return await _failed(database, recording_id, number, "recording.disk-full", error)
    except Problem as problem:
        if problem.code not in LASTING:
            raise
        return await _failed(database, recording_id, number, problem.code, problem)
    await objects.retain(BUCKET, key, version, until)
    async with database.work(SYSTEM) as work:
        made = await work.session.get_one(RecordingExport, (recording_id, number), with_for_update=True)
        if made.state != "making":
            return
        recording = await work.session.get_one(Recording, recording_id)
        made.state, made.version, made.digest, made.size, made.made_at = "made", version, digest, size, work.ctx.now
        facts = {"number": number, "form": str(made.form), "file": digest.hex(), "size": size, "words": made.words}
        work.record(Event.RECORDING_EXPORTED, recording_id, section=recording.section, region=recording.region, **facts)


async def _failed(database: Database, recording_id: str, number: int, why: str, _: Exception) -> None:
    async with database.work(SYSTEM) as work:
        made = await work.session.get_one(RecordingExport, (recording_id, number), with_for_update=True)
        made.state, made.failed_why = "failed", why


def export_key(recording_id: str, number: int, form: str) -> str:
    """Where a file handed out lies."""
    return f"exports/{recording_id}/{number}.{form}"


def _digest(path: Path) -> bytes:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.digest()
