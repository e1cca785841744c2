"""Files as bidders send them, whole and spoilt: PDFs with Chinese text, contents, many pages, a password, 200 MB."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
CHAPTER = 10
FAN = 10
"""Pages under one node, as most programs write them; of a flat tree each page is fetched once before the first is shown."""
WORD = "不停水切换"
"""Stands on every tenth page twice, once over the end of a line."""


def a_pdf(pages: int, *, rows: int = 25, title: str = "投标文件", password: str = "") -> bytes:
    """Pages of Chinese text in a font that is not in the file, with a chapter every ten pages."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    sink = BytesIO()
    locked = StandardEncryption(password, password) if password else None
    canvas = Canvas(sink, pagesize=A4, encrypt=locked)
    canvas.setTitle(title)
    canvas.setAuthor("SECRET MAKER")
    for number in range(1, pages + 1):
        if number % CHAPTER == 1:
            canvas.bookmarkPage(f"p{number}")
            canvas.addOutlineEntry(f"第{1 + number // CHAPTER}章 施工方案", f"p{number}", level=0)
        elif number % CHAPTER == 5:
            canvas.bookmarkPage(f"p{number}")
            canvas.addOutlineEntry(f"{1 + number // CHAPTER}.1 {WORD}方案", f"p{number}", level=1)
        canvas.setFont(FONT, 16)
        canvas.drawString(72, 760, f"第 {number} 页 施工组织设计")
        canvas.setFont(FONT, 11)
        for row in range(rows):
            canvas.drawString(
                72, 720 - 24 * row, "本工程在既有五万吨水厂运行条件下实施扩建，供水保障率不低于百分之八十五。"
            )
        if number % CHAPTER == 0:
            canvas.drawString(72, 84, f"切换步骤见{WORD}方案，以及")
            canvas.drawString(72, 60, "应急时的不停水")
            canvas.drawString(72, 36, "切换方案 DN1200。")
        canvas.showPage()
    canvas.save()
    return sink.getvalue()


def a_picture() -> bytes:
    """A scanned page as PNG."""
    sink = BytesIO()
    Image.new("RGB", (300, 400), "white").save(sink, "PNG")
    return sink.getvalue()


class _Writer:
    """Objects of a PDF one by one, and where each begins."""

    def __init__(self) -> None:
        self.body = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        self.at: dict[int, int] = {}

    def add(self, number: int, text: bytes) -> None:
        self.at[number] = len(self.body)
        self.body += b"%d 0 obj\n%s\nendobj\n" % (number, text)

    def stream(self, number: int, data: bytes) -> None:
        self.add(number, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data))

    def table(self, first: int, last: int, trailer: bytes) -> int:
        """A table of these objects here; where it begins."""
        begins = len(self.body)
        rows = b"".join(b"%010d 00000 n \n" % self.at.get(one, 0) for one in range(max(first, 1), last + 1))
        head = b"%010d 65535 f \n" % 0 if first == 0 else b""
        self.body += b"xref\n%d %d\n%s%strailer\n<< %s >>\n" % (first, last - first + 1, head, rows, trailer)
        return begins


def a_heavy_pdf(size: int, random: Callable[[int], bytes], *, linear: bool, pages: int = 400) -> bytes:
    """So many bytes: pages with ballast that nobody can pack; linearised as of appendix F of ISO 32000, or not."""
    out, ballast = _Writer(), random(max(1, size // pages))
    nodes = range(10 + 3 * pages, 10 + 3 * pages + pages // FAN)
    last = nodes[-1]

    def page(one: int) -> None:
        out.add(
            10 + 3 * one,
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Ballast %d 0 R"
            b" /Resources << /Font << /F 5 0 R >> >> >>" % (nodes[one // FAN], 11 + 3 * one, 12 + 3 * one),
        )
        out.stream(11 + 3 * one, b"BT /F 40 Tf 72 600 Td (Page %d) Tj ET" % (one + 1))

    def shared() -> None:
        out.add(3, b"<< /Type /Catalog /Pages 4 0 R >>")
        out.add(5, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")

    def tree() -> None:
        out.add(4, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(b"%d 0 R" % one for one in nodes)))
        for place, node in enumerate(nodes):
            kids = b" ".join(b"%d 0 R" % (10 + 3 * one) for one in range(FAN * place, FAN * place + FAN))
            out.add(node, b"<< /Type /Pages /Parent 4 0 R /Count %d /Kids [%s] >>" % (FAN, kids))

    if not linear:
        for one in range(pages):
            page(one)
            out.stream(12 + 3 * one, ballast)
        shared()
        tree()
        begins = out.table(0, last, b"/Size %d /Root 3 0 R" % (last + 1))
        out.body += b"startxref\n%d\n%%%%EOF\n" % begins
        return bytes(out.body)
    return _linear(out, page, shared, tree, ballast, pages, last)


def _linear(
    out: _Writer,
    page: Callable[[int], None],
    shared: Callable[[], None],
    tree: Callable[[], None],
    ballast: bytes,
    pages: int,
    last: int,
) -> bytes:
    """First the parameters, a table of the first page's objects and that page; the rest and the main table behind."""
    shape = b"<< /Linearized 1 /L %010d /H [%010d %010d] /O 10 /E %010d /N %d /T %010d >>"
    out.add(1, shape % (0, 0, 0, 0, pages, 0))
    front = len(out.body)
    width = out.table(1, last, b"/Size %d /Root 3 0 R /Prev %010d" % (last + 1, 0))
    del out.body[width:]
    reserve = 20 * last + 400
    out.body += b" " * reserve
    hints = len(out.body)
    out.stream(2, b"\0" * 64)
    length = len(out.body) - hints
    shared()
    tree()
    page(0)
    ends = len(out.body)
    out.stream(12, ballast)
    for one in range(1, pages):
        page(one)
        out.stream(12 + 3 * one, ballast)
    main = out.table(0, 0, b"/Size 1")
    total_tail = b"startxref\n%d\n%%%%EOF\n" % front
    out.body += total_tail
    made = bytes(out.body)
    out.body = bytearray(made[:front])
    out.table(1, last, b"/Size %d /Root 3 0 R /Prev %010d" % (last + 1, main))
    out.body += b"startxref\n0\n%%EOF\n"
    table = bytes(out.body[front:]).ljust(reserve)
    assert len(table) == reserve
    head = b"1 0 obj\n" + shape % (len(made), hints, length, ends, pages, main) + b"\nendobj\n"
    at = out.at[1]
    return made[:at] + head + made[at + len(head) : front] + table + made[front + reserve :]
