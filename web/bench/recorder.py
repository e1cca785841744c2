"""Recording many cameras at once, what a killed recorder loses, and how fast an export is verified."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from math import floor
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from infra.crypto.sign import ed25519_public, sign_ed25519
from infra.edge import random_bytes, utc_now
from trading.recordings import ledger
from trading.recordings.camera import SEGMENT_LENGTH
from trading.recordings.discs import Shown, lay_out, lay_out_stream, write_part
from trading.recordings.verify import Folder, verify
from web.bench.budgets import Budget, Figures, Tell
from web.bench.filming import spool_of
from web.bench.films import film, light_camera
from web.bench.ground import free_port, private_home
from web.bench.sending import EACH, sent

CAMERAS, SECONDS, MEGABYTES = 16, 20, 400
RATE, SIZE, FILM_SECONDS = 2_000_000, (1920, 1080), 6
PART = 1_000_000
PATIENCE = 60.0
LATE = 0.1
"""The part of a segment by which the last picture of a killed recorder's may be late on its way."""
BUDGETS = (
    Budget("core_percent_per_camera", 1.0),
    Budget("segments_lost", 1),
    Budget("verify_mb_s", 500, least=True),
    Budget("chunks_per_s", 100, least=True),
    Budget("chunk_p99_ms", 300),
)


class Reading(NamedTuple):
    """One line of the recording process."""

    up: int
    segments: int
    bytes: int
    used: float
    at: float


def measure(
    tell: Tell, *, cameras: int = CAMERAS, seconds: int = SECONDS, megabytes: int = MEGABYTES, chunks: int = EACH
) -> Figures:
    """Processor time of a camera of 2 Mb/s, segments lost by `kill -9`, megabytes verified a second; chunks of browsers."""
    with private_home() as home:
        figures = _filmed(tell, home, cameras, seconds)
        figures |= _verified(tell, home / "export", megabytes)
    return figures | sent(tell, each=chunks)


def _filmed(tell: Tell, home: Path, cameras: int, seconds: int) -> Figures:
    tell(f"a film of {FILM_SECONDS} s at {RATE / 1e6:g} Mb/s")
    played = film(home / "film.mp4", sound=None, seconds=FILM_SECONDS, size=SIZE, rate=RATE, key_every=50)
    port = free_port()
    urls = [f"rtsp://127.0.0.1:{port}/camera"] * cameras
    with light_camera(played, port), _recording(home / "spool", urls) as readings:
        first = _until_up(readings, cameras)
        tell(f"{first.up} of {cameras} cameras are recorded")
        last = first
        while last.at - first.at < seconds:
            last = next(readings)
        tell("the recorder is killed")
    killed = int(utc_now().timestamp() * 1000)
    marks = [spool_of(home / "spool", number).mark for number in range(cameras)]
    lost = max(killed - mark.until for mark in marks)
    passed = last.at - first.at
    rate = (last.bytes - first.bytes) * 8 / passed / cameras
    return {
        "core_percent_per_camera": round((last.used - first.used) / passed / cameras * 100, 3),
        "segments_lost": floor(lost / 1000 / SEGMENT_LENGTH - LATE) + 1,
        "lost_ms_most": lost,
        "cameras": last.up,
        "camera_mbit_s": round(rate / 1e6, 2),
        "seconds": round(passed, 1),
    }


@contextmanager
def _recording(folder: Path, urls: list[str]) -> Iterator[Iterator[Reading]]:
    """The recording process while the block lasts; then it is killed, as a failing machine would."""
    command = [sys.executable, "-m", "web.bench.filming", str(folder), *urls]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield (_reading(line) for line in process.stdout)
    finally:
        process.kill()
        process.communicate()


def _reading(line: str) -> Reading:
    up, segments, size, used, at = line.split()
    return Reading(int(up), int(segments), int(size), float(used), float(at))


def _until_up(readings: Iterator[Reading], cameras: int) -> Reading:
    """The first reading at which every camera has given two segments, or as many as do within a minute."""
    first = reading = next(readings)
    while (reading.up < cameras or reading.segments < 2 * cameras) and reading.at - first.at < PATIENCE:
        reading = next(readings)
    return reading


def _verified(tell: Tell, folder: Path, megabytes: int) -> Figures:
    tell(f"an export of {megabytes} MB is laid out")
    told = _export(folder, megabytes)
    began = perf_counter()
    steps = list(verify(Folder(folder), told))
    taken = perf_counter() - began
    data = bytes(PART)
    began = perf_counter()
    for _ in range(megabytes):
        sha256(data)
    bare = perf_counter() - began
    return {
        "verify_mb_s": round(megabytes / taken),
        "sha256_mb_s": round(megabytes / bare),
        "verified_steps": len(steps),
    }


def _export(folder: Path, megabytes: int) -> dict[str, Any]:
    header = ledger.header("recording-bench", "stream-1", "camera", "bench")
    head, rows = ledger.begin(header), []
    for seq in range(1, megabytes + 1):
        data = random_bytes(PART)
        entry = ledger.part(seq, "segment", 0, data, length=4000, wall=seq * 4000, arrived=seq * 4000)
        head = ledger.follow(head, entry)
        rows.append(ledger.Row(entry, head.chain))
        write_part(folder, "stream-1", seq, data)
    key = random_bytes(32)
    names = ("recording", "section", "room", "kind", "opened", "closed")
    facts = dict.fromkeys(names, "bench")
    document = ledger.document(facts, [ledger.Stream(header, head, [])], [], ed25519_public(key))
    told = {"recording": "bench", "key": document["key"], "root": document["root"], "heads": []}
    lay_out(folder, document, sign_ed25519(key, ledger.signed_bytes(document)), told)
    lay_out_stream(folder, Shown(header, rows), range(megabytes + 1))
    return told
