"""The process whose cost the recorder's bench measures: `python -m web.bench.filming FOLDER URL…`, one thread a camera."""

import sys
import time
from pathlib import Path

from infra.edge import utc_now
from trading.recordings.camera import Camera
from trading.recordings.ledger import header
from trading.recordings.spool import Spool

EVERY = 0.5


def spool_of(folder: Path, number: int) -> Spool:
    """The spool of a camera of the bench."""
    name = f"stream-{number:02d}"
    return Spool(folder / name, header("recording-bench", name, "camera", name))


def main(folder: Path, urls: list[str]) -> None:
    """Record until killed; each half second a line: cameras up, segments, bytes, processor seconds used."""
    cameras = [
        Camera(url, spool_of(folder, number), lambda: int(utc_now().timestamp() * 1000))
        for number, url in enumerate(urls)
    ]
    for camera in cameras:
        camera.start()
    while True:
        told = [camera.status for camera in cameras]
        up, segments, size = (
            sum(one.up for one in told),
            sum(one.segments for one in told),
            sum(one.bytes for one in told),
        )
        print(up, segments, size, f"{time.process_time():.4f}", f"{time.monotonic():.4f}", flush=True)
        time.sleep(EVERY)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
