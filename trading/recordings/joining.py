"""Who may record a section's room with a browser: the centre, the section's own agent, and a judge the own screen."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Seat
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from trading.projects.queries import visible_projects
from trading.projects.tables import Project
from trading.recordings.actions import join_recording
from trading.recordings.queries import find_recording
from trading.recordings.tables import Recording, RecordingState, RecordingStream, StreamKind
from trading.sections.tables import Section
from trading.venues.tables import Room

BROWSERS = {"browser": StreamKind.BROWSER, "screen": StreamKind.SCREEN}


async def join_by_browser(work: Work, recording_id: str, kind: str, label: str, *, mandatory: bool) -> RecordingStream:
    """A camera of this machine, or its screen, joins a running recording.

    `recording.unknown` for a stranger's, `recording.not-running`, `recording.source`; only the centre makes a source mandatory.
    """
    actor = work.ctx.actor
    require(actor, "recording.join")
    await own_recording(work.session, actor, recording_id)
    if kind not in BROWSERS or (actor.role == Role.JUDGE and kind != "screen"):
        raise Problem("recording.source")
    mandatory = mandatory and actor.role == Role.CENTRE
    return await join_recording(work, recording_id, BROWSERS[kind], label, mandatory=mandatory)


async def own_recording(session: AsyncSession, actor: Actor, recording_id: str) -> Recording:
    """A recording that the actor may add to; `recording.unknown` for any other."""
    found = await find_recording(session, recording_id)
    if found.section not in await _own_sections(session, actor, [found.section]):
        raise Problem("recording.unknown", id=recording_id)
    return found


async def own_stream(session: AsyncSession, actor: Actor, recording_id: str, stream_id: str) -> RecordingStream:
    """A source of such a recording that a browser feeds; `recording.stream-unknown`."""
    await own_recording(session, actor, recording_id)
    stream = None if "\0" in stream_id else await session.get(RecordingStream, stream_id)
    if stream is None or stream.recording != recording_id or stream.header["kind"] not in BROWSERS:
        raise Problem("recording.stream-unknown", id=stream_id)
    return stream


async def recordings_to_join(session: AsyncSession, actor: Actor) -> list[tuple[Recording, Section, Room]]:
    """The running recordings that the actor may join, the newest first."""
    wanted = (
        select(Recording, Section, Room)
        .join(Section, Section.id == Recording.section)
        .join(Room, Room.id == Recording.room)
        .where(Recording.state == RecordingState.RUNNING)
        .order_by(Recording.opened_at.desc(), Recording.id)
    )
    rows = [(one, section, room) for one, section, room in await session.execute(wanted)]
    own = await _own_sections(session, actor, [section.id for _, section, _ in rows])
    return [row for row in rows if row[1].id in own]


async def _own_sections(session: AsyncSession, actor: Actor, sections: Sequence[str]) -> set[str]:
    """Which of these sections the actor records: a judge that of the own seat, anybody else those of visible projects."""
    if actor.role == Role.JUDGE:
        seat = await session.get(Seat, actor.id)
        return {seat.section} & set(sections) if seat is not None and seat.certificate is not None else set()
    own = visible_projects(actor).with_only_columns(Project.id)
    wanted = select(Section.id).where(Section.id.in_(sections), Section.project.in_(own))
    return set((await session.execute(wanted)).scalars())
