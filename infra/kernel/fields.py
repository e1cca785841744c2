"""Reading evidence files strictly: nothing missing, unknown or vague, and every refusal names its JSON path."""

import json
import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from infra.kernel.problems import Problem

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# Exact arithmetic on what a stranger sent needs a bound; no amount, mark or rate comes near it.
LONGEST_DECIMAL = 200


def at(path: str, key: str | int) -> str:
    """The JSON path one step further: `$.marks.J1`, `$.items[0]`, `$["甲"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if PLAIN_KEY.fullmatch(key) else f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def object_at(value: Any, path: str) -> dict[str, Any]:
    """A JSON object; `evidence.type` otherwise."""
    if not isinstance(value, dict):
        raise Problem("evidence.type", path=path, expected="object")
    return value


def array_at(value: Any, path: str) -> list[Any]:
    """A JSON array; `evidence.type` otherwise."""
    if not isinstance(value, list):
        raise Problem("evidence.type", path=path, expected="array")
    return value


def text_at(value: Any, path: str) -> str:
    """A string; `evidence.type` otherwise."""
    if not isinstance(value, str):
        raise Problem("evidence.type", path=path, expected="string")
    return value


def flag_at(value: Any, path: str) -> bool:
    """True or false; `evidence.type` otherwise."""
    if not isinstance(value, bool):
        raise Problem("evidence.type", path=path, expected="true or false")
    return value


def members_at(value: Any, path: str, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Any]:
    """An object with all required and only the named fields; `evidence.field-missing`, `evidence.field-unknown`."""
    found = object_at(value, path)
    for name in required:
        if name not in found:
            raise Problem("evidence.field-missing", path=at(path, name), field=name)
    for name in found:
        if name not in required and name not in optional:
            raise Problem("evidence.field-unknown", path=at(path, name), field=name)
    return found


def word_at(value: Any, path: str, allowed: Collection[str]) -> str:
    """One of the allowed words; `evidence.word` otherwise."""
    if not isinstance(value, str) or value not in allowed:
        raise Problem("evidence.word", path=path, value=str(value)[:40], allowed=", ".join(allowed))
    return value


def count_at(value: Any, path: str, low: int, high: int) -> int:
    """A whole number between two bounds, both included; `evidence.range` otherwise."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Problem("evidence.type", path=path, expected="whole number")
    if not low <= value <= high:
        raise Problem("evidence.range", path=path, value=value, low=low, high=high)
    return value


def decimal_at(value: Any, path: str) -> Decimal:
    r"""A decimal string `-?\d+(\.\d+)?`; `evidence.decimal` otherwise, so NaN and infinities never enter."""
    found = decimal_of(value)
    if found is None:
        raise Problem("evidence.decimal", path=path, value=str(value)[:40])
    return found


def decimal_of(value: Any) -> Decimal | None:
    """What a decimal string says, or None where the value is none."""
    if isinstance(value, str) and len(value) <= LONGEST_DECIMAL and DECIMAL.fullmatch(value):
        return Decimal(value)
    return None
