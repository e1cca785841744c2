"""A recording is opened, stopped, explained where it has gaps, closed over a root that is logged, and kept longer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from infra.auth.certification import refuse_revoked
from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.auth.signing import verify_signature
from infra.crypto.sign import ed25519_public, sign_ed25519
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.recordings.cameras import cameras_of
from trading.recordings.ledger import begin, document, header, signed_bytes
from trading.recordings.queries import find_recording, open_gaps, remarks_of, sums_of, unexplained, unstored
from trading.recordings.remarks import reason_message
from trading.recordings.rules import KEEP, checked_words, longer_term
from trading.recordings.tables import (
    Recording,
    RecordingKind,
    RecordingRemark,
    RecordingState,
    RecordingStream,
    StreamKind,
)
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.queries import find_own_section
from trading.sections.tables import Section
from trading.venues.tables import Room


class Signed(NamedTuple):
    """A signature under the reason for a gap, and the certificate of the key that made it."""

    certificate: bytes
    signature: bytes


KEY = "recording-signing/v1"
"""The label under which the key service makes the key that signs recordings."""


def signing_key(service: KeyService) -> bytes:
    """The Ed25519 key that signs this platform's recordings; its public half stands in each opening's log entry."""
    return service.tag(KEY, "", b"")


async def open_recording(
    work: Work, service: KeyService, section_id: str, room_id: str, kind: RecordingKind
) -> Recording:
    """Begin to record a section in a room, with every camera of the room; `recording.running`, `room.unknown`,
    `section.unknown`.
    """
    require(work.ctx.actor, "recording.open")
    section = await find_own_section(work.session, work.ctx.actor, section_id)
    locked = select(Room).where(Room.id == room_id, Room.region == section.region).with_for_update()
    room = None if "\0" in room_id else (await work.session.execute(locked)).scalar_one_or_none()
    if room is None:
        raise Problem("room.unknown", id=room_id)
    running = select(Recording.id).where(Recording.room == room.id, Recording.state != RecordingState.CLOSED)
    if (await work.session.execute(running)).scalar() is not None:
        raise Problem("recording.running", room=room.name)
    recording = Recording(
        id=work.ctx.new_id("recording"),
        section=section.id,
        room=room.id,
        kind=kind,
        state=RecordingState.RUNNING,
        opened_at=work.ctx.now,
        retain_until=kept_until(section, work.ctx.now, work.ctx.mode),
        region=section.region,
    )
    work.session.add(recording)
    await work.session.flush()
    streams = [
        add_stream(work, recording, StreamKind(camera.kind), camera.label, mandatory=camera.mandatory, camera=camera.id)
        for camera in await cameras_of(work.session, room.id)
    ]
    work.record(
        Event.RECORDING_OPENED,
        recording.id,
        section=section.id,
        region=section.region,
        kind=str(kind),
        room=room.name,
        key=ed25519_public(signing_key(service)).hex(),
        streams=[_begun(stream) for stream in streams],
    )
    return recording


def add_stream(
    work: Work,
    recording: Recording,
    kind: StreamKind,
    label: str,
    *,
    mandatory: bool,
    camera: str | None = None,
    of: str | None = None,
) -> RecordingStream:
    """A stream without entries; `of` names the stream whose gap a backfill fills. The caller's event tells of it."""
    found = work.ctx.new_id("stream")
    told = header(recording.id, found, str(kind), label, mandatory=mandatory, of=of)
    stream = RecordingStream(
        id=found,
        recording=recording.id,
        camera=camera,
        header=told,
        mandatory=mandatory,
        entries=0,
        chain=begin(told).chain,
        run=0,
        until=0,
        running=False,
        up=False,
        why="starting",
        down_since=work.ctx.now,
        region=recording.region,
    )
    work.session.add(stream)
    return stream


async def join_recording(
    work: Work, recording_id: str, kind: StreamKind, label: str, *, mandatory: bool = False, of: str | None = None
) -> RecordingStream:
    """Another source joins a recording: a browser, a screen, or what a network recorder kept of a gap (`of`).

    `recording.not-running`; a backfill may join until the recording is closed.
    """
    require(work.ctx.actor, "recording.join")
    recording = await find_recording(work.session, recording_id, lock=True)
    wanted = (RecordingState.RUNNING, RecordingState.STOPPED) if of else (RecordingState.RUNNING,)
    if recording.state not in wanted:
        raise Problem("recording.not-running", id=recording_id)
    stream = add_stream(work, recording, kind, checked_words(label), mandatory=mandatory, of=of)
    _record(work, Event.RECORDING_JOINED, recording, stream=_begun(stream))
    return stream


async def stop_recording(work: Work, recording_id: str) -> None:
    """The room is done: sources end, what waits is stored. `recording.not-running`."""
    require(work.ctx.actor, "recording.open")
    recording = await find_recording(work.session, recording_id, lock=True)
    if recording.state != RecordingState.RUNNING:
        raise Problem("recording.not-running", id=recording_id)
    recording.state, recording.stopped_at = RecordingState.STOPPED, work.ctx.now
    _record(work, Event.RECORDING_STOPPED, recording)


