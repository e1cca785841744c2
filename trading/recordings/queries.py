"""Finding recordings, their streams and entries, what is not stored yet, gaps without a reason, and sources that are down."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.recordings.ledger import EVENT, Entry, Head, Row, Stream
from trading.recordings.rules import SHORT_GAP, SILENCE
from trading.recordings.tables import (
    Camera,
    Recording,
    RecordingEntry,
    RecordingPart,
    RecordingRemark,
    RecordingState,
    RecordingStream,
    StreamKind,
)
from trading.recordings.timeline import Gap, gaps
from trading.venues.states import BookingState
from trading.venues.tables import Booking, RoomKind


async def find_recording(session: AsyncSession, recording_id: str, *, lock: bool = False) -> Recording:
    """A recording, locked where it is to be changed; `recording.unknown`, as for one of another region."""
    wanted = select(Recording).where(Recording.id == recording_id)
    wanted = wanted.with_for_update().execution_options(populate_existing=True) if lock else wanted
    found = None if "\0" in recording_id else (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        raise Problem("recording.unknown", id=recording_id)
    return found


async def under_way(session: AsyncSession) -> list[Recording]:
    """The recordings that are not closed, oldest first: what a recorder serves."""
    wanted = select(Recording).where(Recording.state != RecordingState.CLOSED)
    return list((await session.execute(wanted.order_by(Recording.opened_at, Recording.id))).scalars())


async def streams_of(session: AsyncSession, recording_id: str) -> list[RecordingStream]:
    """The streams of a recording, in the order of their names: that of the root."""
    wanted = select(RecordingStream).where(RecordingStream.recording == recording_id)
    return list((await session.execute(wanted.order_by(RecordingStream.id))).scalars())


async def rows_of(session: AsyncSession, stream_id: str, first: int = 1, last: int | None = None) -> list[Row]:
    """The rows of a stream from number `first` to `last`."""
    wanted = select(RecordingEntry.entry, RecordingEntry.chain).where(
        RecordingEntry.stream == stream_id, RecordingEntry.seq >= first
    )
    wanted = wanted if last is None else wanted.where(RecordingEntry.seq <= last)
    return [Row(*row) for row in await session.execute(wanted.order_by(RecordingEntry.seq))]


async def parts_of(session: AsyncSession, stream_id: str) -> dict[int, str]:
    """Under which version the store has each part of a stream, by number."""
    wanted = select(RecordingPart.seq, RecordingPart.version).where(RecordingPart.stream == stream_id)
    return {seq: version for seq, version in await session.execute(wanted.order_by(RecordingPart.seq))}


async def remarks_of(session: AsyncSession, recording_id: str) -> list[RecordingRemark]:
    """What was said of a recording, in order."""
    wanted = select(RecordingRemark).where(RecordingRemark.recording == recording_id)
    return list((await session.execute(wanted.order_by(RecordingRemark.number))).scalars())


async def sums_of(session: AsyncSession, recording_id: str) -> list[Stream]:
    """What the root of a recording is over."""
    events: dict[str, list[Row]] = {}
    streams = await streams_of(session, recording_id)
    for stream, row in await _events(session, [one.id for one in streams]):
        events.setdefault(stream, []).append(row)
    return [Stream(one.header, Head(one.entries, one.chain), events.get(one.id, [])) for one in streams]


async def open_gaps(session: AsyncSession, recording_id: str, stream_id: str | None = None) -> list[Gap]:
    """The gaps of a recording, or of one of its streams, whatever their length."""
    streams = [one.id for one in await streams_of(session, recording_id) if stream_id in (None, one.id)]
    found: dict[str, list[Entry]] = {}
    for stream, row in await _events(session, streams):
        found.setdefault(stream, []).append(row.entry)
    return [gap for entries in found.values() for gap in gaps(entries)]


async def unexplained(session: AsyncSession, recording: Recording) -> list[tuple[str, Gap]]:
    """The gaps longer than ten seconds that nobody has given a reason for, with their streams."""
    said = {(one.stream, one.seq) for one in await remarks_of(session, recording.id)}
    end = _milliseconds(recording.stopped_at) if recording.stopped_at else None
    found = []
    for stream in await streams_of(session, recording.id):
        for gap in await open_gaps(session, recording.id, stream.id):
            lasted = gap.length(end if end is not None else stream.until)
            if lasted > SHORT_GAP and (stream.id, gap.seq) not in said:
                found.append((stream.id, gap))
    return found


async def unstored(session: AsyncSession, recording_id: str) -> dict[str, int]:
    """How many parts of each stream the store does not have, and 1 more for a source that still runs."""
    kept = select(RecordingPart.seq).where(
        RecordingPart.stream == RecordingEntry.stream, RecordingPart.seq == RecordingEntry.seq
    )
    missing = (
        select(RecordingEntry.stream, func.count())
        .join(RecordingStream, RecordingStream.id == RecordingEntry.stream)
        .where(RecordingStream.recording == recording_id, RecordingEntry.entry["kind"].astext != EVENT, ~kept.exists())
        .group_by(RecordingEntry.stream)
    )
    found = {stream: count for stream, count in await session.execute(missing)}
    for stream in await streams_of(session, recording_id):
        if stream.running:
            found[stream.id] = found.get(stream.id, 0) + 1
    return found


async def require_recording(session: AsyncSession, section_id: str, purpose: RoomKind = RoomKind.EVALUATION) -> None:
    """Nothing goes on in a room with mandatory cameras while one of them is not recorded.

    `recording.missing` where the room booked for it has mandatory cameras and no recording runs, `recording.source-down` where
    a mandatory source of the running recording is down or its recorder silent. A room without cameras asks for nothing.
    """
    now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    running = select(Recording.id).where(Recording.section == section_id, Recording.state == RecordingState.RUNNING)
    found = list((await session.execute(running)).scalars())
    for recording in found:
        for stream in await streams_of(session, recording):
            silent = stream.heard_at is None or now - stream.heard_at > timedelta(seconds=SILENCE)
            if stream.mandatory and stream.header["kind"] != StreamKind.BACKFILL and (silent or not stream.up):
                raise Problem("recording.source-down", label=stream.header["label"], why=stream.why or "silent")
    if not found and (label := await _wanted_camera(session, section_id, purpose)):
        raise Problem("recording.missing", label=label)


async def _wanted_camera(session: AsyncSession, section_id: str, purpose: RoomKind) -> str | None:
    """A mandatory camera of the room that is booked for the section, if there is one."""
    wanted = (
        select(Camera.label)
        .join(Booking, Booking.room == Camera.room)
        .where(
            Booking.section == section_id,
            Booking.purpose == purpose,
            Booking.state != BookingState.CANCELLED,
            Camera.mandatory,
            Camera.removed_at.is_(None),
        )
    )
    found: str | None = (await session.execute(wanted.order_by(Camera.label).limit(1))).scalar()
    return found


async def _events(session: AsyncSession, streams: Sequence[str]) -> list[tuple[str, Row]]:
    wanted = select(RecordingEntry.stream, RecordingEntry.entry, RecordingEntry.chain).where(
        RecordingEntry.stream.in_(streams), RecordingEntry.entry["kind"].astext == EVENT
    )
    rows = await session.execute(wanted.order_by(RecordingEntry.stream, RecordingEntry.seq))
    return [(stream, Row(entry, chain)) for stream, entry, chain in rows]


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
