"""The live wall: every source that is recorded now, side by side, with what is down; for the supervising body."""

from datetime import timedelta
from typing import Any, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.problems import Problem
from trading.recordings.listing import Row, recordings_in
from trading.recordings.queries import streams_of
from trading.recordings.rules import SHORT_GAP, SILENCE
from trading.recordings.tables import Recording, RecordingState, RecordingStream
from trading.recordings.watching import given_reason
from web.forms import address
from web.i18n import N_
from web.recordings.disc import KINDS, WHYS
from web.recordings.words import SOURCES, STARTING
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

WHY = N_("live wall")
EACH = 12
MOST = 500
_WHYS = WHYS | {"starting": STARTING}


class Source(NamedTuple):
    """A source on the wall; `why` is empty while it is recorded, `alarm` once it has been down for over ten seconds."""

    stream: RecordingStream
    why: str
    alarm: bool


class Room(NamedTuple):
    """What is recorded in a room now."""

    row: Row
    sources: list[Source]


@get("/recordings/wall.json", opt={"audience": ("supervisor",), "packed": True})
async def wall_state(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """How every source that is recorded now does: `why` it is down in words, empty while it is recorded, and the alarms."""
    rooms = await _rooms(visit, stack)
    told = {
        source.stream.id: {"why": visit.texts.gettext(_WHYS[source.why]) if source.why else "", "alarm": source.alarm}
        for room in rooms
        for source in room.sources
    }
    return Response({"sources": told}, headers={"Cache-Control": "no-store"})


@get("/recordings/wall", opt={"audience": ("supervisor",), "reads": Read.RECORDING_WATCHED})
async def wall_page(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Twelve recordings a page, those with an alarm first; that they were looked at stands with each of them."""
    number = dict(visit.asked).get("page", "1")
    at = min(int(number), 1000) if number.isascii() and number.isdigit() and int(number) > 0 else 1
    rooms = await _rooms(visit, stack)
    shown = rooms[(at - 1) * EACH : at * EACH]
    for one in shown:
        await _say(request, visit, stack, one.row.recording)
    return page(
        visit,
        "recordings/wall.html",
        demo=stack.demo,
        rooms=shown,
        total=len(rooms),
        number=at,
        last=max(1, -(-len(rooms) // EACH)),
        alarms=sum(source.alarm for one in rooms for source in one.sources),
        kinds=KINDS,
        sources=SOURCES,
        whys=_WHYS,
    )


async def _rooms(visit: Visit, stack: Stack) -> list[Room]:
    """What is recorded now, rooms with an alarm first."""
    async with stack.database.reading(visit.actor) as session:
        rows, _ = await recordings_in(session, visit.actor.region or "", state=RecordingState.RUNNING, size=MOST)
        found = [
            Room(row, [_source(one, visit) for one in await streams_of(session, row.recording.id)]) for row in rows
        ]
    return sorted(found, key=lambda one: (not any(source.alarm for source in one.sources), one.row.room.name))


async def _say(request: AnyRequest, visit: Visit, stack: Stack, recording: Recording) -> None:
    """Write down what this recording is looked at for, once for so long as a reason lasts."""
    try:
        async with stack.database.reading(visit.actor) as session:
            await given_reason(session, visit.actor, recording, visit.now)
    except Problem:
        told = {"section": recording.section, "why": visit.texts.gettext(WHY)}
        async with recorded(
            stack.database, visit.actor, address(request), Read.RECORDING_WATCHED, recording.id, **told
        ):
            pass


def _source(stream: RecordingStream, visit: Visit) -> Source:
    silent = stream.heard_at is None or visit.now - stream.heard_at > timedelta(seconds=SILENCE)
    if stream.up and not silent:
        return Source(stream, "", alarm=False)
    since = stream.down_since or stream.heard_at
    long = since is not None and visit.now - since > timedelta(milliseconds=SHORT_GAP)
    return Source(stream, "silent" if stream.up else stream.why or "silent", alarm=bool(stream.mandatory and long))


HANDLERS: list[ControllerRouterHandler] = [wall_state, wall_page]
