"""What browsers signed, verified with the standard library alone: each run by its key, each chunk over its parts (P-256)."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_Point = tuple[int, int, int]
_NONE: _Point = (0, 1, 0)
_CLOCK = ("client", "offset", "rtt")


class Checked(NamedTuple):
    """How many chunks are signed, of how many the bytes themselves were seen, and the entry at which something is wrong."""

    signed: int
    seen: int
    wrong: int | None = None


def check_chunks(stream: str, rows: list[dict[str, Any]], joined: Callable[[list[int]], str | None]) -> Checked:
    """Check every run and chunk of a stream; `joined` gives the hash of parts one after another, None where one is waived.

    What was put into another container (WebM) is signed as it came, and its bytes are not there to be seen.
    """
    key, plain = b"", False
    signed = seen = 0
    for place, row in enumerate(rows):
        entry = row["entry"]
        facts = entry.get("facts", {})
        try:
            if entry.get("name") == "run-begun" and "key" in facts:
                key, plain = bytes.fromhex(facts["key"]), not facts["codec"].startswith("video/webm")
                told = {"stream": stream, "key": facts["key"], "mime": facts["codec"]}
                good = _signed(key, "recording-run/v1", told, facts)
            elif entry.get("name") == "chunk":
                told = {"stream": stream, "number": facts["number"], "sha256": facts["sha256"]}
                good = _signed(key, "recording-chunk/v1", told, facts)
                own = [one["entry"] for one in rows[place + 1 : place + 1 + facts["parts"]]]
                good = good and len(own) == facts["parts"] and all(one["kind"] != "event" for one in own)
                found = joined([one["seq"] for one in own]) if good and plain and own else None
                good = good and found in (None, facts["sha256"])
                signed, seen = signed + 1, seen + (found is not None)
            else:
                continue
        except (KeyError, TypeError, ValueError, AttributeError):
            good = False
        if not good:
            return Checked(signed, seen, entry["seq"])
    return Checked(signed, seen)


def _signed(key: bytes, label: str, told: dict[str, Any], facts: dict[str, Any]) -> bool:
    whole = {**told, **{name: facts[name] for name in _CLOCK}}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    message = label.encode() + b"\0" + hashlib.sha256(text.encode()).digest()
    return p256_verify(key, message, bytes.fromhex(facts["signature"]))


def p256_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether r ‖ s (64 bytes) is a signature of the message's SHA-256 by this key of 65 bytes `04 ‖ x ‖ y`."""
    if len(key) != 65 or key[0] != 4 or len(signature) != 64:
        return False
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if max(x, y) >= _P or (y * y - x * x * x + 3 * x - _B) % _P or not (0 < r < _N and 0 < s < _N):
        return False
    inverse = pow(s, -1, _N)
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    found = _both(digest * inverse % _N, (*_G, 1), r * inverse % _N, (x, y, 1))
    if not found[2]:
        return False
    return found[0] * pow(found[2], -2, _P) % _P % _N == r


def _both(one: int, first: _Point, two: int, second: _Point) -> _Point:
    """`one` times the first point and `two` times the second, added, bit by bit together."""
    chosen = (_NONE, first, second, _add(first, second))
    found = _NONE
    for bit in range(255, -1, -1):
        found = _double(found)
        pick = (one >> bit & 1) | (two >> bit & 1) << 1
        if pick:
            found = _add(found, chosen[pick])
    return found


def _double(point: _Point) -> _Point:
    x, y, z = point
    if not z or not y:
        return _NONE
    square = y * y % _P
    middle = 4 * x * square % _P
    slope = 3 * (x - z * z) * (x + z * z) % _P
    new = (slope * slope - 2 * middle) % _P
    return new, (slope * (middle - new) - 8 * square * square) % _P, 2 * y * z % _P


def _add(one: _Point, two: _Point) -> _Point:
    if not one[2] or not two[2]:
        return two if not one[2] else one
    square, other = one[2] * one[2] % _P, two[2] * two[2] % _P
    left, right = one[0] * other % _P, two[0] * square % _P
    low, high = one[1] * two[2] * other % _P, two[1] * one[2] * square % _P
    width, height = (right - left) % _P, (high - low) % _P
    if not width:
        return _NONE if height else _double(one)
    wide = width * width % _P
    cube, middle = width * wide % _P, left * wide % _P
    new = (height * height - cube - 2 * middle) % _P
    return new, (height * (middle - new) - low * cube) % _P, width * one[2] * two[2] % _P
