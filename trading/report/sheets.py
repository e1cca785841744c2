"""A4 sheets of chapters and tables as a PDF: page x of y and a hash at the foot of each; the same words, the same bytes."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

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
EDGE = 16 * mm

_BODY = ParagraphStyle("body", fontName=TEXT, fontSize=9, leading=13.5, textColor=INK, wordWrap="CJK")
_LABEL = ParagraphStyle("label", parent=_BODY, fontSize=8, leading=12, textColor=GREY)
_TITLE = ParagraphStyle("title", parent=_BODY, fontSize=18, leading=26)
_HEAD = ParagraphStyle(
    "head", parent=_BODY, fontSize=12, leading=18, spaceBefore=5 * mm, spaceAfter=2 * mm, keepWithNext=1
)
_RULED = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)


class Chapter(NamedTuple):
    """One chapter: its title, a table with relative widths, empty heads for one without, and notes beneath it."""

    title: str
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    widths: Sequence[float] = ()
    notes: Sequence[str] = ()


class Sheets(NamedTuple):
    """What the sheets say; `foot` stands on every one beside `page`, which has the holes {number} and {all}."""

    title: str
    lines: Sequence[tuple[str, str]]
    chapters: Sequence[Chapter]
    foot: str
    page: str


def sheets_pdf(sheets: Sheets) -> bytes:
    """The sheets as PDF bytes; nothing of the clock, the machine or chance is in them.

    Nothing is compressed, so that no version of a compressor changes a byte.
    """
    pdfmetrics.registerFont(UnicodeCIDFont(TEXT))
    sink = BytesIO()
    paper = SimpleDocTemplate(
        sink, pagesize=A4, leftMargin=EDGE, rightMargin=EDGE, topMargin=EDGE, bottomMargin=EDGE + 8 * mm,
        title=sheets.title, author=sheets.foot, invariant=1, pageCompression=0,
    )  # fmt: skip
    story: list[Flowable] = [_text(sheets.title, _TITLE), Spacer(1, 3 * mm)]
    story.append(_table([[label, told] for label, told in sheets.lines], (0.24, 0.76), paper.width, heads=False))
    for chapter in sheets.chapters:
        story += _chapter(chapter, paper.width)
    paper.build(story, canvasmaker=_numbered(sheets))
    return sink.getvalue()


def _chapter(chapter: Chapter, width: float) -> list[Flowable]:
    found: list[Flowable] = [_text(chapter.title, _HEAD)]
    if chapter.rows:
        rows = [chapter.heads, *chapter.rows] if chapter.heads else chapter.rows
        found.append(_table(rows, chapter.widths, width, heads=bool(chapter.heads)))
    return [*found, *(_text(note, _BODY) for note in chapter.notes)]


def _table(rows: Sequence[Sequence[str]], widths: Sequence[float], width: float, *, heads: bool) -> Flowable:
    told = [[_text(cell, _LABEL if heads and not place else _BODY) for cell in row] for place, row in enumerate(rows)]
    return Table(told, [width * share for share in widths], style=_RULED, repeatRows=1 if heads else 0)


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph("<br/>".join(escape(text).splitlines()), style)


def _numbered(sheets: Sheets) -> Any:
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
                self.drawString(EDGE, 12 * mm, sheets.foot)
                self.setFont(TEXT, 8)
                told = sheets.page.format(number=number, all=len(self._sheets))
                self.drawRightString(A4[0] - EDGE, 12 * mm, told)
                super().showPage()
            super().save()

    return Numbered
