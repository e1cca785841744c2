"""Rows as an XLSX workbook, written as they come: texts only, so that no cell computes anything."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import IO, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from expertpool.directory.sheet_files import escaped

MOST_ROWS = 1_000_000
"""Of one sheet, headings not counted; the programmes that open it take 1,048,576."""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class _Sink:
    """What the archive has written and nobody has taken yet."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


async def workbook_out(
    headings: Sequence[str], batches: AsyncIterator[Sequence[Sequence[str]]], *, most: int = MOST_ROWS
) -> AsyncIterator[bytes]:
    """The workbook piece by piece, a further sheet after `most` rows; no batch may hold more than that."""
    sink, sheets = _Sink(), 0
    with ZipFile(cast(IO[bytes], sink), "w", ZIP_DEFLATED) as archive:
        sheet: IO[bytes] | None = None
        room = 0
        async for batch in batches:
            if sheet is None or len(batch) > room:
                _close(sheet)
                sheets, room = sheets + 1, most
                sheet = _opened(archive, sheets, headings)
            sheet.write(_rows(batch))
            room -= len(batch)
            yield sink.taken()
        if sheet is None:
            sheets, sheet = 1, _opened(archive, 1, headings)
        _close(sheet)
        for name, text in _frame(sheets).items():
            archive.writestr(name, _HEAD + text)
    yield sink.taken()


def _opened(archive: ZipFile, number: int, headings: Sequence[str]) -> IO[bytes]:
    sheet = archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True)
    sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode() + _rows([headings]))
    return sheet


def _close(sheet: IO[bytes] | None) -> None:
    if sheet is not None:
        sheet.write(b"</sheetData></worksheet>")
        sheet.close()


def _rows(rows: Iterable[Sequence[str]]) -> bytes:
    return "".join(f"<row>{''.join(map(_cell, escaped(cells)))}</row>" for cells in rows).encode()


def _cell(text: str) -> str:
    """An inline string is shown as it stands; the quote before what looks like a formula outlives a further saving."""
    told = escape(_UNWRITABLE.sub("", text))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'


def _frame(sheets: int) -> dict[str, str]:
    numbers = range(1, sheets + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{one}.xml" ContentType="{_TYPES}.worksheet+xml"/>' for one in numbers
    )
    listed = "".join(f'<sheet name="{one}" sheetId="{one}" r:id="r{one}"/>' for one in numbers)
    links = "".join(
        f'<Relationship Id="r{one}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{one}.xml"/>' for one in numbers
    )
    return {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{parts}</Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_LINKS}">'
            f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_LINKS}">{links}</Relationships>',
    }
