"""A closed recording written into a folder, with what the public log told of it (docs/formats/recording.md)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.discs import Shown, lay_out, lay_out_stream, write_part
from trading.recordings.queries import find_recording, parts_of, rows_of, streams_of
from trading.recordings.storing import BUCKET, part_key
from trading.recordings.tables import Recording, RecordingState


async def published(session: AsyncSession, recording_id: str) -> dict[str, Any]:
    """What the public log tells of a recording: the key, where its streams begin, running heads, and the root at the end."""
    names = (Event.RECORDING_OPENED, Event.RECORDING_JOINED, Event.RECORDING_HEADED, Event.RECORDING_CLOSED)
    wanted = select(Line.event, Line.facts).where(Line.subject == recording_id, Line.event.in_(names))
    found: dict[str, Any] = {"recording": recording_id, "key": None, "root": None, "begun": {}, "heads": []}
    for event, facts in await session.execute(wanted.order_by(Line.id)):
        if event == Event.RECORDING_OPENED:
            found["key"] = facts["key"]
            found["begun"] |= {one["stream"]: one["begin"] for one in facts["streams"]}
        elif event == Event.RECORDING_JOINED:
            found["begun"][facts["stream"]["stream"]] = facts["stream"]["begin"]
        else:
            found["heads"] += facts["streams"]
            found["root"] = facts.get("root", found["root"])
    return found


async def write_folder(
    database: Database, objects: Objects, recording_id: str, folder: Path, pages: Mapping[str, bytes] | None = None
) -> Recording:
    """Write a closed recording into an empty folder; `pages` lie beside it. `recording.not-closed`, `objects.…`.

    Parts that were waived are left out; the verifier knows of them from the signed document.
    """
    async with database.reading() as session:
        recording = await find_recording(session, recording_id)
        if recording.state != RecordingState.CLOSED or recording.document is None or recording.signature is None:
            raise Problem("recording.not-closed", id=recording_id)
        told, streams = await published(session, recording_id), await streams_of(session, recording_id)
    lay_out(folder, recording.document, recording.signature, told, pages)
    for stream in streams:
        async with database.reading() as session:
            shown, parts = Shown(stream.header, await rows_of(session, stream.id)), await parts_of(session, stream.id)
        lay_out_stream(folder, shown, set(parts))
        for seq, version in parts.items():
            write_part(folder, stream.id, seq, await objects.get(BUCKET, part_key(stream.id, seq), version))
    return recording


async def streams_shown(session: AsyncSession, recording_id: str) -> list[Shown]:
    """The streams of a recording with their rows, for the page on a disc."""
    return [Shown(one.header, await rows_of(session, one.id)) for one in await streams_of(session, recording_id)]
