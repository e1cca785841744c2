"""One browser's stream: its runs and chunks chained into the spool; what was chained half is taken up where it stopped."""

import os
from collections.abc import Sequence

from infra.kernel.problems import Problem
from trading.recordings.camera import Status
from trading.recordings.fmp4 import span, tracks
from trading.recordings.ledger import INIT, SEGMENT, Entry, happened, part
from trading.recordings.remuxing import remuxed
from trading.recordings.runs import (
    ENDS,
    TRACKS,
    Begin,
    Chunk,
    Part,
    Run,
    anchored,
    check_begin,
    check_chunk,
    chunk_facts,
    parted,
    replayed,
    run_facts,
    split,
)
from trading.recordings.spool import Spool
from trading.recordings.tables import RecordingState
from trading.recordings.timeline import gaps

INIT_FILE, RAW_FILE = "init.mp4", "run.webm"


class Browser:
    """Called by one thread at a time; `OSError` where the disk is full, after which the same may be asked again."""

    def __init__(self, spool: Spool, entries: Sequence[Entry]) -> None:
        """Take up a stream whose chain holds these entries."""
        self._spool, self.run = spool, replayed(entries)
        self._stream = str(spool.header["stream"])
        self._init, self._raw = spool.folder / INIT_FILE, spool.folder / RAW_FILE
        last = gaps(entries)[-1:]
        self._gap = last[0].since if last and last[0].until is None else None
        self._why = "starting" if self.run is None else "stopped"
        if self.run is not None and not self.run.over and not self._resume(self.run, entries):
            self.run.over = True
            self._why = "recorder-lost"

    def has_begun(self, begin: Begin) -> bool:
        """Whether this very run is the last that began."""
        return self.run is not None and self.run.key == begin.key.hex() and not self.run.over

    def begin(self, begin: Begin, now: int) -> None:
        """A run begins; one that was left open ends before it, with a gap between. See `runs.check_begin` for refusals."""
        check_begin(self._stream, begin)
        if self.run is not None and self.run.key == begin.key.hex():
            raise Problem("recording.run-over", run=self.run.number)
        lost = self._why if self._why == "recorder-lost" else "tab-lost"
        self._end(lost if self._spool.mark.running else "stopped", now)
        mark = self._spool.mark
        number, anchor = mark.run + 1, anchored(begin, now, mark.until)
        if mark.run:
            since = self._begin_gap(lost if self._why == lost else "stopped", now)
            facts = {"since": since, "until": max(since, anchor)}
            self._spool.append(lambda seq: happened(seq, number - 1, "gap-ended", now, **facts))
            self._gap = None
        self._init.unlink(missing_ok=True)
        self._raw.unlink(missing_ok=True)
        self._spool.append(lambda seq: happened(seq, number, "run-begun", now, **run_facts(begin, anchor)))
        self.run = Run(number, begin.key.hex(), begin.mime, anchor)
        moved = begin.client + begin.offset - anchor
        if moved:
            self._spool.append(lambda seq: happened(seq, number, "clock-drifted", now, drift=moved))

    def take(self, number: int, chunk: Chunk, data: bytes, now: int, state: RecordingState) -> bool:
        """Chain a chunk; False where it is chained already. `recording.run-over`, `.chunk-…`, `.box`."""
        run = self._running(number)
        check_chunk(self._stream, run.key, chunk, data)
        if run.is_known(chunk):
            return False
        if run.remuxed:
            self._keep_raw(run, data)
            parts = []
        else:
            parts = self._parts(run, chunk.number == 1, split(data))
        if chunk.number not in run.hashes:
            facts = chunk_facts(chunk, len(data), len(parts))
            self._spool.append(lambda seq: happened(seq, run.number, "chunk", now, **facts))
            run.hashes[chunk.number], run.owing = chunk.sha256, len(parts)
            run.size += len(data)
        for one, media, length in parts[len(parts) - run.owing :] if run.owing else []:
            self._append(run, one, media, length, now)
            run.owing -= 1
        self._told(run, chunk, parts, now)
        return True

    def note(self, number: int, track: str, client: int, now: int) -> None:
        """A track ended; said once."""
        if track not in TRACKS:
            raise Problem("recording.track")
        run = self._running(number)
        if f"{track} {client}" not in run.heard:
            self._spool.append(lambda seq: happened(seq, number, "track-ended", now, track=track, client=client))
            run.heard.add(f"{track} {client}")

    def finish(self, number: int, why: str, now: int, recording: bool) -> None:
        """The run is over; a gap begins where the recording goes on without this source and nobody wanted that."""
        if why not in ENDS:
            raise Problem("recording.ending")
        if self.run is not None and self.run.number == number and self.run.over:
            return
        self._running(number)
        self._end(why, now)
        if recording and (why != "stopped" or self._spool.header["mandatory"]):
            self._begin_gap(why, now)

    def status(self, *, silent: bool) -> Status:
        """How the source does."""
        run = self.run
        if run is None or run.over:
            return Status(why=self._why)
        return Status(why="offline") if silent else Status(up=True, why=None, run=run.number)

    def _running(self, number: int) -> Run:
        run = self.run
        if run is None or number > run.number or number < 1:
            raise Problem("recording.run-unknown", run=number)
        if run.number != number or run.over:
            raise Problem("recording.run-over", run=number)
        return run

    def _parts(self, run: Run, first: bool, parts: list[Part]) -> list[tuple[Part, int, int]]:
        """The parts with media time and length, known before anything is chained; `recording.box`."""
        found = []
        for at, one in enumerate(parts):
            if one.init != (first and at == 0):
                raise Problem(
                    "recording.box", why="an init in this place" if one.init else "a fragment before the init"
                )
            if one.init:
                known = tracks(one.data)
                self._init.write_bytes(one.data)
                run.tracks = known
                found.append((one, 0, 0))
            else:
                found.append((one, *span(run.tracks, one.data)))
        return found

    def _append(self, run: Run, one: Part, media: int, length: int, now: int) -> None:
        kind, wall = INIT if one.init else SEGMENT, run.anchor + media
        self._spool.append(
            lambda seq: part(seq, kind, run.number, one.data, media=media, length=length, wall=wall, arrived=now),
            one.data,
        )

    def _told(self, run: Run, chunk: Chunk, parts: list[tuple[Part, int, int]], now: int) -> None:
        """Where clock and picture part by more than a second, that is told."""
        if parts and not parts[-1][0].init:
            jump = parted(run, chunk, run.anchor + parts[-1][1] + parts[-1][2])
            if jump:
                self._spool.append(lambda seq: happened(seq, run.number, "clock-drifted", now, drift=jump))

    def _end(self, why: str, now: int) -> None:
        run = self.run
        if run is None or not self._spool.mark.running:
            return
        if run.remuxed and self._raw.exists():
            for one, media, length in remuxed(self._raw):
                self._append(run, one, media, length, now)
            self._raw.unlink()
        self._spool.append(lambda seq: happened(seq, run.number, "run-ended", now, why=why))
        run.over, self._why = True, why

    def _begin_gap(self, why: str, now: int) -> int:
        """Since when nothing is recorded."""
        if self._gap is None:
            mark = self._spool.mark
            since = mark.until or now
            self._spool.append(lambda seq: happened(seq, mark.run, "gap-begun", now, since=since, why=why))
            self._gap = since
        return self._gap

    def _keep_raw(self, run: Run, data: bytes) -> None:
        """WebM waits as it came; what an earlier attempt left behind the last chained chunk is cut off first."""
        with self._raw.open("r+b" if self._raw.exists() else "wb") as file:
            file.truncate(run.size)
            file.seek(run.size)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _resume(self, run: Run, entries: Sequence[Entry]) -> bool:
        """Whether an open run can go on here: its init, or its raw bytes, must lie in this folder."""
        if run.remuxed:
            return self._raw.exists() or not run.hashes
        if any(one["kind"] == INIT and one["run"] == run.number for one in entries):
            if not self._init.exists():
                return False
            run.tracks = tracks(self._init.read_bytes())
        return True
