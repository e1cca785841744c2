"""A JSON object read member by member, and a very long array in it item by item, so that the text is never whole."""

import codecs
from collections.abc import Callable, Iterator, Mapping
from json import JSONDecodeError
from json.decoder import WHITESPACE  # type: ignore[attr-defined]
from typing import Any, BinaryIO

from infra.kernel.canonical import DECODER, read
from infra.kernel.problems import Problem

AT_ONCE = 1 << 20

Take = Callable[[Iterator[Any]], Any]


def read_members(stream: BinaryIO, taken: Mapping[str, Take]) -> Any:
    """As `read` of all the bytes; the items of an array under a name in `taken` go through its function one by one.

    The stream must be one that can be begun again: what is not sound is read again whole, for `json.bad` to say where.
    """
    try:
        return _object(_Text(stream), taken)
    except (Problem, ValueError, RecursionError):
        stream.seek(0)
        return read(stream.read())


class _Text:
    """What was read of the stream and not yet used."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._decoder = stream, codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._ended = "", 0, False

    def sign(self) -> str:
        """The next sign that is no space, used; nothing at the end."""
        found = self.next()
        self._at += len(found)
        return found

    def next(self) -> str:
        """The next sign that is no space, left where it is."""
        while True:
            self._at = WHITESPACE.match(self._text, self._at).end()
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more()

    def value(self) -> Any:
        """The JSON value that stands next."""
        self.next()
        while True:
            try:
                found, end = DECODER.raw_decode(self._text, self._at)
            except JSONDecodeError:
                if self._ended:
                    raise
            else:
                if end < len(self._text) or self._ended:  # a number might go on beyond what was read
                    self._at = end
                    return found
            self._more()

    def _more(self) -> None:
        rest = self._text[self._at :]
        data = self._stream.read(max(AT_ONCE, len(rest)))
        self._ended = not data
        self._text, self._at = rest + self._decoder.decode(data, self._ended), 0


def _object(text: _Text, taken: Mapping[str, Take]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in _each(text, "{}"):
        name = text.value()
        _expect(isinstance(name, str) and name not in found and text.sign() == ":")
        found[name] = taken[name](_items(text)) if name in taken and text.next() == "[" else text.value()
    _expect(not text.next())
    return found


def _items(text: _Text) -> Iterator[Any]:
    return (text.value() for _ in _each(text, "[]"))


def _each(text: _Text, brackets: str) -> Iterator[None]:
    """Once before each of what stands between the brackets, with commas between."""
    _expect(text.sign() == brackets[0])
    if text.next() == brackets[1]:
        text.sign()
        return
    while True:
        yield
        follows = text.sign()
        if follows != ",":
            return _expect(follows == brackets[1])


def _expect(holds: bool) -> None:
    if not holds:
        raise ValueError("not a JSON object")
