"""What browsers send: each chunk checked and chained into a spool before it is acknowledged, then emptied as cameras' are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import NamedTuple, ParamSpec, TypeVar

from sqlalchemy import func, select

from infra.db.journal import Line
from infra.db.work import Database
from infra.kernel.context import SYSTEM, Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.recordings.browser import Browser
from trading.recordings.camera import Status
from trading.recordings.emptying import AWAY, Emptied
from trading.recordings.joining import own_stream
from trading.recordings.ledger import Entry
from trading.recordings.queries import rows_of
from trading.recordings.runs import Begin, Chunk
from trading.recordings.spool import Spool
from trading.recordings.storing import alarm, heard, mark_of, publish_heads
from trading.recordings.tables import Recording, RecordingState, RecordingStream

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("openhall.recorder")

PACE, STATUS, HEADS = 1.0, 3.0, timedelta(seconds=60)
MISSED = 5.0
"""Seconds without a word from a browser after which its source counts as down."""
TRUSTED = 10.0
"""Seconds for which an answer to "may this person record here" holds."""


class Answer(NamedTuple):
    """What a browser is told: the server's time, whether the recording still runs, its run, the chunk that is expected."""

    now: int
    state: str
    run: int
    expected: int
    fresh: bool = False


@dataclass
class Taking(Emptied):
    """A stream that browsers feed through this process."""

    browser: Browser = field(kw_only=True)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    state: RecordingState = RecordingState.RUNNING
    trusted: dict[str, float] = field(default_factory=dict)
    heard: float = -MISSED
    told: float = 0.0
    said: Status | None = None


