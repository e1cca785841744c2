"""Reading rooms, their cameras and what is or was recorded in them, for the pages of those who watch over them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.recordings.queries import find_recording, open_gaps, remarks_of, streams_of, unexplained, unstored
from trading.recordings.rules import SHORT_GAP
from trading.recordings.tables import Camera, Recording, RecordingState, RecordingStream
from trading.recordings.timeline import Gap
from trading.sections.tables import Section
from trading.venues.tables import Room

PAGE = 30


class RoomRow(NamedTuple):
    """A room with how many cameras it has, how many of them mandatory, and what is recorded in it now."""

    room: Room
    cameras: int
    mandatory: int
    running: Recording | None


class Row(NamedTuple):
    """A recording with its room and section."""

    recording: Recording
    room: Room
    section: Section


class GapRow(NamedTuple):
    """A gap of a source, the reason that was given, and whether one is still wanted before the recording is closed."""

    gap: Gap
    words: str
    wanted: bool


class Source(NamedTuple):
    """One source of a recording with its gaps."""

    stream: RecordingStream
    gaps: list[GapRow]


class Shown(NamedTuple):
    """A recording whole: its sources, how many parts the store lacks, by source, and what was waived."""

    row: Row
    sources: list[Source]
    missing: dict[str, int]
    waived: str


async def rooms_in(session: AsyncSession, region: str) -> list[RoomRow]:
    """The rooms of a region, by name."""
    rooms = select(Room).where(Room.closed_at.is_(None), Room.region == region).order_by(Room.name)
    counted = select(Camera.room, func.count(), func.count().filter(Camera.mandatory)).where(
        Camera.removed_at.is_(None)
    )
    cameras = {room: (all_, must) for room, all_, must in await session.execute(counted.group_by(Camera.room))}
    live = select(Recording).where(Recording.state != RecordingState.CLOSED)
    running = {one.room: one for one in await session.scalars(live)}
    return [RoomRow(room, *cameras.get(room.id, (0, 0)), running.get(room.id)) for room in await session.scalars(rooms)]


async def find_room(session: AsyncSession, room_id: str, region: str) -> Room:
    """A room of a region; `room.unknown`."""
    found = select(Room).where(Room.id == room_id, Room.region == region)
    room = None if "\0" in room_id else (await session.execute(found)).scalar_one_or_none()
    if room is None:
        raise Problem("room.unknown", id=room_id)
    return room


async def recordings_in(
    session: AsyncSession, region: str, *, room: str | None = None, state: str = "", page: int = 1, size: int = PAGE
) -> tuple[list[Row], int]:
    """The recordings of a region, newest first, `size` a page, and how many there are."""
    wanted = (
        select(Recording, Room, Section)
        .join(Room, Room.id == Recording.room)
        .join(Section, Section.id == Recording.section)
        .where(Recording.region == region)
    )
    if room is not None:
        wanted = wanted.where(Recording.room == room)
    if state in set(RecordingState):
        wanted = wanted.where(Recording.state == state)
    total = (await session.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    rows = wanted.order_by(Recording.opened_at.desc(), Recording.id).limit(size).offset((page - 1) * size)
    return [Row(*one) for one in await session.execute(rows)], total


async def shown(session: AsyncSession, recording_id: str, now: datetime) -> Shown:
    """A recording with everything that is told of it; `recording.unknown`."""
    recording = await find_recording(session, recording_id)
    room, section = await session.get_one(Room, recording.room), await session.get_one(Section, recording.section)
    remarks = [one.said for one in await remarks_of(session, recording_id)]
    words = {(one["stream"], one["seq"]): str(one["words"]) for one in remarks if one["about"] == "gap"}
    waived = next((str(one["words"]) for one in remarks if one["about"] == "waiver"), "")
    wanted = {(stream, gap.seq) for stream, gap in await unexplained(session, recording)}
    sources = []
    for stream in await streams_of(session, recording_id):
        rows = [
            GapRow(gap, words.get((stream.id, gap.seq), ""), (stream.id, gap.seq) in wanted)
            for gap in await open_gaps(session, recording_id, stream.id)
        ]
        sources.append(Source(stream, _telling(rows, now)))
    missing = {} if recording.state == RecordingState.CLOSED else await unstored(session, recording_id)
    return Shown(Row(recording, room, section), sources, missing, waived)


def _telling(rows: Sequence[GapRow], now: datetime) -> list[GapRow]:
    """The gaps that are told: longer than a moment, or with a reason."""
    at = int(now.timestamp() * 1000)
    return [one for one in rows if one.words or one.wanted or one.gap.length(at) > SHORT_GAP // 10]
