"""Films and cameras for benches and tests: a moving picture at a chosen rate, played over RTSP by a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av

FRAMES = 25
_SERVE = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from aio_rtsp_toolkit import server as made
class Silent:
    def __getattr__(self, _):
        return lambda *a, **k: None
for name in ("aio_rtsp_toolkit.server", "aio_rtsp_toolkit.server_session", "aio_rtsp_toolkit.server_streaming"):
    module = sys.modules.get(name)
    if module is not None and hasattr(module, "logger"):
        module.logger = Silent()
async def main():
    # Each client holds a thread of the server while it is served.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(64))
    serving = made.RtspServer(sys.argv[1], "127.0.0.1", int(sys.argv[2]))
    serving.logger = Silent()
    await serving.start()
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def film(
    path: Path,
    *,
    seconds: float = 4.0,
    size: tuple[int, int] = (320, 240),
    rate: int = 200_000,
    codec: str = "libx264",
    sound: str | None = "aac",
    key_every: int = FRAMES,
    form: str | None = None,
) -> Path:
    """Write a film whose picture moves all the time, of about `rate` bits a second; its path."""
    with av.open(str(path), "w", format=form) as out:
        bound = {"maxrate": str(rate), "bufsize": str(rate)}
        options = bound | {"preset": "ultrafast", "bf": "0", "x265-params": "log-level=none:bframes=0"}
        picture: Any = out.add_stream(codec, rate=FRAMES, options=options)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        picture.bit_rate, picture.codec_context.gop_size = rate, key_every
        track = _sound_track(out, sound) if sound else None
        for number in range(int(seconds * FRAMES)):
            out.mux(picture.encode(_frame(size, number)))
            if track is not None:
                _sound_until(out, track, (number + 1) / FRAMES)
        out.mux(picture.encode(None))
        if track is not None:
            out.mux(track[0].encode(None))
    return path


@contextmanager
def camera(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Serve a folder's films as `rtsp://127.0.0.1:PORT/NAME` until the block ends, by `aio-rtsp-toolkit`, which tests have."""
    with _process(sys.executable, "-c", _SERVE, str(folder), str(port)) as process:
        yield process


@contextmanager
def light_camera(film: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Play one film at any address of the port until the block ends, with as little work as can be (`web.bench.rtsp`)."""
    with _process(sys.executable, "-m", "web.bench.rtsp", str(film), str(port)) as process:
        yield process


@contextmanager
def _process(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the camera did not start")
        yield process
    finally:
        process.kill()
        process.communicate()


def _frame(size: tuple[int, int], number: int) -> Any:
    """A picture whose blocks all change from one to the next."""
    frame = av.VideoFrame(*size, "yuv420p")
    for place, plane in enumerate(frame.planes):
        row = bytes((x * x * (place + 1) + number * 37) >> 3 & 0xFF for x in range(plane.line_size))
        shifted = row * 2
        plane.update(
            b"".join(shifted[(number * 3 + y * 7) % plane.line_size :][: plane.line_size] for y in range(plane.height))
        )
    frame.pts = number
    return frame


def _sound_track(out: Any, codec: str) -> list[Any]:
    track = out.add_stream(codec, rate=16_000 if codec == "aac" else 8_000)
    track.layout = "mono"
    return [track, 0]


def _sound_until(out: Any, track: list[Any], second: float) -> None:
    stream, given = track
    while given < second * stream.rate:
        heard = av.AudioFrame(format=stream.format.name, layout="mono", samples=1024)
        heard.sample_rate, heard.pts = stream.rate, given
        for plane in heard.planes:
            plane.update(bytes(plane.buffer_size))
        given += 1024
        out.mux(stream.encode(heard))
    track[1] = given
