"""Watching a recording: who may, what of it there is to see, what happened meanwhile, and who has watched it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.rules import Outcome, Read
from infra.access.tables import AccessLine
from infra.auth.permissions import require
from infra.db.journal import Line
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.recordings.ledger import EVENT, SEGMENT, Entry
from trading.recordings.queries import find_recording, parts_of, rows_of
from trading.recordings.tables import (
    Recording,
    RecordingEntry,
    RecordingKind,
    RecordingPart,
    RecordingState,
    RecordingStream,
)
from trading.sections.states import SectionState
from trading.sections.tables import Section

MINUTE = 60_000
FRESH = timedelta(minutes=10)
REASON_LASTS = timedelta(hours=12)
VIEWINGS = 100
SECRET = frozenset({SectionState.OPENED, SectionState.EVALUATING, SectionState.PRICING})
"""While a section stands here, nobody but the supervising body sees its committee at work (TBL 38, GPR 41)."""
QUIET = frozenset({Event.RECORDING_HEADED, Event.RECORDING_GAPPED, Event.MARK_DRAFTED})


class Moment(NamedTuple):
    """Something that happened while it was recorded; `mark` is the bid, item and published mark where it is one."""

    at: datetime
    event: Event
    judge: str
    mark: tuple[str, str, str] | None = None


class Viewing(NamedTuple):
    """One person's watching: from when on, what for, and which minutes of which source, in milliseconds since 1970."""

    actor: str
    role: str
    at: datetime
    read: Read
    why: str
    spans: Mapping[str, list[tuple[int, int]]]


class Part(NamedTuple):
    """A part that may be seen, and as which version of the store."""

    recording: Recording
    entry: Entry
    version: str


async def recording_to_watch(session: AsyncSession, actor: Actor, recording_id: str) -> Recording:
    """A recording that this person may watch now.

    `recording.unknown`, `permission.denied`; `recording.secret` for the centre while it goes on, or while the section's
    committee is at work: then only the supervising body sees it (TBL 38).
    """
    require(actor, "recording.watch")
    recording = await find_recording(session, recording_id)
    if actor.role is not Role.SUPERVISOR:
        section = await session.get_one(Section, recording.section)
        inside = recording.kind != RecordingKind.OPENING and section.state in SECRET
        if recording.state == RecordingState.RUNNING or inside:
            raise Problem("recording.secret", id=recording_id)
    return recording


async def may_watch(session: AsyncSession, actor: Actor, recording_id: str) -> bool:
    """Whether this person may watch a recording now, for pages that offer it."""
    try:
        await recording_to_watch(session, actor, recording_id)
    except Problem:
        return False
    return True


async def require_idle(session: AsyncSession, actor: Actor, room: str) -> None:
    """`camera.in-use` for the centre while a committee is recorded in the room: a test picture is no window into it."""
    running = select(Recording).where(Recording.room == room, Recording.state == RecordingState.RUNNING)
    for one in await session.scalars(running):
        if actor.role is not Role.SUPERVISOR and one.kind != RecordingKind.OPENING:
            raise Problem("camera.in-use", room=room)


async def stream_to_watch(session: AsyncSession, recording: Recording, stream_id: str) -> RecordingStream:
    """A source of a recording; `recording.stream-unknown`, as for one of another recording."""
    found = None if "\0" in stream_id else await session.get(RecordingStream, stream_id)
    if found is None or found.recording != recording.id:
        raise Problem("recording.stream-unknown", id=stream_id)
    return found


async def part_to_watch(session: AsyncSession, actor: Actor, recording_id: str, stream_id: str, seq: int) -> Part:
    """One part; `recording.part-unknown` where there is none or the store lacks it, and what `recording_to_watch` refuses."""
    recording = await recording_to_watch(session, actor, recording_id)
    stream = await stream_to_watch(session, recording, stream_id)
    row = await session.get(RecordingEntry, (stream.id, seq)) if seq < 2**62 else None
    kept = await session.get(RecordingPart, (stream.id, seq)) if row is not None else None
    if row is None or kept is None:
        raise Problem("recording.part-unknown", seq=seq)
    return Part(recording, row.entry, kept.version)


async def there(session: AsyncSession, stream: RecordingStream, *, ended: bool) -> list[Entry]:
    """The entries of a stream that can be seen: all that the store has, and while it grows only as far as none is missing."""
    stored, found = set(await parts_of(session, stream.id)), list[Entry]()
    for row in await rows_of(session, stream.id):
        if row.entry["kind"] == EVENT or row.entry["seq"] in stored:
            found.append(row.entry)
        elif not ended:
            break
    return found


