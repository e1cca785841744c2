"""A camera's faults: each becomes a run's end, a gap with its reason, and another run; nothing of it is lost silently."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from recording_scene import BEGUN, SHORT, Cameras, Watch, taken_in

from infra.kernel.problems import Problem
from trading.recordings.backfill import take_in
from trading.recordings.camera import Camera
from trading.recordings.fmp4 import tracks
from trading.recordings.ledger import header, walk
from trading.recordings.picture import take_picture
from trading.recordings.spool import Spool
from trading.recordings.timeline import gaps
from web.bench.films import film

ROOT = Path(__file__).resolve().parents[2]
HEADER = header("recording-1", "stream-1", "camera", "东北角")
RECORD = """
import sys, time
from pathlib import Path
from trading.recordings.backfill import take_in
from trading.recordings.camera import Camera
from trading.recordings.ledger import header
from trading.recordings.spool import Spool
spool = Spool(Path(sys.argv[1]), header("recording-1", "stream-1", "camera", "东北角"))
camera = Camera(sys.argv[2], spool, lambda: time.time_ns() // 1_000_000, length=1.0)
camera.start()
camera.join()
"""


def clock() -> int:
    return time.time_ns() // 1_000_000


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.05)


def events(spool: Spool) -> list[tuple[str, str]]:
    found = [row.entry for row in spool.waiting(10_000) if row.entry["kind"] == "event"]
    return [(entry["name"], entry["facts"].get("why", "")) for entry in found]


def kinds(spool: Spool) -> list[str]:
    return [row.entry["kind"] for row in spool.waiting(10_000)]


@pytest.mark.parametrize(("name", "sound"), [("a.mp4", "aac"), ("hevc.mp4", "aac"), ("g711.mov", "pcm_alaw")])
def test_every_codec_that_is_admitted_is_recorded_and_plays(films: Path, tmp_path: Path, name: str, sound: str) -> None:
    spool = Spool(tmp_path / "spool", HEADER)
    taken_in(films / name, spool, Watch())
    rows = spool.waiting()
    assert kinds(spool) == ["event", "init", "segment", "segment", "event"] and walk(HEADER, rows) == spool.mark.head
    assert rows[0].entry["facts"]["sound"] == sound
    init = spool.data(2)
    assert {track.kind for track in tracks(init).values()} == {"vide", "soun"}
    assert (b"hvc1" in init) == (name == "hevc.mp4")
    file = tmp_path / "whole.mp4"
    file.write_bytes(b"".join(spool.data(seq) for seq in (2, 3, 4)))
    with av.open(str(file)) as source:
        assert source.streams.audio[0].codec_context.name == "aac"
        assert sum(1 for _ in source.decode(video=0)) == 50


def test_what_was_recorded_elsewhere_is_taken_in_at_its_own_time(films: Path, tmp_path: Path) -> None:
    spool = Spool(tmp_path, header("recording-1", "stream-2", "backfill", "录像机补录", of="stream-1"))
    taken_in(films / "a.mp4", spool, Watch())
    first = spool.waiting()[2].entry
    assert first["wall"] == BEGUN and events(spool) == [("run-begun", ""), ("run-ended", "complete")]


def test_a_picture_of_another_size_begins_a_run_of_its_own(films: Path, tmp_path: Path) -> None:
    whole = b"".join(
        film(tmp_path / f"{number}.ts", seconds=2, size=size, sound=None, form="mpegts").read_bytes()
        for number, size in enumerate([(320, 240), (192, 144)])
    )
    (tmp_path / "changing.ts").write_bytes(whole)
    spool = Spool(tmp_path / "spool", HEADER)
    taken_in(tmp_path / "changing.ts", spool, Watch())
    assert events(spool) == [("run-begun", ""), ("run-ended", "codec-changed")]
    assert kinds(spool).count("segment") == 2


@pytest.mark.parametrize("name", ["garbage.mp4", "absent.mp4", "silence.wav"])
def test_garbage_is_a_gap_with_a_reason_and_never_an_accident(films: Path, tmp_path: Path, name: str) -> None:
    spool = Spool(tmp_path / "spool", HEADER)
    camera = Camera(str(films / name), spool, clock, length=SHORT)
    camera.start()
    until(lambda: bool(events(spool)), 10)
    camera.stop()
    camera.join(5)
    assert not camera.is_alive() and [event for event, _ in events(spool)] == ["gap-begun"]
    with pytest.raises(Problem, match=r"camera.no-picture"):
        take_picture(str(films / name))


def test_a_full_disk_ends_the_run_and_the_camera_goes_on_when_there_is_room(films: Path, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", HEADER, most=20_000)
    other = Spool(tmp_path / "other", HEADER)
    camera = Camera(str(films / "a.mp4"), spool, clock, length=SHORT)
    camera.start()
    taken_in(films / "a.mp4", other, Watch())
    until(lambda: camera.status.why == "disk-full", 10)
    assert ("gap-begun", "disk-full") in events(spool) and kinds(other).count("segment") == 2
    spool.most = 1 << 30
    until(lambda: camera.status.segments >= 2, 10)
    camera.stop()
    camera.join(5)
    assert ("gap-ended", "") in events(spool) and walk(HEADER, spool.waiting(10_000)) == spool.mark.head


def test_a_backfill_that_cannot_be_read_leaves_nothing(films: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"recording.backfill-unreadable"):
        take_in(tmp_path, HEADER, str(films / "garbage.mp4"), BEGUN, clock)
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.soak
def test_a_test_picture_is_a_jpeg_of_what_the_camera_shows(cameras: Cameras) -> None:
    assert take_picture(cameras.url())[:3] == b"\xff\xd8\xff"


@pytest.mark.soak
def test_a_frozen_camera_is_noticed_after_three_seconds_and_taken_up_again(cameras: Cameras, tmp_path: Path) -> None:
    spool = Spool(tmp_path, HEADER)
    camera = Camera(cameras.url(), spool, clock, length=SHORT)
    camera.start()
    until(lambda: camera.status.segments >= 2)
    assert cameras.process is not None
    os.kill(cameras.process.pid, signal.SIGSTOP)
    until(lambda: not camera.status.up)
    assert camera.status.why == "silent"
    os.kill(cameras.process.pid, signal.SIGCONT)
    until(lambda: camera.status.up and camera.status.run == 2)
    camera.stop()
    camera.join(5)
    [gap] = gaps(row.entry for row in spool.waiting(10_000))
    assert gap.why == "silent" and gap.until is not None and gap.length(0) >= 3000


@pytest.mark.soak
def test_a_killed_recorder_loses_one_segment_at_most_and_says_so(cameras: Cameras, tmp_path: Path) -> None:
    command = [sys.executable, "-c", RECORD, str(tmp_path), cameras.url()]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    until(lambda: len(list(tmp_path.glob("*.part"))) >= 4)
    process.kill()
    process.wait()
    killed = clock()
    spool = Spool(tmp_path, HEADER)
    assert spool.mark.running and killed - spool.mark.until < 1000 * (SHORT + 1.5)
    before = spool.mark.until
    camera = Camera(cameras.url(), spool, clock, length=SHORT)
    camera.start()
    until(lambda: camera.status.segments >= 1)
    camera.stop()
    camera.join(5)
    rows = spool.waiting(10_000)
    assert walk(HEADER, rows) == spool.mark.head
    assert ("run-ended", "recorder-lost") in events(spool)
    [gap] = gaps(row.entry for row in rows)
    assert (gap.since, gap.why) == (before, "recorder-lost")


@pytest.mark.soak
def test_a_camera_that_is_switched_off_for_a_while_leaves_its_last_short_segment(
    cameras: Cameras, tmp_path: Path
) -> None:
    spool = Spool(tmp_path, HEADER)
    camera = Camera(cameras.url(), spool, clock, length=SHORT)
    camera.start()
    until(lambda: camera.status.segments >= 2)
    cameras.off()
    until(lambda: not camera.status.up)
    had = camera.status.segments
    cameras.on()
    until(lambda: camera.status.up)
    camera.stop()
    camera.join(5)
    lengths = [
        row.entry["length"] for row in spool.waiting(10_000) if row.entry["kind"] == "segment" and row.entry["run"] == 1
    ]
    assert len(lengths) == had and lengths[-1] <= 1000 * SHORT + 200
