"""What a recorder writes: entries in their order, parts once the store has them, how sources do, running heads, alarms."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.permissions import require
from infra.db.work import Database, Work
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.camera import Status
from trading.recordings.ledger import EVENT, Head, Row
from trading.recordings.queries import streams_of
from trading.recordings.rules import SHORT_GAP
from trading.recordings.spool import Mark
from trading.recordings.tables import Recording, RecordingEntry, RecordingPart, RecordingState, RecordingStream

BUCKET = "recordings"


def part_key(stream: str, seq: int) -> str:
    """Where the store keeps a part."""
    return f"{stream}/{seq:012d}"


def mark_of(stream: RecordingStream) -> Mark:
    """Where the database knows a stream to stand."""
    return Mark(Head(stream.entries, stream.chain), stream.run, stream.until, stream.running)


async def append(work: Work, stream_id: str, rows: Sequence[Row]) -> None:
    """Take rows into the ledger; what stands there already is left. `recording.out-of-order`, `recording.chain` where a row
    does not follow, `recording.closed` after the root was made.
    """
    require(work.ctx.actor, "recording.write")
    stream = await lock_stream(work.session, stream_id)
    recording = await work.session.get_one(Recording, stream.recording)
    mark = mark_of(stream)
    await _same(work.session, stream_id, [row for row in rows if row.entry["seq"] <= mark.head.entries])
    fresh = [row for row in rows if row.entry["seq"] > mark.head.entries]
    if fresh and recording.state == RecordingState.CLOSED:
        raise Problem("recording.closed", id=recording.id)
    for row in fresh:
        mark = mark.after(row.entry)
        if mark.head.chain != row.chain:
            raise Problem("recording.chain", stream=stream_id, seq=row.entry["seq"])
        work.session.add(
            RecordingEntry(
                stream=stream_id, seq=row.entry["seq"], entry=dict(row.entry), chain=row.chain, region=stream.region
            )
        )
    stream.entries, stream.chain = mark.head
    stream.run, stream.until, stream.running = mark.run, mark.until, mark.running


async def store_part(database: Database, objects: Objects, stream_id: str, row: Row, data: bytes) -> None:
    """Put a part under retention and note its version; safe to run again."""
    async with database.reading() as session:
        if await session.get(RecordingPart, (stream_id, row.entry["seq"])) is not None:
            return
        stream = await session.get_one(RecordingStream, stream_id)
        recording = await session.get_one(Recording, stream.recording)
    key = part_key(stream_id, row.entry["seq"])
    version = await objects.put(BUCKET, key, data, kind="video/mp4")
    await objects.retain(BUCKET, key, version, recording.retain_until)
    if recording.held_at is not None:
        await objects.hold(BUCKET, key, version, held=True)
    async with database.work(SYSTEM) as work:
        work.session.add(
            RecordingPart(
                stream=stream_id,
                seq=row.entry["seq"],
                version=version,
                stored_at=work.ctx.now,
                region=stream.region,
            )
        )


async def heard(work: Work, stream_id: str, status: Status) -> None:
    """How a source does, as its recorder says every few seconds."""
    require(work.ctx.actor, "recording.write")
    stream = await lock_stream(work.session, stream_id)
    stream.heard_at = work.ctx.now
    if status.up:
        stream.up, stream.why, stream.down_since, stream.alarmed_at = True, None, None, None
    else:
        stream.down_since = stream.down_since or work.ctx.now
        stream.up, stream.why = False, status.why


async def publish_heads(work: Work, recording_id: str) -> bool:
    """Put the running heads of a recording into the public log; whether there was anything new to tell."""
    require(work.ctx.actor, "recording.write")
    recording = await work.session.get_one(Recording, recording_id)
    heads = [
        {"stream": one.id, "entries": one.entries, "head": one.chain.hex()}
        for one in await streams_of(work.session, recording_id)
        if one.entries
    ]
    if not heads:
        return False
    work.record(Event.RECORDING_HEADED, recording_id, section=recording.section, region=recording.region, streams=heads)
    return True


async def alarm(work: Work, recording_id: str) -> list[str]:
    """Alarm the supervising body of sources that have been down for over ten seconds, once for each time; their labels."""
    require(work.ctx.actor, "recording.write")
    recording = await work.session.get_one(Recording, recording_id, with_for_update=True)
    if recording.state != RecordingState.RUNNING:
        return []
    told = []
    for stream in await streams_of(work.session, recording_id):
        long = stream.down_since and work.ctx.now - stream.down_since > timedelta(milliseconds=SHORT_GAP)
        if not long or stream.alarmed_at is not None or not stream.mandatory:
            continue
        stream.alarmed_at = work.ctx.now
        facts = {"stream": stream.id, "label": stream.header["label"], "why": stream.why or ""}
        work.record(Event.RECORDING_GAPPED, recording_id, section=recording.section, region=recording.region, **facts)
        told.append(str(stream.header["label"]))
    return told


async def retain_again(database: Database, objects: Objects, recording_id: str) -> int:
    """Lengthen the store's retention of every part to the recording's term; safe to run again. How many parts."""
    async with database.reading() as session:
        until = (await session.get_one(Recording, recording_id)).retain_until
        parts = await kept_parts(session, recording_id)
    for part in parts:
        await objects.retain(BUCKET, part_key(part.stream, part.seq), part.version, until)
    return len(parts)


async def kept_parts(session: AsyncSession, recording_id: str) -> list[RecordingPart]:
    """Every part of a recording that the store has."""
    wanted = select(RecordingPart).join(RecordingStream, RecordingStream.id == RecordingPart.stream)
    return list(await session.scalars(wanted.where(RecordingStream.recording == recording_id)))


async def lock_stream(session: AsyncSession, stream_id: str) -> RecordingStream:
    """A stream, locked; `recording.stream-unknown`."""
    locked = select(RecordingStream).where(RecordingStream.id == stream_id).with_for_update()
    rows = await session.execute(locked.execution_options(populate_existing=True))
    found = rows.scalar_one_or_none()
    if found is None:
        raise Problem("recording.stream-unknown", id=stream_id)
    return found


async def _same(session: AsyncSession, stream_id: str, rows: Sequence[Row]) -> None:
    """`recording.chain` where the ledger holds another row of that number: two recorders wrote one stream."""
    if not rows:
        return
    numbers = [row.entry["seq"] for row in rows]
    wanted = select(RecordingEntry.seq, RecordingEntry.chain).where(
        RecordingEntry.stream == stream_id, RecordingEntry.seq.in_(numbers)
    )
    kept = {seq: chain for seq, chain in await session.execute(wanted)}
    for row in rows:
        if kept.get(row.entry["seq"]) != row.chain:
            raise Problem("recording.chain", stream=stream_id, seq=row.entry["seq"])


def has_bytes(row: Row) -> bool:
    """Whether an entry tells of a part."""
    return bool(row.entry["kind"] != EVENT)
