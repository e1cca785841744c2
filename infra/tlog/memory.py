"""What a verifier of the log keeps between two runs: the checkpoint it trusts, how far it has walked, known periods."""

import re
from dataclasses import dataclass, replace
from typing import Any, Never

from infra.kernel.canonical import b64, canonical
from infra.kernel.fields import Fields, parse_document
from infra.kernel.problems import Problem

FORMAT = "log-memory/v1"

_ANY = re.compile(r"[\s\S]*")
_FORMAT = re.compile(re.escape(FORMAT))


@dataclass(frozen=True)
class Place:
    """A spot in the walk over the leaves: so many lie behind it, `nodes` are the roots of their complete subtrees."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Span:
    """A period of dummies: where it begins, what it has committed to, whether its leaves have been told apart."""

    start: Place
    commitment: bytes
    checked: bool = False


@dataclass(frozen=True)
class Tally:
    """Leaves of the periods that are opened: dummies, events that were shown, events that are not public."""

    dummies: int = 0
    shown: int = 0
    hidden: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.dummies + other.dummies, self.shown + other.shown, self.hidden + other.hidden)


@dataclass(frozen=True)
class Memory:
    """`note` is the last checkpoint found to hold (empty before the first); `place` may be further: a walk broken off."""

    log: str
    note: str = ""
    place: Place = Place()
    spans: tuple[Span, ...] = ()
    tally: Tally = Tally()

    def again(self) -> "Memory":
        """The same checkpoint, but the walk from the beginning."""
        return replace(self, place=Place(), spans=(), tally=Tally())

    def behind(self, size: int) -> Place:
        """The furthest known place that leaves no more than `size` leaves behind."""
        return max(
            (one for one in (Place(), self.place, *(span.start for span in self.spans)) if one.size <= size),
            key=lambda place: place.size,
        )

    def written(self) -> bytes:
        """As a file that `read_memory` reads back."""
        return canonical(
            {
                "format": FORMAT,
                "log": self.log,
                "note": self.note,
                "place": _placed(self.place),
                "spans": [_spanned(one) for one in self.spans],
                "tally": {"dummies": self.tally.dummies, "shown": self.tally.shown, "hidden": self.tally.hidden},
            }
        )


def read_memory(data: bytes) -> Memory:
    """`log.memory` for anything but what `written` gives."""
    top = Fields(parse_document(data, _refuse), _refuse, "format log note place spans tally")
    top.text("format", _FORMAT)
    spans = [
        Span(_place(one, "start"), one.raw("commitment", 32), bool(one.number("checked", 0, 1)))
        for one in top.objects("spans", "start nodes commitment checked")
    ]
    tally = top.object("tally", "dummies shown hidden")
    return Memory(
        top.text("log", _ANY),
        top.text("note", _ANY),
        _place(top.object("place", "size nodes"), "size"),
        tuple(spans),
        Tally(*(tally.number(name, 0) for name in ("dummies", "shown", "hidden"))),
    )


def _place(fields: Fields, name: str) -> Place:
    place = Place(fields.number(name, 0), fields.raws("nodes", 32))
    return place if place.size.bit_count() == len(place.nodes) else fields.refuse("nodes")


def _placed(place: Place, name: str = "size") -> dict[str, Any]:
    return {name: place.size, "nodes": [b64(node) for node in place.nodes]}


def _spanned(span: Span) -> dict[str, Any]:
    return {**_placed(span.start, "start"), "commitment": b64(span.commitment), "checked": int(span.checked)}


def _refuse(where: str) -> Never:
    raise Problem("log.memory", where=where)
