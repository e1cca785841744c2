"""What of a file for a blind part 暗标 would tell whose it is: its name, its properties, plain text. Pure.

The twin of `web/static/js/bidder/inspecting.js`, for the command line; compressed pages are not looked into.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

LOOKED = 32 << 20
"""Bytes looked at, of a larger file at either end."""
LONGEST = 80
PROPERTY = re.compile(
    rb"/(Author|Company|Title|Subject|Keywords|Creator|Producer)\s*(\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>)", re.DOTALL
)
PACKET = re.compile(rb"<\?xpacket begin.*?<\?xpacket end", re.DOTALL)
_NAMED = "dc:creator|pdf:Author|xmp:Author"
AUTHOR = re.compile(rf"<(?:{_NAMED})[^>]*>(.*?)</(?:{_NAMED})>", re.DOTALL)
OF_A_PERSON = ("Author", "Company")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class Finding(NamedTuple):
    """What tells: `name`, `author`, `property` (with its key) or `bidder`, and the words that do."""

    code: str
    text: str
    key: str = ""


def inspect(name: str, pieces: Iterable[bytes], told: Sequence[str]) -> list[Finding]:
    """What is found in a file's name and bytes, each once; `told` are the words that name the bidder."""
    words = [word for word in told if word]
    found = [Finding("name", word) for word in words if _has(name, word)]
    for piece in pieces:
        found += _looked(piece, words)
    return list(dict.fromkeys(found))


def _looked(data: bytes, words: Sequence[str]) -> Iterator[Finding]:
    for match in PROPERTY.finditer(data):
        key, said = match[1].decode(), _decoded(match[2]).strip()
        if said and key in OF_A_PERSON:
            yield Finding("author", _cut(said))
        elif said and any(_has(said, word) for word in words):
            yield Finding("property", _cut(said), key)
    for packet in PACKET.findall(data):
        author = AUTHOR.search(packet.decode("utf-8", "replace"))
        said = re.sub(r"<[^>]*>", " ", author[1]).strip() if author else ""
        if said:
            yield Finding("author", _cut(said))
    for word in words:
        if word.encode() in data or word.encode("utf-16-be") in data:
            yield Finding("bidder", word)


def _has(text: str, word: str) -> bool:
    return normalize("NFKC", word).upper() in normalize("NFKC", text).upper()


def _cut(text: str) -> str:
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text


def _decoded(value: bytes) -> str:
    """A string of a PDF: in brackets with escapes, or hexadecimal; UTF-16 where it begins so, else as it stands."""
    data = _hexadecimal(value) if value.startswith(b"<") else ESCAPE.sub(_unescaped, value[1:-1])
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "".join(_western(one) for one in data)


def _hexadecimal(value: bytes) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", value).decode()
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    if sign[:1] in b"01234567":
        return bytes([int(sign, 8) & 255])
    return ESCAPED.get(sign, sign)


def _western(byte: int) -> str:
    """A byte as browsers read Latin 1: as Windows writes it."""
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)
