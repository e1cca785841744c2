"""Rooms with their cameras, and recordings with their sources and gaps: for the centre and the supervising body."""

import asyncio
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.canonical import unb64
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.recordings.actions import (
    Signed,
    close_recording,
    explain_gap,
    keep_longer,
    open_recording,
    stop_recording,
)
from trading.recordings.cameras import address_of, cameras_of, enter_camera, find_camera, remove_camera
from trading.recordings.keeping import hold_recording, release_recording
from trading.recordings.listing import PAGE, find_room, recordings_in, rooms_in, shown
from trading.recordings.picture import take_picture
from trading.recordings.rules import shown_address
from trading.recordings.sizing import need
from trading.recordings.tables import CameraKind, RecordingKind, RecordingState
from trading.recordings.watching import may_watch, require_idle
from web.forms import Fields, Form, address, begin, typed
from web.procurement.times import typed_time
from web.recordings.disc import KINDS, WHYS
from web.recordings.viewings import seen_by
from web.recordings.words import CAMERAS, READS, SOURCES, STARTING, STATES, TONES
from web.render import PageResponse, page
from web.state import Stack
from web.visit import AnyRequest, Visit

WATCHERS = {"audience": ("centre", "supervisor")}
CENTRE = {"audience": "centre"}
USUAL = {"rooms": "10", "cameras": "3", "rate": "2", "hours": "8", "days": "250", "years": "15"}
RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
AT_FIELDS = {
    "camera.label": "label",
    "camera.known": "label",
    "camera.address": "address",
    "section.unknown": "section",
    "recording.shortened": "until",
    "time.unreadable": "until",
}


@get("/recordings", opt=WATCHERS)
async def recordings_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Every room with what goes on in it, and what was recorded, filtered by state, in pages."""
    asked = dict(visit.asked)
    state, number = asked.get("state", ""), _page(asked.get("page", "1"))
    async with stack.database.reading(visit.actor) as session:
        rooms = await rooms_in(session, visit.actor.region or "")
        rows, total = await recordings_in(session, visit.actor.region or "", state=state, page=number)
    return page(
        visit,
        "recordings/list.html",
        demo=stack.demo,
        rooms=rooms,
        rows=rows,
        total=total,
        number=number,
        last=max(1, -(-total // PAGE)),
        state=state,
        **_words(),
    )


@get("/recordings/sizing", opt=WATCHERS)
async def sizing_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """How much disk and bandwidth so many rooms need."""
    form, found = Form(visit.language, {**USUAL, **{name: text for name, text in visit.asked if name in USUAL}}), None
    try:
        numbers = {name: _number(form.value(name)) for name in USUAL if name != "rate"}
        found = need(rate=_rate(form.value("rate")), **numbers)
    except Problem as problem:
        form.refuse(problem, str(problem.facts.get("name", "")) or None)
    figures = {name: f"{value:.2f}" for name, value in found._asdict().items()} if found else {}
    return page(
        visit, "recordings/sizing.html", demo=stack.demo, status=form.status, form=form, found=found, figures=figures
    )


@get("/recordings/rooms/{room:str}", opt=WATCHERS)
async def room_page(room: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """A room's cameras, and the forms to enter one and to begin a recording."""
    return await _show_room(visit, stack, room, await begin(stack, visit, {"mandatory": "yes"}))