async def explain_gap(
    work: Work, authority: bytes, recording_id: str, stream_id: str, seq: int, words: str, signed: Signed
) -> None:
    """Say why a gap came about, signed; the gap is named by its event's number.

    `recording.not-a-gap`, `.explained`, `.words`, `.closed`; `signing.…` unless the actor's own certified key signed it.
    """
    require(work.ctx.actor, "recording.explain")
    recording = await find_recording(work.session, recording_id, lock=True)
    if recording.state == RecordingState.CLOSED:
        raise Problem("recording.closed", id=recording_id)
    if seq not in {gap.seq for gap in await open_gaps(work.session, recording_id, stream_id)}:
        raise Problem("recording.not-a-gap", seq=seq)
    if any((one.stream, one.seq) == (stream_id, seq) for one in await remarks_of(work.session, recording_id)):
        raise Problem("recording.explained", seq=seq)
    words = checked_words(words)
    message = reason_message(recording_id, stream_id, seq, words)
    signer = verify_signature(authority, signed.certificate, signed.signature, message, work.ctx.now)
    if (await refuse_revoked(work.session, signer)).account != work.ctx.actor.id:
        raise Problem("signing.bad-signature", serial=signer.serial)
    said = {
        "about": "gap",
        "stream": stream_id,
        "seq": seq,
        "words": words,
        "key": signer.key.hex(),
        "signature": signed.signature.hex(),
    }
    await _remark(work, recording, said, stream_id, seq)
    _record(work, Event.RECORDING_EXPLAINED, recording, stream=stream_id, seq=seq, words=said["words"])


async def close_recording(work: Work, service: KeyService, recording_id: str, waiver: str | None = None) -> Recording:
    """Close a stopped recording over its root, which is signed and logged.

    `recording.not-stopped`, `recording.gap-unexplained`, and `recording.incomplete` while a source still runs or parts are not
    in the store, unless the supervising body waives them with a reason.
    """
    require(work.ctx.actor, "recording.close" if waiver is None else "recording.waive")
    recording = await find_recording(work.session, recording_id, lock=True)
    if recording.state != RecordingState.STOPPED:
        raise Problem("recording.not-stopped", id=recording_id)
    await _check_gaps(work, recording)
    missing = await unstored(work.session, recording_id)
    if missing and waiver is None:
        raise Problem("recording.incomplete", parts=sum(missing.values()), sources=len(missing))
    if waiver is not None:
        said = {"about": "waiver", "missing": dict(sorted(missing.items())), "words": checked_words(waiver)}
        await _remark(work, recording, said, None, None)
        await work.session.flush()
    told = await _document(work, recording, ed25519_public(signing_key(service)))
    recording.document, recording.signature = told, sign_ed25519(signing_key(service), signed_bytes(told))
    recording.state, recording.closed_at = RecordingState.CLOSED, work.ctx.now
    heads = [
        {"stream": one["header"]["stream"], "entries": one["entries"], "head": one["head"]} for one in told["streams"]
    ]
    _record(work, Event.RECORDING_CLOSED, recording, root=told["root"], streams=heads, waived=waiver is not None)
    return recording


async def keep_longer(work: Work, recording_id: str, until: datetime, words: str) -> Recording:
    """Keep a recording longer than the law's term, as for a dispute; it is never shortened: `recording.shortened`."""
    require(work.ctx.actor, "recording.keep")
    recording = await find_recording(work.session, recording_id, lock=True)
    recording.retain_until = longer_term(recording.retain_until, until)
    _record(work, Event.RECORDING_KEPT, recording, until=stamp(until), words=checked_words(words))
    await enqueue(work, KEEP, recording=recording_id)
    return recording


def kept_until(section: Section, at: datetime, mode: str) -> datetime:
    """Until when a recording of a section is kept: the rule set's years (GPL 42, CQ 38)."""
    until = regime_of(section, mode).years_after(at, Rule.RETENTION_YEARS)
    return max(until, at + timedelta(seconds=1))


async def _check_gaps(work: Work, recording: Recording) -> None:
    waiting = await unexplained(work.session, recording)
    if waiting:
        raise Problem("recording.gap-unexplained", gaps=len(waiting))


async def _document(work: Work, recording: Recording, key: bytes) -> dict[str, Any]:
    room = await work.session.get_one(Room, recording.room)
    facts = {
        "recording": recording.id,
        "section": recording.section,
        "room": room.name,
        "kind": str(recording.kind),
        "opened": stamp(recording.opened_at),
        "closed": stamp(work.ctx.now),
    }
    said = [dict(one.said) for one in await remarks_of(work.session, recording.id)]
    return document(facts, await sums_of(work.session, recording.id), said, key)


async def _remark(
    work: Work, recording: Recording, said: Mapping[str, Any], stream: str | None, seq: int | None
) -> None:
    number = select(func.count()).where(RecordingRemark.recording == recording.id)
    by = {"by": work.ctx.actor.id, "role": str(work.ctx.actor.role), "at": stamp(work.ctx.now)}
    work.session.add(
        RecordingRemark(
            recording=recording.id,
            number=(await work.session.execute(number)).scalar_one() + 1,
            said={**said, **by},
            stream=stream,
            seq=seq,
            said_at=work.ctx.now,
            region=recording.region,
        )
    )


def _begun(stream: RecordingStream) -> dict[str, Any]:
    return {**stream.header, "begin": stream.chain.hex()}


def _record(work: Work, event: Event, recording: Recording, **facts: Any) -> None:
    work.record(event, recording.id, section=recording.section, region=recording.region, **facts)
