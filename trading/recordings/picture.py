"""The test picture of a camera: its first key frame as a JPEG, so that whoever enters it sees what it sees."""

from typing import Any

import av
from av.error import FFmpegError

from infra.kernel.problems import Problem
from trading.recordings.camera import TIMEOUT, options_for, reason_of


def take_picture(url: str) -> bytes:
    """A JPEG of what the camera shows now; `camera.no-picture` with why. Blocks for some seconds: call it in a thread."""
    try:
        with av.open(url, options=options_for(url), timeout=(TIMEOUT, TIMEOUT)) as source:
            for frame in source.decode(video=0):
                return _jpeg(frame)
    except (FFmpegError, OSError, ValueError, IndexError) as error:
        raise Problem("camera.no-picture", why=reason_of(error)) from error
    raise Problem("camera.no-picture", why="ended")


def _jpeg(frame: Any) -> bytes:
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = frame.time_base
    shown = frame.reformat(format="yuvj420p")
    shown.pts = None
    return b"".join(bytes(packet) for packet in [*encoder.encode(shown), *encoder.encode(None)])