@post("/recordings/rooms/{room:str}", opt=CENTRE, status_code=303)
async def in_room(
    room: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Enter or remove a camera, or begin to record, as the form says."""
    form, service, where = typed(visit, data), stack.keys.service, f"/recordings/rooms/{room}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            if form.value("act") == "remove":
                await remove_camera(work, form.value("camera"))
            elif form.value("act") == "record":
                kind = form.value("kind")
                if kind not in set(RecordingKind):
                    raise Problem("recording.kind")
                made = await open_recording(work, service, form.value("section").strip(), room, RecordingKind(kind))
                where = f"/recordings/{made.id}"
            else:
                told = form.value("camera_kind")
                await enter_camera(
                    work, service, room, form.value("label"), form.value("private_address"),
                    kind=CameraKind(told) if told in set(CameraKind) else CameraKind.CAMERA,
                    mandatory=form.value("mandatory") == "yes",
                )  # fmt: skip
    except Problem as problem:
        place = AT_FIELDS.get(problem.code)
        form.refuse(problem, "private_address" if place == "address" else place)
        return await _show_room(visit, stack, room, form)
    return Redirect(visit.url(where), status_code=303)


@get("/recordings/cameras/{camera:str}/picture", opt={**WATCHERS, "reads": Read.CAMERA_PICTURE})
async def picture(
    camera: FromPath[str], request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """What a camera sees now; `camera.in-use`, `camera.no-picture` with why. Each look is written down."""
    async with recorded(stack.database, visit.actor, address(request), Read.CAMERA_PICTURE, camera) as look:
        found = await find_camera(look.work.session, camera)
        await require_idle(look.work.session, visit.actor, found.room)
        url = address_of(stack.keys.service, found)
    told = await asyncio.to_thread(take_picture, url)
    return Response(told, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@get("/recordings/{recording:str}", opt=WATCHERS)
async def recording_page(
    recording: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """How each source does, its gaps, and what is still to be done until the recording is closed."""
    return await show_recording(visit, stack, recording, await begin(stack, visit))


@post("/recordings/{recording:str}", opt=WATCHERS, status_code=303)
async def act(
    recording: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Stop it, say why a gap came about, close it, waive what is missing, hold or release it, or keep it longer."""
    form, words = typed(visit, data), data.get("words", "").replace("\r\n", "\n")
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            match form.value("act"):
                case "stop":
                    await stop_recording(work, recording)
                case "explain":
                    seq = form.value("seq")
                    number = int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 12 else 0
                    if not form.value("signature"):
                        raise Problem("recording.no-key")
                    signed = Signed(unb64(form.value("certificate")), unb64(form.value("signature"), 64))
                    authority = stack.keys.authority.public_key
                    await explain_gap(work, authority, recording, form.value("stream"), number, words, signed)
                case "close":
                    await close_recording(work, stack.keys.service, recording)
                case "waive":
                    await close_recording(work, stack.keys.service, recording, words)
                case "hold":
                    await hold_recording(work, recording, data.get("hold_words", "").replace("\r\n", "\n"))
                case "release":
                    await release_recording(work, recording, data.get("hold_words", "").replace("\r\n", "\n"))
                case "keep":
                    await keep_longer(work, recording, typed_time(form.value("until")), words)
                case _:
                    raise Problem("recording.act")
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await show_recording(visit, stack, recording, form)
    return Redirect(visit.url(f"/recordings/{recording}"), status_code=303)


async def _show_room(visit: Visit, stack: Stack, room_id: str, form: Form) -> PageResponse:
    async with stack.database.reading(visit.actor) as session:
        room = await find_room(session, room_id, visit.actor.region or "")
        cameras = [
            (one, shown_address(address_of(stack.keys.service, one))) for one in await cameras_of(session, room_id)
        ]
        rows, _ = await recordings_in(session, visit.actor.region or "", room=room_id)
    running = next((row for row in rows if row.recording.state != RecordingState.CLOSED), None)
    return page(
        visit,
        "recordings/room.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        room=room,
        cameras=cameras,
        rows=rows,
        running=running,
        centre=visit.actor.role is Role.CENTRE,
        **_words(),
    )


async def show_recording(visit: Visit, stack: Stack, recording_id: str, form: Form) -> PageResponse:
    """A recording's page, with what was refused of a form."""
    async with stack.database.reading(visit.actor) as session:
        found = await shown(session, recording_id, visit.now)
        seen = await seen_by(session, recording_id)
        watchable = await may_watch(session, visit.actor, recording_id)
    return page(
        visit,
        "recordings/recording.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        found=found,
        recording=found.row.recording,
        whys=WHYS | {"starting": STARTING},
        seen=seen,
        reads=READS,
        watchable=watchable,
        wanted=sum(gap.wanted for source in found.sources for gap in source.gaps),
        instant=lambda moment: datetime.fromtimestamp(moment / 1000, UTC),
        centre=visit.actor.role is Role.CENTRE,
        supervisor=visit.actor.role is Role.SUPERVISOR,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"kinds": KINDS, "states": STATES, "tones": TONES, "sources": SOURCES, "camera_kinds": CAMERAS}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _rate(text: str) -> Decimal:
    return Decimal(text) if RATE.fullmatch(text) else Decimal(0)


def _page(text: str) -> int:
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and int(text) > 0 else 1


HANDLERS: list[ControllerRouterHandler] = [
    sizing_page,
    recordings_page,
    room_page,
    in_room,
    picture,
    recording_page,
    act,
]
