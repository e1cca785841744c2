"""A priced bill 已标价工程量清单 as a bidder sent it, CSV, XLSX or XML, read into lines; pure, nothing is computed here.

The formats stand in `docs/formats/bill.md`. What cannot be read is refused in words; no bid is rejected by that.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Context, Decimal
from typing import NamedTuple
from unicodedata import normalize

from expertpool.directory.sheet_files import Row, read_rows
from infra.kernel.problems import Problem
from trading.checks.bill_xml import read_xml
from trading.notices.chinese_amount import fen_of_words

MOST_LINES = 20_000
LONGEST = 200
HEADINGS = {
    **dict.fromkeys(("number", "编号", "项目编码", "序号"), "number"),
    **dict.fromkeys(("name", "名称", "项目名称"), "name"),
    **dict.fromkeys(("unit", "单位", "计量单位"), "unit"),
    **dict.fromkeys(("quantity", "数量", "工程量"), "quantity"),
    **dict.fromkeys(("unit price", "单价", "综合单价"), "unit price"),
    **dict.fromkeys(("total", "合价"), "total"),
}
NEEDED = ("number", "quantity", "unit price", "total")
TOLD = {"number": "编号 number", "quantity": "数量 quantity", "unit price": "单价 unit price", "total": "合价 total"}
"""Columns as refusals name them."""
FIGURES = ("quantity", "unit price", "total")
TOTALS, IN_WORDS = ("total", "合计", "总计"), ("in words", "大写")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.[0-9]{1,18})?(?:E[+-]?[0-9]{1,2})?")
_AS_SHOWN = Context(prec=15)
"""Spreadsheets keep numbers in binary and show fifteen digits; what lies behind them nobody wrote."""


class Position(NamedTuple):
    """One line of a bill; amounts in yuan."""

    number: str
    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal


class PricedBill(NamedTuple):
    """The lines in order, the total under them and the same in words where they stand there, and how many cells are formulas.

    `tool` is what the file says of the program and machine that made it: `program`, `licence`, `machine`.
    """

    lines: tuple[Position, ...]
    total: Decimal | None
    in_words: Decimal | None
    formulas: int
    tool: Mapping[str, str]


def read_bill(data: bytes) -> PricedBill:
    """The bill in a file; `bill.file`, `bill.headings`, `bill.number`, `bill.large`, `bill.empty`, `import.…` refuse."""
    tool: Mapping[str, str] = {}
    if data.lstrip()[:1] == b"<" or data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        found = read_xml(data)
        rows: Iterable[Row] = (Row(line, texts, frozenset()) for line, texts in found.rows)
        tool = found.tool
    else:
        rows = read_rows(data)
    return _bill(rows, tool)


def _bill(rows: Iterable[Row], tool: Mapping[str, str]) -> PricedBill:
    lines: list[Position] = []
    totals: list[Decimal] = []
    words: list[Decimal] = []
    formulas = 0
    for row in rows:
        formulas += len(row.formulas)
        texts = {HEADINGS[name]: text for name, text in row.texts.items() if name in HEADINGS}
        if missing := [name for name in NEEDED if name not in texts]:
            raise Problem("bill.headings", missing=", ".join(TOLD[name] for name in missing))
        known = texts["number"].strip().lower() or texts.get("name", "").strip().lower()
        if known in TOTALS:
            totals.append(_figure(row.line, "total", texts["total"]))
        elif known in IN_WORDS:
            words += _spoken(texts)
        elif any(texts[name] for name in ("unit price", "total")):
            lines.append(_position(row.line, texts))
        if len(lines) > MOST_LINES:
            raise Problem("bill.large", most=MOST_LINES)
    if not lines:
        raise Problem("bill.empty")
    return PricedBill(_numbered(lines), totals[-1] if totals else None, words[-1] if words else None, formulas, tool)


def _position(line: int, texts: Mapping[str, str]) -> Position:
    figures = [_figure(line, name, texts[name]) for name in FIGURES]
    told = [normalize("NFKC", texts.get(name, "")).strip()[:LONGEST] for name in ("number", "name", "unit")]
    return Position(told[0] or str(line), told[1], told[2], *figures)


def _numbered(lines: Iterable[Position]) -> tuple[Position, ...]:
    """Lines of one number are told apart by their order."""
    return tuple(_apart(lines))


def _apart(lines: Iterable[Position]) -> Iterator[Position]:
    seen: dict[str, int] = {}
    for one in lines:
        seen[one.number] = place = seen.get(one.number, 0) + 1
        yield one if place == 1 else one._replace(number=f"{one.number}·{place}")


def _figure(line: int, column: str, text: str) -> Decimal:
    told = normalize("NFKC", text).replace(" ", "").removeprefix("¥").removesuffix("元").upper()
    if not _NUMBER.fullmatch(told):
        raise Problem("bill.number", line=line, column=TOLD[column], given=text[:40])
    value = Decimal(told.replace(",", ""))
    return +_AS_SHOWN.create_decimal(value) if len(value.as_tuple().digits) > _AS_SHOWN.prec else value


def _spoken(texts: Mapping[str, str]) -> Iterator[Decimal]:
    """An amount in words wherever it stands in its row; one that spells nothing is not there."""
    for text in texts.values():
        fen = fen_of_words(text)
        if fen is not None:
            yield Decimal(fen).scaleb(-2)
