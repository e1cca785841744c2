"""Canonical JSON (RFC 8785), the only form that is hashed or signed."""

import json
from binascii import Error as BinasciiError
from binascii import a2b_base64, b2a_base64
from hashlib import sha256
from typing import Any

import msgspec
import rfc8785

from infra.kernel.problems import Problem

LARGEST = 2**53 - 1
# For plain values this encoder writes RFC 8785 too, in a hundredth of the time.
_SIMPLE = frozenset({str, bool, type(None)})
_ENCODER = msgspec.json.Encoder(order="deterministic")


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value. Floats are refused: amounts and marks are strings."""
    if _plain(value):
        try:
            return _ENCODER.encode(value)
        except UnicodeEncodeError:
            pass  # a lone surrogate: refused below
    _refuse_floats(value)
    return rfc8785.dumps(value)


def digest(value: Any) -> bytes:
    """SHA-256 of the canonical form, 32 bytes."""
    return sha256(canonical(value)).digest()


def parse(data: bytes) -> Any:
    """Read canonical JSON and nothing else; `json.not-canonical` where the bytes are not exactly the canonical form."""
    value = read(data)
    try:
        same = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise Problem("json.not-canonical") from error
    if not same:
        raise Problem("json.not-canonical")
    return value


def read(data: bytes) -> Any:
    """Read JSON strictly: UTF-8, no duplicate keys, no NaN; `json.bad` otherwise."""
    try:
        return DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Problem("json.bad", why=str(error)) from error


def b64(data: bytes) -> str:
    """Standard padded base64."""
    return b2a_base64(data, newline=False).decode("ascii")


def unb64(text: str, size: int | None = None) -> bytes:
    """Standard padded base64 with zero trailing bits, optionally of an exact size; `base64.bad` otherwise."""
    try:
        data = a2b_base64(text, strict_mode=True)
    except (BinasciiError, ValueError, TypeError) as error:
        raise Problem("base64.bad", why=str(error)) from error
    if b64(data) != text or (size is not None and len(data) != size):
        raise Problem("base64.bad", why="not the one standard form" if size is None else f"not {size} bytes")
    return data


def _plain(value: Any) -> bool:
    """Whether keys are ASCII, where code points sort as UTF-16 does, and leaves have one spelling in both encoders.

    A tree of JSON, which cannot hold itself.
    """
    values = [value]
    try:
        for one in values:
            kind = type(one)
            if kind is dict:
                if not "".join(one).isascii():
                    return False
                values += one.values()
            elif kind is list:
                values += one
            elif kind is int:
                if not -LARGEST <= one <= LARGEST:
                    return False
            elif kind not in _SIMPLE:
                return False
    except TypeError:
        return False  # a key that is no string
    return True


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=_no_twins, parse_constant=_no_constant)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise Problem("json.float", value=value)
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)
