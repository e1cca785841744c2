"""One camera, one thread: RTSP over TCP into fragmented MP4 without touching the picture, chained into a spool, for ever."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from threading import Event, Thread
from typing import Any

import av
from av.error import FFmpegError

from infra.kernel.problems import Problem
from trading.recordings.ledger import INIT, SEGMENT, happened, part
from trading.recordings.muxing import Muxer, Restart
from trading.recordings.spool import Spool

TIMEOUT = 3.0
"""Seconds without a packet after which a camera counts as gone."""
FIRST_PAUSE, PAUSE = 0.5, 1.0
SEGMENT_LENGTH = 4.0
DRIFT = 1000
"""Milliseconds by which a camera's clock must part from the recorder's before that is told."""

Clock = Callable[[], int]
"""Milliseconds since 1970, the database's time as the recorder knows it."""


@dataclass(frozen=True)
class Status:
    """How a camera does: `why` it is down (None while it records), since when, and what it has given."""

    up: bool = False
    since: int = 0
    why: str | None = "starting"
    run: int = 0
    segments: int = 0
    bytes: int = 0
    drift: int = 0


class Camera(Thread):
    """Records one stream until `stop`; what goes wrong ends a run, begins a gap, and is tried again.

    With `once` a file or a recorder's playback is taken in: a backfill, whose picture began at `anchor`.
    """

    def __init__(
        self,
        url: str,
        spool: Spool,
        clock: Clock,
        *,
        once: bool = False,
        anchor: int | None = None,
        length: float = SEGMENT_LENGTH,
    ) -> None:
        super().__init__(name=f"camera {spool.header['stream']}", daemon=True)
        self._url, self._spool, self._clock = url, spool, clock
        self._once, self._anchor, self._length = once, anchor, length
        self._ending = Event()
        self._gap: int | None = None
        self.status = Status(since=clock(), run=spool.mark.run)

    def stop(self) -> None:
        """End the run after the packet at hand; `join` to know that it is chained."""
        self._ending.set()

    def run(self) -> None:
        """Run after run, with pauses of half a second, then one."""
        if not self._patiently(self._take_up):
            return
        pause, why = FIRST_PAUSE, "stopped"
        while not self._ending.is_set():
            before = self.status.segments
            why = self._recorded()
            if self._once or self._ending.is_set():
                break
            self.status = replace(self.status, up=False, since=self._clock(), why=why)
            self._patiently(partial(self._begin_gap, why))
            pause = FIRST_PAUSE if self.status.segments > before else min(pause * 2, PAUSE)
            self._ending.wait(pause)
        last = "stopped" if self._ending.is_set() else "complete" if why == "ended" else why
        self._patiently(lambda: self._end_run(last))
        self.status = replace(self.status, up=False, since=self._clock(), why="stopped")

    def _recorded(self) -> str:
        """One run, to its end; why it ended."""
        try:
            with av.open(self._url, options=options_for(self._url), timeout=(TIMEOUT, TIMEOUT)) as source:
                return self._run(source)
        except (FFmpegError, Problem, OSError, ValueError) as error:
            return reason_of(error)

    def _run(self, source: Any) -> str:
        state = _Run(self)
        muxer = state.muxer = Muxer(source, state.write, self._length, self._clock)
        why = "stopped"
        try:
            for packet in source.demux(*muxer.inputs):
                if self._ending.is_set():
                    break
                muxer.take(packet)
            else:
                why = "ended"
        except Restart as restart:
            why = str(restart)
        except (FFmpegError, Problem, OSError) as error:
            why = reason_of(error)
        if why != "disk-full":
            try:
                muxer.close()
            except (FFmpegError, Problem, OSError) as error:
                why = reason_of(error)
        return why

    def _take_up(self) -> None:
        """A recorder that was killed left a run without an end: it is ended now, at what was kept of it."""
        mark = self._spool.mark
        if mark.running:
            self._end_run("recorder-lost")
        if mark.run and not self._once:
            self._begin_gap("recorder-lost" if mark.running else "recorder-stopped")

    def _begin_run(self, init: bytes, told: dict[str, Any]) -> None:
        """Chain the beginning of a run, and of a gap the end."""
        run, now = self._spool.mark.run + 1, self._clock()
        anchor = now if self._anchor is None else self._anchor
        if self._gap is not None:
            facts = {"since": self._gap, "until": max(self._gap, anchor)}
            self._spool.append(lambda seq: happened(seq, run - 1, "gap-ended", now, **facts))
            self._gap = None
        self._spool.append(lambda seq: happened(seq, run, "run-begun", now, **told))
        self._spool.append(lambda seq: part(seq, INIT, run, init, wall=anchor, arrived=now), init)
        self.status = Status(True, now, None, run, self.status.segments, self.status.bytes)

    def _end_run(self, why: str) -> None:
        if self._spool.mark.running:
            at = self._clock()
            self._spool.append(lambda seq: happened(seq, self._spool.mark.run, "run-ended", at, why=why))

    def _begin_gap(self, why: str) -> None:
        self._end_run(why)
        if self._gap is None:
            now = self._clock()
            since = self._spool.mark.until or self.status.since
            self._spool.append(lambda seq: happened(seq, self._spool.mark.run, "gap-begun", now, since=since, why=why))
            self._gap = since

    def _patiently(self, chain: Callable[[], None]) -> bool:
        """Do what must stand in the chain, again and again where the disk is full; whether it was done."""
        while True:
            try:
                chain()
            except OSError as error:
                self.status = replace(self.status, up=False, why=reason_of(error))
                if self._ending.wait(PAUSE):
                    return False
            else:
                return True


class _Run:
    """What is known of the run that is being written."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self.muxer: Muxer | None = None
        self._anchor: int | None = None
        self._usual: int | None = None

    def write(self, init: bool, data: bytes, media: int, length: int, told: dict[str, Any]) -> None:
        """Chain one part."""
        camera = self._camera
        if init:
            camera._begin_run(data, told)
            return
        if self._anchor is None:
            assert self.muxer is not None
            self._anchor = self.muxer.anchor if camera._anchor is None else camera._anchor
        now, wall = camera._clock(), self._anchor + media
        run = camera._spool.mark.run
        camera._spool.append(
            lambda seq: part(seq, SEGMENT, run, data, media=media, length=length, wall=wall, arrived=now), data
        )
        late = now - (wall + length)
        self._usual = late if self._usual is None else self._usual
        drift = late - self._usual
        if abs(drift) >= DRIFT and camera._anchor is None:
            camera._spool.append(lambda seq: happened(seq, run, "clock-drifted", now, drift=drift))
            self._usual = late
        had = camera.status
        camera.status = replace(had, segments=had.segments + 1, bytes=had.bytes + len(data), drift=drift)


def reason_of(error: Exception) -> str:
    """Why a camera is not recorded, in a word; nothing of its address, which may hold a password."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "disk-full"
    match type(error).__name__:
        case "ExitError" | "TimeoutError":
            return "silent"
        case "EOFError":
            return "ended"
        case "HTTPUnauthorizedError" | "HTTPForbiddenError":
            return "refused"
        case "InvalidDataError" | "Problem" | "ValueError":
            return "unreadable"
        case "ConnectionRefusedError" | "ConnectionResetError" | "BrokenPipeError" | "HostUnreachableError":
            return "unreachable"
        case _:
            return "unreachable" if isinstance(error, OSError) else "failed"


def options_for(url: str) -> dict[str, str]:
    """How an address is opened: cameras over TCP alone, where nothing is lost silently."""
    return {"rtsp_transport": "tcp"} if url.startswith(("rtsp://", "rtsps://")) else {}
