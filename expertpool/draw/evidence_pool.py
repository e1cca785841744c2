"""The pool of an evidence file, packed as it is read: a hundred bytes for each line, so that a million fit into memory."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, overload

from infra.kernel.members import read_members

HASHED = ("leaf", "ia", "ib")
_PLAIN = frozenset({*HASHED, "spec", "w"})
_TOLD = _PLAIN | {"emp", "b"}
_SIZE = 32
_BYTE = 255


class EvidencePool(Sequence[Any]):
    """The values of a JSON array in their order; a line of the plain shape is packed, any other value kept as it is."""

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self._hashes, self._weights, self._salts = bytearray(), bytearray(), bytearray()
        self._salt, self._shape, self._spec, self._emp = array("I"), array("H"), array("I"), array("I")
        self._shapes, self._texts = _Numbers(), _Numbers()
        self._odd: dict[int, Any] = {}
        for item in items:
            self._add(item)

    def __len__(self) -> int:
        return len(self._weights)

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> list[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        """The value at a place as it stood in the file, its fields in the same order, or those of a slice."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        return self._odd[at] if at in self._odd else self._line(at)

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def _line(self, at: int) -> dict[str, Any]:
        first = at * len(HASHED) * _SIZE
        hashes = self._hashes[first : first + len(HASHED) * _SIZE].hex()
        held: dict[str, Any] = {name: hashes[2 * _SIZE * n : 2 * _SIZE * (n + 1)] for n, name in enumerate(HASHED)}
        held |= {"spec": self._texts.of(self._spec[at]), "w": self._weights[at]}
        shape = self._shapes.of(self._shape[at])
        if "b" in shape:
            salt = self._salt[at] * _SIZE
            held |= {"emp": self._texts.of(self._emp[at]), "b": self._salts[salt : salt + _SIZE].hex()}
        return {name: held[name] for name in shape}

    def _add(self, item: Any) -> None:
        hashes = _hashes(item)
        if hashes is None:
            self._odd[len(self)] = item
            item, hashes = {"spec": "", "w": 0}, bytes(len(HASHED) * _SIZE)
        self._hashes += hashes
        self._weights.append(item["w"])
        self._shape.append(self._shapes.number(tuple(item)))
        self._spec.append(self._texts.number(item["spec"]))
        self._emp.append(self._texts.number(item.get("emp", "")))
        self._salt.append(len(self._salts) // _SIZE)
        self._salts += bytes.fromhex(item.get("b", ""))


class _Numbers:
    """Different values by number, each kept once."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}
        self._values: list[Any] = []

    def number(self, value: Any) -> int:
        found = self._known.setdefault(value, len(self._values))
        if found == len(self._values):
            self._values.append(value)
        return found

    def of(self, number: int) -> Any:
        return self._values[number]


def read_evidence(stream: BinaryIO) -> Any:
    """As `infra.kernel.canonical.read` of a file's bytes, with the `pool` packed; `json.bad`."""
    return read_members(stream, {"pool": EvidencePool})


def _hashes(item: Any) -> bytes | None:
    """The packed hashes of a line that unpacks to exactly what was given; None for any other value."""
    if type(item) is not dict or (item.keys() != _PLAIN and item.keys() != _TOLD):
        return None
    if type(item["w"]) is not int or not 0 <= item["w"] <= _BYTE or not isinstance(item["spec"], str):
        return None
    told = "b" in item
    if told and not (isinstance(item["emp"], str) and _is_hash(item["b"])):
        return None
    hashes = [_is_hash(item[name]) for name in HASHED]
    return b"".join(one for one in hashes if one) if all(hashes) else None


def _is_hash(value: Any) -> bytes:
    """The 32 bytes of 64 lower-case hexadecimal digits; nothing of anything else."""
    try:
        found = bytes.fromhex(value)
    except (TypeError, ValueError):
        return b""
    return found if len(found) == _SIZE and found.hex() == value else b""
