"""What one file of a bid tells: what it is, its properties, its text, its priced bill. For the reader's own process alone.

Files come from strangers: nothing here is believed, run or followed; every way of not being readable has its code.
"""

from typing import Any

from infra.kernel.problems import Problem
from trading.checks.bill_files import PricedBill, read_bill
from trading.checks.office_files import read_office

BILL = "bill"
MOST_PAGES = 2_000
MOST_TEXT = 600_000
LONGEST = 200
AUTHORS = {"Author": "author"}
NOBODY = frozenset({"anonymous", "(anonymous)", "administrator", "admin", "user", "微软用户", "unknown", "unspecified"})
"""What programs put where nobody is named: it tells nothing about who made a file."""


def facts_of(data: bytes, part: str) -> dict[str, Any]:
    """{kind, properties, pages, bill?}; `check-file.encrypted`, `.broken`, `.unknown`, `bill.…`, `import.…`."""
    if data.startswith(b"%PDF-"):
        found = _pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        found = read_office(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem("check-file.encrypted")
    elif part == BILL:
        found = {"kind": "table", "properties": {}, "pages": []}
    else:
        raise Problem("check-file.unknown")
    if part == BILL:
        bill = read_bill(data)
        found["properties"] |= bill.tool
        found["bill"] = _bill(bill)
    told = {key: text.strip()[:LONGEST] for key, text in found["properties"].items()}
    found["properties"] = {key: text for key, text in told.items() if text and text.lower() not in NOBODY}
    return found


def _bill(told: PricedBill) -> dict[str, Any]:
    lines = [[one.number, one.name, one.unit, *map(str, one[3:])] for one in told.lines]
    found: dict[str, Any] = {"lines": lines, "formulas": told.formulas}
    if told.total is not None:
        found["total"] = str(told.total)
    if told.in_words is not None:
        found["in_words"] = str(told.in_words)
    return found


def _pdf(data: bytes) -> dict[str, Any]:
    import pypdfium2  # 40 ms that nobody but this process pays
    from pypdfium2 import PdfiumError

    try:
        document = pypdfium2.PdfDocument(data)
    except PdfiumError as error:
        raise Problem("check-file.encrypted" if "assword" in str(error) else "check-file.broken") from error
    try:
        told = document.get_metadata_dict(skip_empty=True)
        properties = {AUTHORS[key]: text for key, text in told.items() if key in AUTHORS}
        if identifier := document.get_identifier():
            properties["origin"] = identifier.hex()
        return {"kind": "pdf", "properties": properties, "pages": _pages(document)}
    except PdfiumError as error:
        raise Problem("check-file.broken") from error


def _pages(document: Any) -> list[str]:
    found, size = [], 0
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        text = page.get_textpage().get_text_bounded()
        page.close()
        found.append(text[: MOST_TEXT - size])
        size += len(text)
        if size >= MOST_TEXT:
            break
    return found
