"""What everybody may read of a section's recordings, once its committee's acts are public: times, gaps, roots, no picture."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.publication.queries import Dossier
from trading.recordings.ledger import SEGMENT
from trading.recordings.queries import open_gaps, remarks_of, streams_of
from trading.recordings.rules import SHORT_GAP
from trading.recordings.tables import Recording, RecordingEntry, RecordingState, RecordingStream
from trading.recordings.timeline import Gap


class ToldGap(NamedTuple):
    """A gap and the reason that was given for it, empty for none."""

    gap: Gap
    words: str


class ToldSource(NamedTuple):
    """A source by its label: how many milliseconds of it there are, and its gaps."""

    stream: RecordingStream
    lasts: int
    gaps: list[ToldGap]


class ToldRecording(NamedTuple):
    """A recording as the public reads of it; `waived` why the supervising body did without missing parts, empty for no."""

    recording: Recording
    sources: list[ToldSource]
    waived: str


async def told_recordings(session: AsyncSession, found: Dossier) -> list[ToldRecording]:
    """A section's recordings, oldest first; none before its judges' acts are public."""
    if not found.judged:
        return []
    wanted = select(Recording).where(Recording.section == found.section.id).order_by(Recording.opened_at, Recording.id)
    return [await _told(session, one) for one in await session.scalars(wanted)]


async def told_recording(session: AsyncSession, found: Dossier, recording_id: str) -> Recording:
    """One of these, closed; `recording.unknown` for any other."""
    for one in await told_recordings(session, found):
        if one.recording.id == recording_id and one.recording.state == RecordingState.CLOSED:
            return one.recording
    raise Problem("recording.unknown", id=recording_id)


async def _told(session: AsyncSession, recording: Recording) -> ToldRecording:
    remarks = [one.said for one in await remarks_of(session, recording.id)]
    words = {(one["stream"], one["seq"]): str(one["words"]) for one in remarks if one["about"] == "gap"}
    sources = []
    for stream in await streams_of(session, recording.id):
        end = _ms(recording.stopped_at) if recording.stopped_at else stream.until
        told = [
            ToldGap(gap, words.get((stream.id, gap.seq), ""))
            for gap in await open_gaps(session, recording.id, stream.id)
            if gap.length(end) > SHORT_GAP // 10
        ]
        sources.append(ToldSource(stream, await _lasts(session, stream.id), told))
    return ToldRecording(
        recording, sources, next((str(one["words"]) for one in remarks if one["about"] == "waiver"), "")
    )


async def _lasts(session: AsyncSession, stream_id: str) -> int:
    wanted = select(RecordingEntry.entry["length"].as_integer()).where(
        RecordingEntry.stream == stream_id, RecordingEntry.entry["kind"].astext == SEGMENT
    )
    return sum(await session.scalars(wanted))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