async def given_reason(session: AsyncSession, actor: Actor, recording: Recording, now: datetime) -> str:
    """What this person said the recording is watched for, within the last twelve hours; `recording.no-reason`."""
    for line in await _lines(session, actor, recording.id, now - REASON_LASTS):
        if "why" in line.facts:
            return str(line.facts["why"])
    raise Problem("recording.no-reason", id=recording.id)


async def is_noted(
    session: AsyncSession, actor: Actor, recording: Recording, facts: Mapping[str, Any], now: datetime
) -> bool:
    """Whether it stands in the access log already that this person watched this minute within the last ten minutes."""
    lines = await _lines(session, actor, recording.id, now - FRESH)
    return any(all(line.facts.get(name) == value for name, value in facts.items()) for line in lines)


def minute_of(stream: str, entry: Entry) -> dict[str, Any]:
    """Which minute of a source an entry's picture belongs to, as the access log tells it."""
    begun = int(entry["wall"]) // MINUTE * MINUTE
    return {"stream": stream, "since": begun, "until": begun + MINUTE}


async def viewings_of(session: AsyncSession, recording_id: str) -> list[Viewing]:
    """Who has watched or exported a recording, newest first, at most a hundred."""
    reads = (Read.RECORDING_WATCHED, Read.RECORDING_EXPORTED)
    wanted = select(AccessLine).where(
        AccessLine.subject == recording_id, AccessLine.read.in_(reads), AccessLine.outcome == Outcome.GRANTED
    )
    return viewings(await session.scalars(wanted.order_by(AccessLine.id)))[-VIEWINGS:][::-1]


def viewings(lines: Iterable[AccessLine]) -> list[Viewing]:
    """The lines of a recording, in order, as viewings: a minute belongs to its reader's last one. Pure."""
    found: list[Viewing] = []
    last: dict[str, Viewing] = {}
    for line in lines:
        facts = line.facts
        if "why" in facts:
            last[line.actor] = Viewing(line.actor, line.role, line.at, Read(line.read), str(facts["why"]), {})
            found.append(last[line.actor])
        elif line.actor in last:
            spans = last[line.actor].spans
            assert isinstance(spans, dict)
            spans[facts["stream"]] = joined([*spans.get(facts["stream"], []), (facts["since"], facts["until"])])
    return found


def joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of time in order, those that meet made one. Pure."""
    found: list[tuple[int, int]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return found


async def moments_of(session: AsyncSession, recording: Recording, now: datetime) -> list[Moment]:
    """What happened in the section while it was recorded, in order; when which mark was given once marks are public."""
    within = (
        Line.section == recording.section,
        Line.at >= recording.opened_at,
        Line.at <= (recording.stopped_at or now),
    )
    rows = await session.execute(select(Line.at, Line.event, Line.subject, Line.facts).where(*within).order_by(Line.id))
    marks, found = await _public_marks(session, recording.section), list[Moment]()
    for at, name, subject, facts in rows:
        event = Event(name)
        judge = subject.rpartition("#")[2] if "#" in subject else ""
        if event is Event.MARK_DRAFTED:
            mark = marks.get((judge, facts["bid"], facts.get("item", "")))
            if mark is not None:
                found.append(Moment(at, event, judge, (facts["bid"], facts["item"], mark)))
        elif event not in QUIET:
            found.append(Moment(at, event, judge))
    return found


def runs_seen(entries: Iterable[Entry]) -> list[tuple[int, int]]:
    """From when to when there is a picture, in milliseconds since 1970. Pure."""
    spans = [(one["wall"], one["wall"] + one["length"]) for one in entries if one["kind"] == SEGMENT]
    found: list[tuple[int, int]] = []
    for since, until in spans:
        if found and since - found[-1][1] < MINUTE // 120:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


async def _public_marks(session: AsyncSession, section_id: str) -> dict[tuple[str, str, str], str]:
    """Every published mark of a section, by judge, bid (or its label) and item; none before they are public."""
    wanted = select(Line.facts).where(Line.section == section_id, Line.event == Event.MARKS_PUBLISHED)
    found: dict[tuple[str, str, str], str] = {}
    for facts in await session.scalars(wanted.order_by(Line.id)):
        for judge, sheet in facts["sheets"].items():
            for bid, items in sheet["marks"].items():
                found |= {(judge, bid, item): str(mark) for item, mark in items.items()}
    return found


async def _lines(session: AsyncSession, actor: Actor, recording_id: str, since: datetime) -> list[AccessLine]:
    """What this person has watched of a recording since then, newest first."""
    wanted = select(AccessLine).where(
        AccessLine.subject == recording_id,
        AccessLine.at >= since,
        AccessLine.actor == actor.id,
        AccessLine.read == Read.RECORDING_WATCHED,
        AccessLine.outcome == Outcome.GRANTED,
    )
    return list(await session.scalars(wanted.order_by(AccessLine.id.desc())))
