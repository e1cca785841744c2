"""Reading a JSON document field by field: anything missing, unknown or of another type is refused by its name."""

import re
from collections.abc import Callable
from typing import Any, Never

from infra.kernel.canonical import parse, unb64
from infra.kernel.problems import Problem

Refuse = Callable[[str], Never]
LARGEST = 2**53 - 1


class Fields:
    """One JSON object that holds exactly the fields named; `refuse` raises the document's own problem."""

    def __init__(self, value: Any, refuse: Refuse, names: str, optional: str = "", at: str = "") -> None:
        self._refuse = refuse
        self._at = at
        required, known = set(names.split()), set((names + " " + optional).split())
        if not isinstance(value, dict):
            refuse(at or "document")
        for name in sorted(required ^ set(value)):
            if name in required or name not in known:
                self.refuse(name)
        self._value = value

    def refuse(self, name: str) -> Never:
        """Raise the document's problem for the field of this name."""
        self._refuse(f"{self._at}{name}")

    def has(self, name: str) -> bool:
        """Whether an optional field is there."""
        return name in self._value

    def text(self, name: str, pattern: re.Pattern[str]) -> str:
        """A string that matches the whole pattern."""
        value = self._value[name]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self.refuse(name)
        return value

    def number(self, name: str, least: int, most: int = LARGEST) -> int:
        """An integer within the bounds; `true` is none."""
        value = self._value[name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(name)
        return value

    def raw(self, name: str, size: int | None = None) -> bytes:
        """The bytes of a base64 string, of exactly this size where one is given."""
        return self._unb64(name, self._value[name], size)

    def raws(self, name: str, size: int) -> tuple[bytes, ...]:
        """A list of base64 strings of one size."""
        return tuple(self._unb64(name, value, size) for value in self._list(name))

    def object(self, name: str, names: str) -> "Fields":
        """A nested object with exactly these fields."""
        return Fields(self._value[name], self._refuse, names, at=f"{self._at}{name}.")

    def objects(self, name: str, names: str) -> "list[Fields]":
        """A list of objects with exactly these fields."""
        items = enumerate(self._list(name), 1)
        return [Fields(item, self._refuse, names, at=f"{self._at}{name}[{number}].") for number, item in items]

    def _list(self, name: str) -> list[Any]:
        value = self._value[name]
        if not isinstance(value, list):
            self.refuse(name)
        return value

    def _unb64(self, name: str, value: Any, size: int | None) -> bytes:
        try:
            return unb64(value, size)
        except (Problem, TypeError):
            self.refuse(name)


def parse_document(data: bytes, refuse: Refuse) -> Any:
    """The value of canonical JSON bytes; what is not canonical JSON is refused as `canonical`."""
    try:
        return parse(data)
    except (Problem, ValueError, RecursionError):
        refuse("canonical")
