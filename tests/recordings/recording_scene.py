"""A centre with rooms, cameras over RTSP from a process of their own, recorders, and exports made without a server."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from scenes import Hall
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from infra.crypto.sign import ed25519_public, sign_ed25519
from infra.edge import utc_now
from infra.kernel.context import SYSTEM
from infra.objects import Objects
from trading.recordings import ledger
from trading.recordings.actions import open_recording
from trading.recordings.camera import Camera
from trading.recordings.cameras import enter_camera
from trading.recordings.discs import Shown, lay_out, lay_out_stream, write_part
from trading.recordings.queries import streams_of
from trading.recordings.recorder import Recorder
from trading.recordings.spool import Spool
from trading.recordings.tables import Recording, RecordingKind, RecordingStream
from trading.venues.actions import enter_room
from trading.venues.tables import RoomKind
from web.bench.films import camera
from web.bench.ground import free_port

SHORT = 1.0
"""Seconds of a segment in tests."""
KEY = bytes(range(32))
BEGUN = 1_795_000_000_000
"""A time in milliseconds at which recordings of tests without a server begin."""


@dataclass
class Cameras:
    """A camera server at a port of its own that can be switched off and on."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: Popen[str] | None = None
    _held: list[object] = field(default_factory=list)

    def on(self) -> None:
        held = camera(self.folder, self.port)
        self.process = held.__enter__()
        self._held = [held]

    def off(self) -> None:
        for held in self._held:
            held.__exit__(None, None, None)  # type: ignore[attr-defined]
        self._held, self.process = [], None

    def url(self, name: str = "a.mp4") -> str:
        return f"rtsp://127.0.0.1:{self.port}/{name}/play_count_0"


@dataclass
class Room:
    """A hall's room with cameras, a recording of a section in it, and recorders."""

    hall: Hall
    home: Path
    recording: str = ""
    section: str = ""
    room: str = ""

    def recorder(self, home: str = "recorder", objects: Objects | None = None) -> Recorder:
        stack = self.hall.stack
        return Recorder(
            stack.database, objects or stack.objects, stack.keys.service, self.home / home, utc_now, length=SHORT
        )

    async def opened(self, *urls: str, mandatory: bool = True) -> str:
        """A recording of a new section in a new room with these cameras."""
        hall = self.hall
        async with hall.database.work(hall.actor("centre")) as work:
            room = await enter_room(
                work, f"评标室 {time.monotonic_ns()}", RoomKind.EVALUATION, 9, region=work.ctx.actor.region
            )
            for number, url in enumerate(urls, 1):
                await enter_camera(work, hall.keys.service, room.id, f"{number} 号机位", url, mandatory=mandatory)
        self.section, self.room = await hall.a_draft(), room.id
        async with hall.database.work(hall.actor("centre")) as work:
            made = await open_recording(work, hall.keys.service, self.section, room.id, RecordingKind.EVALUATION)
        self.recording = made.id
        return made.id

    async def streams(self) -> list[RecordingStream]:
        async with self.hall.database.reading() as session:
            return await streams_of(session, self.recording)

    async def found(self) -> Recording:
        async with self.hall.database.reading() as session:
            return await session.get_one(Recording, self.recording)


@asynccontextmanager
async def turning(recorder: Recorder) -> AsyncIterator[None]:
    """The recorder at work while the block lasts."""
    stop = asyncio.Event()
    running = asyncio.create_task(recorder.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def until(true: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("it never became so")
        await asyncio.sleep(0.05)


class Watch:
    """A clock that moves only when it is moved, in milliseconds."""

    def __init__(self) -> None:
        self.now = BEGUN

    def __call__(self) -> int:
        return self.now


def taken_in(film: Path, spool: Spool, watch: Watch) -> None:
    """A film as one run of a stream, its picture having begun when the watch says."""
    thread = Camera(str(film), spool, watch, once=True, anchor=watch.now, length=SHORT)
    thread.start()
    thread.join(30)
    watch.now = spool.mark.until


def a_stream(folder: Path, name: str, film: Path, watch: Watch, **told: object) -> Spool:
    """A stream of two runs of one film with a gap of twelve seconds between."""
    spool = Spool(folder / name, ledger.header("recording-1", name, "camera", f"机位 {name}", **told))
    taken_in(film, spool, watch)
    since = spool.mark.until
    spool.append(lambda seq: ledger.happened(seq, 1, "gap-begun", watch.now, since=since, why="unreachable"))
    watch.now += 12_000
    facts = {"since": since, "until": watch.now}
    spool.append(lambda seq: ledger.happened(seq, 1, "gap-ended", watch.now, **facts))
    taken_in(film, spool, watch)
    return spool


Told = dict[str, Any]


def export(folder: Path, spools: list[Spool], said: list[Told] | None = None, key: bytes = KEY) -> Told:
    """Lay a recording over these spools out in a folder; what the platform published of it."""
    streams = []
    heads = []
    begun = {}
    for spool in spools:
        rows = spool.waiting(10_000)
        streams.append(
            ledger.Stream(spool.header, spool.mark.head, [row for row in rows if row.entry["kind"] == "event"])
        )
        begun[spool.header["stream"]] = ledger.begin(spool.header).chain.hex()
        for row in (rows[len(rows) // 2], rows[-1]):
            heads.append({"stream": spool.header["stream"], "entries": row.entry["seq"], "head": row.chain.hex()})
        lay_out_stream(folder, Shown(spool.header, rows), {row.entry["seq"] for row in rows})
        for row in rows:
            if row.entry["kind"] != "event":
                write_part(folder, spool.header["stream"], row.entry["seq"], spool.data(row.entry["seq"]))
    facts = {"recording": "recording-1", "section": "YH-1/01", "room": "评标一室", "kind": "evaluation"}
    times = {"opened": "2026-11-18T08:00:00Z", "closed": "2026-11-18T09:00:00Z"}
    document = ledger.document({**facts, **times}, streams, said or [], ed25519_public(key))
    told = {
        "recording": "recording-1",
        "key": document["key"],
        "root": document["root"],
        "begun": begun,
        "heads": heads,
    }
    lay_out(folder, document, sign_ed25519(key, ledger.signed_bytes(document)), told)
    return told


async def never_changed(hall: Hall, *tables: str) -> None:
    """The rows of these tables, of which there are some, can neither be changed nor taken away."""
    for table in tables:
        for statement in (f"UPDATE {table} SET region = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(DBAPIError, match=r"append-only|refuse|never"):
                async with hall.database.work(SYSTEM) as work:
                    await work.session.execute(text(statement))
