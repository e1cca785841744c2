"""What a camera's entry, a reason and a term of keeping must be. Pure."""

from datetime import datetime
from urllib.parse import urlsplit

from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

LONGEST_LABEL, LONGEST_ADDRESS, LONGEST_WORDS = 60, 500, 2000
SCHEMES = ("rtsp", "rtsps")
KEEP, EXPORT = "keep-recording", "export-recording"
"""The jobs that carry term and hold of a recording to the store, and that make a file of it."""
SHORT_GAP = 10_000
"""Milliseconds: a longer gap alarms the supervising body and wants a reason."""
SILENCE = 15.0
"""Seconds after which a source whose recorder says nothing counts as down."""


def checked_address(text: str) -> str:
    """An RTSP address, with its account where needed; `camera.address`, without facts: it may hold a password."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Problem("camera.address") from error
    if (
        len(text) > LONGEST_ADDRESS
        or parts.scheme not in SCHEMES
        or not parts.hostname
        or port == 0
        or not text.isprintable()
    ):
        raise Problem("camera.address")
    return text


def shown_address(text: str) -> str:
    """The address without account and password, for pages."""
    parts = urlsplit(text)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


def checked_label(text: str) -> str:
    """A camera's label; `camera.label`."""
    if not is_written(text, LONGEST_LABEL):
        raise Problem("camera.label", longest=LONGEST_LABEL)
    return text.strip()


def checked_words(text: str) -> str:
    """A reason; `recording.words`."""
    if not is_written(text, LONGEST_WORDS):
        raise Problem("recording.words", longest=LONGEST_WORDS)
    return text.strip()


def longer_term(before: datetime, after: datetime) -> datetime:
    """A term of keeping that ends later than before; `recording.shortened`."""
    if after <= before:
        raise Problem("recording.shortened", until=before)
    return after
