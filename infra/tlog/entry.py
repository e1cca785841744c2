"""What stands in a leaf of the public log: a salted event or a dummy, opaque until disclosed (docs/formats/log.md)."""

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from infra.kernel.canonical import canonical, unb64
from infra.kernel.problems import Problem

BATCHES = (8, 64, 512, 4096)
NO_ENTRY = bytes(32)

_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
_MUST = {"at", "event", "facts", "link"}
_KNOWN = _MUST | {"section", "actor"}


def entry(salt: bytes, event: Mapping[str, Any]) -> bytes:
    """The 32 bytes that stand in the log for an event: SHA-256(salt32 ‖ canonical event); `log.event` if misshapen."""
    return salted(salt, preimage(event))


def preimage(event: Mapping[str, Any]) -> bytes:
    """The canonical form of an event, which its entry hides; `log.event` if misshapen."""
    check_event(event)
    return canonical(event if type(event) is dict else dict(event))


def salted(salt: bytes, preimage: bytes) -> bytes:
    """The entry of an event given in its canonical form."""
    _sized(salt)
    return sha256(salt + preimage).digest()


def check_event(event: Mapping[str, Any]) -> None:
    """`log.event` unless it is `{"at", "event", "facts", "link", "section"?, "actor"?}`, each of its kind."""
    sound = (
        event.keys() >= _MUST
        and event.keys() <= _KNOWN
        and all([isinstance(value, str) or name == "facts" for name, value in event.items()])
        and isinstance(event["facts"], dict)
        and _AT.fullmatch(event["at"]) is not None
    )
    if not sound:
        raise Problem("log.event", event=str(event.get("event", "")))
    unb64(event["link"], 32)


def link(link_salt: bytes, number: int, previous: bytes = NO_ENTRY) -> bytes:
    """Hides an event's number in its section (from 1) and the entry before it (zeros for the first), 32 bytes."""
    _sized(link_salt)
    _sized(previous)
    if number < 1 or (number == 1) != (previous == NO_ENTRY):
        raise Problem("log.link", number=number)
    return sha256(b"log/v1 link\n" + link_salt + number.to_bytes(8, "big") + previous).digest()


def dummy(period_key: bytes, index: int) -> bytes:
    """The entry that pads leaf `index`: HMAC-SHA256 under the period's key, which is opened after the last deadline."""
    _sized(period_key)
    return hmac.digest(period_key, b"log/v1 dummy\n" + index.to_bytes(8, "big"), "sha256")


def batch_size(real: int) -> int:
    """The smallest of 8, 64, 512 and 4,096 leaves that holds `real` events; `log.batch` where none does."""
    for size in BATCHES:
        if real <= size:
            return size
    raise Problem("log.batch", real=real)


def _sized(value: bytes) -> None:
    if len(value) != 32:
        raise Problem("log.size", bytes=len(value))
