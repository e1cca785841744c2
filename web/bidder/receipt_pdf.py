"""The receipt as a PDF for the paper file: hash, parts, time, place in the log, witnesses, and a QR code to Verify."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

TEXT, MONO = "STSong-Light", "Courier"
INK, GREY, RULE = HexColor("#16233a"), HexColor("#5a6472"), HexColor("#c9d0d9")
WIDE = "CJK"
EDGE = 18 * mm
LABEL, QR = 44 * mm, 32 * mm

_BODY = ParagraphStyle("body", fontName=TEXT, fontSize=10, leading=15, textColor=INK, wordWrap=WIDE)
_LABEL = ParagraphStyle("label", parent=_BODY, fontSize=9, textColor=GREY)
_HASH = ParagraphStyle("hash", parent=_BODY, fontName=MONO, fontSize=8.5, leading=12)
_TITLE = ParagraphStyle("title", parent=_BODY, fontSize=18, leading=26)
_TIME = ParagraphStyle("time", parent=_BODY, fontSize=15, leading=22)


class Line(NamedTuple):
    """One line of the paper: what it is, what it says; `exact` for hashes and numbers that are compared sign by sign."""

    label: str
    told: str
    exact: bool = False


class Paper(NamedTuple):
    """What the paper says: title, the moment of acceptance, lines, sealed parts as rows if any, the address behind the code.

    `foot` stands on every sheet beside `page`, which has the holes {number} and {all}.
    """

    title: str
    moment: str
    lines: Sequence[Line]
    heads: Sequence[str]
    parts: Sequence[Sequence[str]]
    notes: Sequence[str]
    address: str
    foot: str
    page: str


def receipt_pdf(paper: Paper) -> bytes:
    """The A4 sheets as PDF bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(TEXT))
    sink = BytesIO()
    sheets = SimpleDocTemplate(
        sink, pagesize=A4, leftMargin=EDGE, rightMargin=EDGE, topMargin=EDGE, bottomMargin=EDGE + 8 * mm,
        title=paper.title, author=paper.foot,
    )  # fmt: skip
    sheets.build(_story(paper, sheets.width), canvasmaker=_numbered(paper))
    return sink.getvalue()


def _story(paper: Paper, width: float) -> list[Flowable]:
    head: list[list[Any]] = [[_text(paper.title, _TITLE), _Code(paper.address)], [_text(paper.moment, _TIME), ""]]
    rows = [[_text(one.label, _LABEL), _text(one.told, _HASH if one.exact else _BODY)] for one in paper.lines]
    return [
        Table(head, [width - QR, QR], style=_HEAD),
        Spacer(1, 4 * mm),
        Table(rows, [LABEL, width - LABEL], style=_RULED),
        Spacer(1, 6 * mm),
        *(_sealed(paper, width) if paper.parts else []),
        *(_text(note, _LABEL) for note in paper.notes),
    ]


def _sealed(paper: Paper, width: float) -> list[Flowable]:
    rows = [[_text(text, _LABEL) for text in paper.heads]]
    rows += [[_text(name, _BODY), _text(size, _BODY), _text(root, _HASH)] for name, size, root in paper.parts]
    return [Table(rows, [LABEL, 34 * mm, width - LABEL - 34 * mm], style=_RULED, repeatRows=1), Spacer(1, 6 * mm)]


_HEAD = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("SPAN", (1, 0), (1, 1))])
_RULED = TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), ("VALIGN", (0, 0), (-1, -1), "TOP")])


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)


class _Code(Flowable):
    """A QR code as black squares."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._rows = [bytes(row) for row in segno.make(address, error="m").matrix]
        self.width = self.height = QR

    def draw(self) -> None:
        side = QR / len(self._rows)
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    self.canv.rect(x * side, QR - (y + 1) * side, side, side, stroke=0, fill=1)


def _numbered(paper: Paper) -> Any:
    """A canvas that writes hash and page x of y on every sheet, once it is known how many there are."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._sheets: list[Mapping[str, Any]] = []

        def showPage(self) -> None:
            self._sheets.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            for number, sheet in enumerate(self._sheets, 1):
                self.__dict__.update(sheet)
                self.setFillColor(GREY)
                self.setFont(MONO, 7)
                self.drawString(EDGE, 12 * mm, paper.foot)
                self.setFont(TEXT, 8)
                told = paper.page.format(number=number, all=len(self._sheets))
                self.drawRightString(A4[0] - EDGE, 12 * mm, told)
                super().showPage()
            super().save()

    return Numbered
