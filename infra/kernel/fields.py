"""Reading JSON documents strictly: nothing missing, unknown or vague, and every refusal names its JSON path."""

import json
import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any, Never, TypeVar

from infra.kernel.canonical import parse, unb64
from infra.kernel.problems import Problem

Read = TypeVar("Read")
Refuse = Callable[[str], Never]
LARGEST = 2**53 - 1

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


def bytes_at(value: Any, path: str, size: int | None = None) -> bytes:
    """The bytes of a base64 string, of exactly this size where one is given; `evidence.type` or `base64.bad`."""
    return unb64(text_at(value, path), size)


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


def is_written(value: Any, longest: int) -> bool:
    """Whether this is text that somebody can read later: not blank, not longer, and of signs that can be stored."""
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        return False
    return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value)


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


class Fields:
    """One JSON object that holds exactly the fields named; `refuse` raises the document's own problem for a field."""

    def __init__(self, value: Any, refuse: Refuse, names: str, optional: str = "", path: str = "$") -> None:
        self._own_refusal = refuse
        self._path = path
        self._value = self._checked(members_at, value, path, names.split(), optional.split())

    def refuse(self, name: str) -> Never:
        """Raise the document's problem for the field of this name."""
        self._own_refusal(_told(at(self._path, name)))

    def has(self, name: str) -> bool:
        """Whether an optional field is there."""
        return name in self._value

    def text(self, name: str, pattern: re.Pattern[str]) -> str:
        """A string that matches the whole pattern."""
        found = self._read(text_at, name)
        return found if pattern.fullmatch(found) else self.refuse(name)

    def number(self, name: str, least: int, most: int = LARGEST) -> int:
        """An integer within the bounds; `true` is none."""
        return self._read(count_at, name, least, most)

    def raw(self, name: str, size: int | None = None) -> bytes:
        """The bytes of a base64 string, of exactly this size where one is given."""
        return self._read(bytes_at, name, size)

    def raws(self, name: str, size: int) -> tuple[bytes, ...]:
        """A list of base64 strings of one size."""
        return tuple(self._checked(bytes_at, item, path, size) for path, item in self._items(name))

    def object(self, name: str, names: str) -> "Fields":
        """A nested object with exactly these fields."""
        return Fields(self._value[name], self._own_refusal, names, path=at(self._path, name))

    def objects(self, name: str, names: str) -> "list[Fields]":
        """A list of objects with exactly these fields."""
        return [Fields(item, self._own_refusal, names, path=path) for path, item in self._items(name)]

    def _items(self, name: str) -> list[tuple[str, Any]]:
        return [(at(at(self._path, name), place), item) for place, item in enumerate(self._read(array_at, name))]

    def _read(self, check: Callable[..., Read], name: str, *bounds: Any) -> Read:
        # The path is put together for a refusal only: a document has many fields, and nearly every one is right.
        try:
            return check(self._value[name], name, *bounds)
        except Problem:
            self.refuse(name)

    def _checked(self, check: Callable[..., Read], value: Any, path: str, *bounds: Any) -> Read:
        try:
            return check(value, path, *bounds)
        except Problem as problem:
            self._own_refusal(_told(str(problem.facts.get("path", path))))


def parse_document(data: bytes, refuse: Refuse) -> Any:
    """The value of canonical JSON bytes; what is not canonical JSON is refused as `canonical`."""
    try:
        return parse(data)
    except (Problem, ValueError, RecursionError):
        refuse("canonical")


def _told(path: str) -> str:
    return path.removeprefix("$").removeprefix(".") or "document"
