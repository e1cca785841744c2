"""Sealing what is personal of an expert, padded so that no length tells a name, and the tags that find it again."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from expertpool.experts.tables import Expert
from infra.auth.keys import KeyService
from infra.kernel.canonical import canonical, parse

NAME = "expert name"
IDENTITY_LABEL = "expert identity"
NAME_TAG = "expert name tag"
PHONE_TAG = "expert phone tag"
NUMBER_TAG = "expert number tag"
SHORT, LONG = 256, 1024
"""To multiples of so many bytes a single text and a document are padded."""

Random = Callable[[int], bytes]


def seal_text(keys: KeyService, label: str, row: str, text: str, random: Random) -> bytes:
    """The text padded to a multiple of 256 bytes and wrapped for this row."""
    return keys.wrap(label, row, _padded(text.encode(), SHORT), random)


def seal_document(keys: KeyService, label: str, row: str, document: Any, random: Random) -> bytes:
    """The canonical document padded to a multiple of 1,024 bytes and wrapped for this row."""
    return keys.wrap(label, row, _padded(canonical(document), LONG), random)


def open_text(keys: KeyService, label: str, row: str, sealed: bytes) -> str:
    """The text again, padded or not; `key-service.refused`."""
    return keys.unwrap(label, row, sealed).rstrip(b"\0").decode()


def open_document(keys: KeyService, label: str, row: str, sealed: bytes) -> Any:
    """The document again; `key-service.refused`."""
    return parse(keys.unwrap(label, row, sealed).rstrip(b"\0"))


def fingerprint(keys: KeyService, identity: str) -> bytes:
    """A keyed hash under which one person is found again without storing the number."""
    return sha256(keys.master + b"expert fingerprint\0" + identity.encode()).digest()


def name_tag(keys: KeyService, name: str) -> bytes:
    """What finds everybody of exactly this name."""
    return keys.tag(NAME_TAG, "", name.encode())


def phone_tag(keys: KeyService, phone: str) -> bytes:
    """What finds everybody with exactly this number; blanks and dashes do not count."""
    return keys.tag(PHONE_TAG, "", "".join(one for one in phone if one.isdigit() or one == "+").encode())


def number_tag(keys: KeyService, number: str) -> str:
    """The pseudonym, 64 hexadecimal digits, under which the log speaks of an expert's number."""
    return keys.tag(NUMBER_TAG, "", number.encode()).hex()


def name_of(keys: KeyService, expert: Expert) -> str:
    """The expert's name, unsealed."""
    return open_text(keys, NAME, expert.id, expert.name)


def identity_of(keys: KeyService, expert: Expert) -> str:
    """The expert's identity `<type>:<number>`, unsealed."""
    return open_text(keys, IDENTITY_LABEL, expert.id, expert.identity)


def _padded(data: bytes, size: int) -> bytes:
    return data + bytes(-len(data) % size)
