"""DOCX and XLSX as far as they tell who made them and what a DOCX says: unpacked within limits, entities refused; pure."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from infra.kernel.problems import Problem
from trading.checks.texts import PARAGRAPH

KINDS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
PROPERTIES = {"creator": "author", "lastModifiedBy": "editor", "Company": "company"}
TELLING = ("docProps/core.xml", "docProps/app.xml", "word/settings.xml")
ORIGIN = "rsidRoot"
"""Word gives a file this number when it is begun, and every copy keeps it."""
LARGEST = 64 << 20
MOST_TEXT = 600_000
CHUNK = 1 << 16

Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str, str], None]


def read_office(data: bytes) -> dict[str, Any]:
    """{kind, properties, pages}; `check-file.unknown` for another archive, `check-file.broken`, `check-file.too-large`."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            kind = next((kind for name, kind in KINDS.items() if name in names), None)
            if kind is None:
                raise Problem("check-file.unknown")
            properties = _properties(archive, names)
            text = _text(archive) if kind == "docx" else ""
    except (BadZipFile, NotImplementedError, RuntimeError, expat.ExpatError, EOFError, ValueError, OSError) as error:
        raise Problem("check-file.broken") from error
    return {"kind": kind, "properties": properties, "pages": [text] if text else []}


def _properties(archive: ZipFile, names: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(name: str, facts: dict[str, str]) -> None:
        if name == ORIGIN:
            found["origin"] = next((text for key, text in facts.items() if key.endswith("val")), "")

    def text(name: str, told: str) -> None:
        if name in PROPERTIES:
            found[PROPERTIES[name]] = (found.get(PROPERTIES[name], "") + told)[:1000]

    for name in TELLING:
        if name in names:
            _walk(archive, name, start, text)
    return found


def _text(archive: ZipFile) -> str:
    pieces: list[str] = []
    size = 0

    def start(name: str, _: dict[str, str]) -> None:
        if name == "p":
            pieces.append(PARAGRAPH)

    def text(name: str, told: str) -> None:
        nonlocal size
        if name == "t" and size < MOST_TEXT:
            pieces.append(told)
            size += len(told)

    _walk(archive, "word/document.xml", start, text)
    return "".join(pieces)


def _walk(archive: ZipFile, name: str, start: Start, text: Text) -> None:
    """A member's elements by local name. Bytes are counted as they are unpacked, whatever the archive says of them."""
    within: list[str] = []

    def opened(element: str, facts: dict[str, str]) -> None:
        within.append(element.rpartition(":")[2])
        start(within[-1], facts)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _: within.pop() and None
    parser.CharacterDataHandler = lambda told: text(within[-1], told) if within else None
    read = 0
    with archive.open(name) as file:
        while chunk := file.read(CHUNK):
            read += len(chunk)
            if read > LARGEST:
                raise Problem("check-file.too-large", most=LARGEST >> 20)
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise Problem("check-file.broken")
