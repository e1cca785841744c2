"""Priced bills as bidders send them, made here: CSV, XLSX and the XML of `docs/formats/bill.md`."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import quoteattr

HEADINGS = ("编号", "名称", "单位", "数量", "单价", "合价")
Line = tuple[str, str, str, str, str, str]
SOUND: tuple[Line, ...] = (
    ("010101001001", "平整场地", "m2", "1200", "2.50", "3000.00"),
    ("010501001001", "混凝土垫层", "m3", "80.5", "412.36", "33194.98"),
    ("010503002001", "矩形梁", "m3", "42", "536.80", "22545.60"),
)


def csv_bill(lines: Sequence[Line], total: str = "", words: str = "", encoding: str = "utf-8-sig") -> bytes:
    """A bill as CSV, its total and the amount in words under it."""
    rows = [HEADINGS, *lines]
    rows += [("合计", "", "", "", "", total)] if total else []
    rows += [("大写", words, "", "", "", "")] if words else []
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


def xlsx_bill(
    lines: Sequence[Line], author: str = "", formulas: bool = False, extra: dict[str, bytes] | None = None
) -> bytes:
    """A bill as a workbook: numbers as numbers, totals as formulas with their last value where it is said."""
    rows = [_row(1, HEADINGS, numbers=False, formulas=False)]
    rows += [_row(place, line, numbers=True, formulas=formulas) for place, line in enumerate(lines, 2)]
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    members = {
        "xl/workbook.xml": f"<workbook {main}/>".encode(),
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(rows)}</sheetData></worksheet>".encode(),
        **(extra or {}),
    }
    if author:
        core = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
        dc = "http://purl.org/dc/elements/1.1/"
        members["docProps/core.xml"] = (
            f'<cp:coreProperties xmlns:cp="{core}" xmlns:dc="{dc}"><dc:creator>{author}</dc:creator>'
            f"<cp:lastModifiedBy>{author}</cp:lastModifiedBy></cp:coreProperties>"
        ).encode()
    return archive(members)


def xml_bill(lines: Sequence[Line], total: str, words: str = "", tool: tuple[str, str, str] = ("", "", "")) -> bytes:
    """A bill as XML under its Chinese names, the items two levels deep."""
    items = "".join(
        f"<清单项目 项目编码={quoteattr(number)} 项目名称={quoteattr(name)} 计量单位={quoteattr(unit)} "
        f"工程量={quoteattr(quantity)} 综合单价={quoteattr(price)} 合价={quoteattr(whole)}/>"
        for number, name, unit, quantity, price, whole in lines
    )
    program, licence, machine = map(quoteattr, tool)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><计价成果文件>'
        f"<系统信息 软件名称={program} 加密锁编号={licence} 机器码={machine}/>"
        f'<单项工程 名称="一"><单位工程 名称="土建">{items}</单位工程></单项工程>'
        f"<合计 金额={quoteattr(total)} 大写={quoteattr(words)}/></计价成果文件>"
    ).encode()


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return sink.getvalue()


def _row(place: int, cells: Sequence[str], *, numbers: bool, formulas: bool) -> str:
    return f'<row r="{place}">{"".join(_cells(place, cells, numbers=numbers, formulas=formulas))}</row>'


def _cells(place: int, cells: Sequence[str], *, numbers: bool, formulas: bool) -> list[str]:
    found = []
    for column, text in zip("ABCDEF", cells, strict=True):
        if numbers and column in "DEF":
            formula = f"<f>D{place}*E{place}</f>" if formulas and column == "F" else ""
            found.append(f'<c r="{column}{place}">{formula}<v>{text}</v></c>')
        else:
            found.append(f'<c r="{column}{place}" t="inlineStr"><is><t>{text}</t></is></c>')
    return found
