"""Rows of a table somebody sent: CSV in UTF-8 or GB 18030, or the first sheet of an XLSX workbook; nothing is computed.

An XLSX file is read with the standard library alone: entities are refused, so is more than 64 MB unpacked; a cell with
a formula is a broken cell, whatever its last value was.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO, StringIO
from typing import IO, NamedTuple
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from infra.kernel.problems import Problem

LARGEST = 64 << 20
LONGEST_CELL = 10_000
MOST_COLUMNS = 60
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]+")
_CHUNK = 1 << 16
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Row(NamedTuple):
    """One line under the headings: its number in the file, texts by heading, headings whose cell holds a formula."""

    line: int
    texts: dict[str, str]
    formulas: frozenset[str]


def read_rows(data: bytes) -> Iterator[Row]:
    """The rows below the first, blank ones left out; headings without blanks and in lower case.

    `import.file` for what is no table, `import.encoding`, `import.too-large`, `import.headings` for two of one name.
    """
    rows = _workbook(data) if data.startswith(b"PK\3\4") else _text(data)
    headings: list[str] | None = None
    for line, cells in rows:
        if headings is None:
            headings = [text.strip().lower().removeprefix("\ufeff") for text, _ in cells]
            named = [one for one in headings if one]
            if not named or len(named) != len(set(named)) or len(headings) > MOST_COLUMNS:
                raise Problem("import.headings")
            continue
        if any(text.strip() or formula for text, formula in cells):
            pairs = [(name, *cell) for name, cell in zip(headings, cells, strict=False) if name]
            texts = {name: _plain(text.strip())[:LONGEST_CELL] for name, text, _ in pairs}
            yield Row(line, texts, frozenset(name for name, _, formula in pairs if formula))
    if headings is None:
        raise Problem("import.file")


def _plain(text: str) -> str:
    """A cell without the quote that `escaped` put before it."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def _text(data: bytes) -> Iterator[tuple[int, list[tuple[str, bool]]]]:
    """A cell that begins with `=` is a formula to whatever programme opens the file next."""
    if len(data) > LARGEST:
        raise Problem("import.too-large", most=LARGEST >> 20)
    reader = csv.reader(StringIO(_decoded(data), newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [(cell, cell.lstrip().startswith("=")) for cell in cells]
    except csv.Error as error:
        raise Problem("import.file") from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and "\ufffd" not in text:
            return text
    raise Problem("import.encoding")


def _workbook(data: bytes) -> Iterator[tuple[int, list[tuple[str, bool]]]]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            sizes = {one.filename: one.file_size for one in archive.infolist()}
            if _SHEET not in sizes:
                raise Problem("import.file")
            if sizes[_SHEET] + sizes.get(_STRINGS, 0) > LARGEST:
                raise Problem("import.too-large", most=LARGEST >> 20)
            strings = _Strings()
            if _STRINGS in sizes:
                with archive.open(_STRINGS) as file:
                    _parse(file, strings.parser)
            sheet = _Sheet(strings.texts)
            with archive.open(_SHEET) as file:
                _parse(file, sheet.parser)
    except (BadZipFile, NotImplementedError, RuntimeError, expat.ExpatError, EOFError, ValueError) as error:
        raise Problem("import.file") from error
    yield from sheet.rows


def _parse(file: IO[bytes], parser: expat.XMLParserType) -> None:
    """Bytes are counted as they are unpacked: what the archive says of its sizes is not believed."""
    parser.EntityDeclHandler = _refuse
    parser.StartDoctypeDeclHandler = _refuse
    read = 0
    while chunk := file.read(_CHUNK):
        read += len(chunk)
        if read > LARGEST:
            raise Problem("import.too-large", most=LARGEST >> 20)
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise Problem("import.file")


def _made(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None]
) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    return parser


class _Strings:
    """The shared strings; readings of characters (`rPh`) are left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._within: list[str] = []
        self.parser = _made(self._start, self._end, self._text)

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._within.append(_local(name))
        if self._within[-1] == "si":
            self.texts.append("")

    def _end(self, _: str) -> None:
        self._within.pop()

    def _text(self, text: str) -> None:
        if self._within and self._within[-1] == "t" and "rPh" not in self._within and self.texts:
            self.texts[-1] = (self.texts[-1] + text)[:LONGEST_CELL]


class _Sheet:
    """The cells of a sheet by row, where they stand; what is missing between them is blank."""

    def __init__(self, strings: list[str]) -> None:
        self.rows: list[tuple[int, list[tuple[str, bool]]]] = []
        self._strings = strings
        self._kind, self._column, self._formula = "", 0, False
        self._value: list[str] = []
        self._within: list[str] = []
        self.parser = _made(self._start, self._end, self._text)

    def _start(self, name: str, facts: dict[str, str]) -> None:
        self._within.append(found := _local(name))
        if found == "row":
            last = self.rows[-1][0] if self.rows else 0
            self.rows.append((int(facts.get("r", last + 1)), []))
        elif found == "c":
            place = _PLACE.fullmatch(facts.get("r", ""))
            self._column = _column(place.group(1)) if place else len(self._cells())
            self._kind, self._formula, self._value = facts.get("t", "n"), False, []
        elif found == "f":
            self._formula = True

    def _end(self, name: str) -> None:
        self._within.pop()
        if _local(name) == "c" and self._column < MOST_COLUMNS:
            cells = self._cells()
            cells.extend(("", False) for _ in range(self._column - len(cells)))
            cells.append((self._told(), self._formula))

    def _text(self, text: str) -> None:
        if self._within and self._within[-1] in ("v", "t") and "rPh" not in self._within:
            self._value.append(text)

    def _cells(self) -> list[tuple[str, bool]]:
        if not self.rows:
            raise Problem("import.file")
        return self.rows[-1][1]

    def _told(self) -> str:
        text = "".join(self._value)
        if self._kind == "s":
            number = int(text or -1)
            if not 0 <= number < len(self._strings):
                raise Problem("import.file")
            return self._strings[number]
        return text


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def escaped(cells: Iterable[str]) -> list[str]:
    """Cells for a CSV file that no spreadsheet programme takes for a formula (OWASP: a quote before = + - @ TAB CR)."""
    return ["'" + cell if cell.startswith(_FORMULA) else cell for cell in cells]
