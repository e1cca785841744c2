"""The recorder: a thread for each camera of every open recording, and one loop that empties the spools, in order."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import func, select

from infra.auth.keys import KeyService
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.actions import close_recording
from trading.recordings.camera import SEGMENT_LENGTH, Camera
from trading.recordings.cameras import address_of
from trading.recordings.emptying import AWAY, Emptied
from trading.recordings.queries import streams_of, under_way
from trading.recordings.spool import Spool
from trading.recordings.storing import alarm, heard, mark_of, publish_heads
from trading.recordings.tables import Camera as CameraRow
from trading.recordings.tables import Recording, RecordingState, RecordingStream

log = logging.getLogger("openhall.recorder")

PACE, STATUS, HEADS = 1.0, 3.0, 60.0
"""Seconds between two looks at what is to be done, two words about the cameras, two heads in the public log."""
MOST_CAMERAS = 32


@dataclass
class Held(Emptied):
    """A stream that this recorder serves: its spool, and its camera's thread while it runs."""

    camera: Camera | None = None
    told: float = 0.0
    up: bool = False


@dataclass
class Recorder:
    """Serves every camera stream of open recordings that no other recorder has; one a process."""

    database: Database
    objects: Objects
    service: KeyService
    home: Path
    clock: Callable[[], datetime]
    length: float = SEGMENT_LENGTH
    most: int = MOST_CAMERAS
    held: dict[str, Held] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    _offset: timedelta = timedelta()
    _lock: Any = None
    _headed: dict[str, float] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; a database or store that is away is waited for while the cameras go on into the spool."""
        try:
            while not stop.is_set():
                await self.turn()
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), PACE)
        finally:
            await self.end()

    async def turn(self) -> None:
        """One look at everything that is to be done; whoever waits for somebody away does not hold up the others."""
        try:
            await self._look()
        except AWAY as error:
            log.warning("the database is away (%s): cameras go on into the spool", type(error).__name__)
            return
        await asyncio.gather(*(self._served(one) for one in list(self.held.values())))

    async def end(self) -> None:
        """Stop the cameras, store what can be stored at once, and let go of the streams; what is left waits in the spool."""
        cameras = [one.camera for one in self.held.values() if one.camera]
        for camera in cameras:
            camera.stop()
        for camera in cameras:
            await asyncio.to_thread(camera.join, 10.0)
        for one in self.held.values():
            with suppress(Problem, *AWAY):
                await one.chain(self.database)
                await self._say(one)
            if one.storing is not None:
                await one.storing
            await one.store(self.database, self.objects)
        self.held.clear()
        if self._lock is not None:
            with suppress(*AWAY):
                await self._lock.close()
            self._lock = None

    def lines(self) -> list[str]:
        """One line for each camera: how it does."""
        return [_line(one) for one in self.held.values()] + [f"{label}: {why}" for label, why in self.taken.items()]

    async def _look(self) -> None:
        async with self.database.reading() as session:
            now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
            self._offset = now - self.clock()
            recordings = await under_way(session)
            streams = [(one, stream) for one in recordings for stream in await streams_of(session, one.id)]
        await self._keep_locks()
        for recording, stream in streams:
            own = stream.camera or self._folder(stream.id).exists()
            if own and stream.id not in self.held and len(self.held) < self.most:
                await self._begin(recording, stream)
        await self._end_over({one.id: one for one in recordings})
        for recording in recordings:
            await self._watch(recording)

    async def _begin(self, recording: Recording, stream: RecordingStream) -> None:
        label = str(stream.header["label"])
        folder = self._folder(stream.id)
        if recording.state != RecordingState.RUNNING and not (folder.exists() or stream.running):
            return
        if not await self._lock.fetchval("SELECT pg_try_advisory_lock($1)", lock_number(stream.id)):
            self.taken[label] = "another recorder has it"
            return
        self.taken.pop(label, None)
        try:
            spool = await asyncio.to_thread(Spool, folder, stream.header, mark_of(stream))
        except Problem as problem:
            self.taken[label] = problem.code
            log.error("%s: %s %s", label, problem.code, problem.facts)
            return
        held = self.held[stream.id] = Held(stream.id, recording.id, label, spool)
        if stream.camera is None:
            return  # a backfill: what was taken in is only to be stored
        async with self.database.reading() as session:
            address = address_of(self.service, await session.get_one(CameraRow, stream.camera))
        held.camera = Camera(address, spool, self._milliseconds, length=self.length)
        if recording.state != RecordingState.RUNNING:
            held.camera.stop()  # it only ends what a recorder that died has left open
        held.camera.start()

    async def _end_over(self, recordings: dict[str, Recording]) -> None:
        """Stop the cameras of recordings that are stopped; forget those that are closed."""
        for one in list(self.held.values()):
            found = recordings.get(one.recording)
            if one.camera and (found is None or found.state != RecordingState.RUNNING):
                one.camera.stop()
            if found is None and not (one.camera and one.camera.is_alive()):
                del self.held[one.stream]
                await self._lock.fetchval("SELECT pg_advisory_unlock($1)", lock_number(one.stream))

    async def _served(self, one: Held) -> None:
        """Ledger and status first, so that heads and alarms are true whatever the store does; parts follow beside it."""
        try:
            await one.chain(self.database)
            if self._seconds() - one.told >= STATUS or (one.camera and one.camera.status.up != one.up):
                await self._say(one)
            one.begin_storing(self.database, self.objects)
        except Problem as problem:
            log.error("%s: %s %s", one.label, problem.code, problem.facts)
        except AWAY as error:
            log.warning("%s: the database is away (%s)", one.label, type(error).__name__)

    async def _say(self, one: Held) -> None:
        if one.camera is not None:
            status = one.camera.status
            async with self.database.work(SYSTEM) as work:
                await heard(work, one.stream, status)
            one.up, one.told = status.up, self._seconds()

    async def _watch(self, recording: Recording) -> None:
        """Alarms at once, heads every minute, and the root of a stopped recording as soon as nothing stands against it."""
        async with self.database.work(SYSTEM) as work:
            for label in await alarm(work, recording.id):
                log.warning("%s is not recorded: the supervising body was alarmed", label)
        if self._seconds() - self._headed.get(recording.id, -HEADS) >= HEADS:
            self._headed[recording.id] = self._seconds()
            async with self.database.work(SYSTEM) as work:
                await publish_heads(work, recording.id)
        if recording.state == RecordingState.STOPPED and not self._busy(recording.id):
            with suppress(Problem):
                async with self.database.work(SYSTEM) as work:
                    await close_recording(work, self.service, recording.id)

    def _busy(self, recording: str) -> bool:
        own = [one for one in self.held.values() if one.recording == recording]
        return any((one.camera and one.camera.is_alive()) or one.spool.waiting(1) for one in own)

    async def _keep_locks(self) -> None:
        """The connection that holds the streams' locks; when it was lost, only what can be locked anew is kept."""
        if self._lock is not None and not self._lock.is_closed():
            with suppress(*AWAY):
                await self._lock.fetchval("SELECT 1")
                return
        self._lock = await asyncpg.connect(self.database.dsn)
        for one in list(self.held.values()):
            if not await self._lock.fetchval("SELECT pg_try_advisory_lock($1)", lock_number(one.stream)):
                if one.camera:
                    one.camera.stop()
                del self.held[one.stream]
                self.taken[one.label] = "another recorder has it"

    def _folder(self, stream: str) -> Path:
        return self.home / "spool" / stream

    def _milliseconds(self) -> int:
        return int((self.clock() + self._offset).timestamp() * 1000)

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()


def lock_number(stream: str) -> int:
    """The number of a stream's advisory lock: who holds it alone writes the stream."""
    return int.from_bytes(sha256(b"recording-lock/v1\0" + stream.encode()).digest()[:8], signed=True)


def _line(one: Held) -> str:
    if one.camera is None:
        return f"{one.label}: backfill, {one.stored} parts stored"
    status = one.camera.status
    state = f"run {status.run}" if status.up else f"DOWN ({status.why})"
    megabytes = status.bytes / 1e6
    return f"{one.label}: {state}, {status.segments} segments, {megabytes:.1f} MB, {one.stored} parts stored"
