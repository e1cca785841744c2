"""Real bid files: generated PDFs with Chinese text, grown to their size by drawings of noise."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
MEGABYTE = 1_000_000
SIDE = 490

rl_config.useA85 = 0


def write_pdf(path: Path, title: str, lines: list[str], megabytes: int, random: Callable[[int], bytes]) -> None:
    """A PDF of about this many MB: text first, then pages of incompressible drawings, as scanned plans are."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    canvas = Canvas(str(path), pagesize=A4, pageCompression=0)
    canvas.setTitle(title)
    _text_page(canvas, title, lines)
    for number in range(megabytes):
        _drawing_page(canvas, f"{title} · 图 {number + 1}", random)
    canvas.save()


def pdf_of(title: str, lines: list[str]) -> bytes:
    """One page of text as a PDF."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    sink = BytesIO()
    canvas = Canvas(sink, pagesize=A4)
    canvas.setTitle(title)
    _text_page(canvas, title, lines)
    canvas.save()
    return sink.getvalue()


def _text_page(canvas: Canvas, title: str, lines: list[str]) -> None:
    canvas.setFont(FONT, 18)
    canvas.drawString(72, 770, title)
    canvas.setFont(FONT, 11)
    for row, line in enumerate(lines):
        canvas.drawString(72, 735 - 18 * row, line)
    canvas.showPage()


def _drawing_page(canvas: Canvas, caption: str, random: Callable[[int], bytes]) -> None:
    """About one MB: the picture is stored as it is, so that the page neither shrinks nor costs time."""
    picture = Image.frombytes("RGB", (SIDE, SIDE), random(3 * SIDE * SIDE))
    sink = BytesIO()
    picture.save(sink, "JPEG", quality=100, subsampling=0)
    canvas.drawImage(ImageReader(BytesIO(sink.getvalue())), 72, 200, 450, 450)
    canvas.setFont(FONT, 11)
    canvas.drawString(72, 170, caption)
    canvas.showPage()