@dataclass
class Ingest:
    """Takes in what browsers record; one in a web process, which alone writes the streams that it feeds."""

    database: Database
    objects: Objects
    home: Path
    clock: Callable[[], Awaitable[datetime]]
    held: dict[str, Taking] = field(default_factory=dict)
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _working: asyncio.Task[None] | None = None

    async def begin(self, actor: Actor, recording: str, stream: str, begin: Begin) -> Answer:
        """A browser begins a run; once more with the same key changes nothing. `recording.not-running` after its end."""
        taking = await self._taking(actor, recording, stream)
        async with taking.lock:
            now = await self._now()
            if not taking.browser.has_begun(begin):
                if taking.state != RecordingState.RUNNING:
                    raise Problem("recording.not-running", id=recording)
                await self._kept(taking.browser.begin, begin, now)
                return self._answer(taking, now, fresh=True)
            return self._answer(taking, now)

    async def take(self, actor: Actor, recording: str, stream: str, run: int, chunk: Chunk, data: bytes) -> Answer:
        """One chunk: chained when this returns. The same once more changes nothing; what else is refused, see `Browser`."""
        taking = await self._taking(actor, recording, stream)
        async with taking.lock:
            now = await self._now()
            fresh = await self._kept(taking.browser.take, run, chunk, data, now, taking.state)
            return self._answer(taking, now, fresh=fresh)

    async def note(self, actor: Actor, recording: str, stream: str, run: int, track: str, client: int) -> Answer:
        """A camera, microphone or screen ended by itself, or by the hand of whoever shared it; `recording.track`."""
        taking = await self._taking(actor, recording, stream)
        async with taking.lock:
            now = await self._now()
            await self._kept(taking.browser.note, run, track, client, now)
            return self._answer(taking, now)

    async def finish(self, actor: Actor, recording: str, stream: str, run: int, why: str) -> Answer:
        """A run is over and all its chunks have come; `recording.ending` for no reason that there is."""
        taking = await self._taking(actor, recording, stream)
        async with taking.lock:
            now = await self._now()
            await self._kept(taking.browser.finish, run, why, now, taking.state == RecordingState.RUNNING)
            return self._answer(taking, now)

    async def hear(self, actor: Actor, recording: str, stream: str) -> Answer:
        """A sign of life."""
        taking = await self._taking(actor, recording, stream)
        return self._answer(taking, await self._now())

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped: what an earlier process left is taken up, what waits is emptied, who is silent is told of."""
        while not stop.is_set():
            try:
                await self._take_up()
                await self.turn()
            except AWAY as error:
                log.warning("the database is away (%s): what browsers send waits in the spool", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PACE)
        await self.end()

    async def turn(self) -> None:
        """One look at everything that is to be done."""
        for one in list(self.held.values()):
            await self._look(one)
            try:
                await one.chain(self.database)
                await self._say(one)
                one.begin_storing(self.database, self.objects)
            except Problem as problem:
                log.error("%s: %s %s", one.label, problem.code, problem.facts)
        for recording in {one.recording for one in self.held.values() if one.state == RecordingState.RUNNING}:
            await self._watch(recording)

    async def end(self) -> None:
        """Store what can be stored at once; what is left waits in the spool."""
        for one in self.held.values():
            with suppress(Problem, *AWAY):
                await one.chain(self.database)
            if one.storing is not None:
                await one.storing
            await one.store(self.database, self.objects)
        self.held.clear()

    def _answer(self, taking: Taking, now: int, *, fresh: bool = False) -> Answer:
        taking.heard = monotonic()
        run = taking.browser.run
        return Answer(now, str(taking.state), run.number if run else 0, run.expected if run else 1, fresh)

    async def _kept(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Done in a thread, for it waits for the disk; `recording.disk-full` where there is no room."""
        try:
            return await asyncio.to_thread(do, *args, **kwargs)
        except OSError as error:
            raise Problem("recording.disk-full") from error

    async def _taking(self, actor: Actor, recording: str, stream: str) -> Taking:
        """The stream, for whoever may feed it; `recording.unknown`, `recording.stream-unknown`."""
        who = f"{actor.role} {actor.organisation} {actor.id}"
        taking = self.held.get(stream)
        now = monotonic()
        if taking is None or taking.recording != recording or now - taking.trusted.get(who, -TRUSTED) >= TRUSTED:
            async with self.database.reading(actor) as session:
                await own_stream(session, actor, recording, stream)
            taking = await self._load(stream)
            await self._look(taking)
            taking.trusted[who] = now
        if taking.state == RecordingState.CLOSED:
            raise Problem("recording.closed", id=recording)
        return taking

    async def _load(self, stream_id: str) -> Taking:
        async with self._loading:
            if stream_id in self.held:
                return self.held[stream_id]
            async with self.database.reading() as session:
                stream = await session.get(RecordingStream, stream_id)
                if stream is None:
                    raise Problem("recording.stream-unknown", id=stream_id)
                entries: list[Entry] = [row.entry for row in await rows_of(session, stream_id)]
            folder = self.home / "ingest" / stream_id
            spool = await asyncio.to_thread(Spool, folder, stream.header, mark_of(stream))
            entries += [row.entry for row in await asyncio.to_thread(spool.waiting, 1 << 30, after=len(entries))]
            browser = await asyncio.to_thread(Browser, spool, entries)
            taking = Taking(stream_id, stream.recording, str(stream.header["label"]), spool, browser=browser)
            self.held[stream_id] = taking
            return taking

    async def _take_up(self) -> None:
        """The streams of which something waits in a spool since an earlier process."""
        names = await asyncio.to_thread(lambda: {one.parent.name for one in (self.home / "ingest").glob("*/*.entry")})
        for name in sorted(names - set(self.held)):
            with suppress(Problem):
                await self._load(name)

    async def _look(self, taking: Taking) -> None:
        async with self.database.reading() as session:
            taking.state = (await session.get_one(Recording, taking.recording)).state

    async def _say(self, one: Taking) -> None:
        """How a source does, every few seconds and whenever that changes."""
        status = one.browser.status(silent=monotonic() - one.heard >= MISSED)
        told = one.said is not None and (one.said.up, one.said.why) == (status.up, status.why)
        if (told and monotonic() - one.told < STATUS) or one.state != RecordingState.RUNNING:
            return
        async with self.database.work(SYSTEM) as work:
            await heard(work, one.stream, status)
        one.said, one.told = status, monotonic()

    async def _watch(self, recording: str) -> None:
        """Alarms, and a head every minute where no recorder of cameras has put one."""
        async with self.database.work(SYSTEM) as work:
            for label in await alarm(work, recording):
                log.warning("%s is not recorded: the supervising body was alarmed", label)
        async with self.database.work(SYSTEM) as work:
            wanted = select(func.max(Line.at)).where(Line.event == Event.RECORDING_HEADED, Line.subject == recording)
            last = (await work.session.execute(wanted)).scalar()
            if last is None or work.ctx.now - last >= HEADS:
                await publish_heads(work, recording)

    async def _now(self) -> int:
        return int((await self.clock()).timestamp() * 1000)
