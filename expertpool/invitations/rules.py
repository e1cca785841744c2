"""What an invitation says and when it ends, the code it is answered by, and the pauses between two tries to send it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from expertpool.invitations.places import Remote

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
LONGEST_CODE = 60
LONGEST_NOTE = 500
MOST_MINUTES = 1440
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Between the tries on one channel; after the last try the next channel is taken."""
CHANNELS = ("sms", "voice", "mail")
ROOM = 512
"""Bytes: what is sealed is filled up to a multiple of it, so that no length tells a name or a number."""


class Call(NamedTuple):
    """When and where those drawn are to come, and until when they may answer; a building and a desk, never a room."""

    meet_at: datetime
    place: str
    ends_at: datetime
    remote: tuple[Remote, ...] = ()


def call_at(now: datetime, meet_at: datetime, place: str, window: timedelta, remote: Sequence[Remote] = ()) -> Call:
    """The call as it goes out now: the window to answer in, and as long again to come where the meeting is nearer.

    The window ends with a full minute: a second would tell when somebody else has declined.
    """
    ends_at = (now + window + timedelta(seconds=59)).replace(second=0, microsecond=0)
    return Call(max(meet_at, ends_at + window), place, ends_at, tuple(remote))


def new_code(random: Callable[[int], bytes]) -> str:
    """A fresh reply code of twelve letters; bytes that would favour a letter are not used."""
    fair = 256 - 256 % len(LETTERS)
    code = ""
    while len(code) < CODE_LENGTH:
        code += "".join(LETTERS[byte % len(LETTERS)] for byte in random(CODE_LENGTH) if byte < fair)
    return code[:CODE_LENGTH]


def code_hash(code: str) -> bytes:
    """The hash under which a reply code is kept; blanks, hyphens and small letters make no difference."""
    plain = "".join(code.split()).replace("-", "").upper()
    return sha256(b"invitation code/v1\0" + plain.encode("utf-8", "replace")).digest()


def in_groups(code: str) -> str:
    """The code as it is read out and typed: `ABCD-EFGH-JKLM`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def filled(data: bytes) -> bytes:
    """The data with zero bytes up to the next multiple of `ROOM`; `emptied` takes them away."""
    return data + bytes(-len(data) % ROOM)


def emptied(data: bytes) -> bytes:
    """What `filled` was given; the data itself ends in no zero byte."""
    return data.rstrip(b"\0")


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after so many tries on a channel, or None where the next channel's turn has come."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None
