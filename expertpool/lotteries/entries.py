"""Who takes part, as somebody types or pastes it: one body a line, credit code and name; no column for a weight."""

import csv
from collections.abc import Iterable

from expertpool.lotteries.rules import Entry
from infra.auth.organisations import checked_credit_code
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

MOST = 5000
LONGEST_NAME = 200
HEADINGS = frozenset({"code", "credit code", "统一社会信用代码", "信用代码"})


def read_entries(text: str) -> list[Entry]:
    """The bodies of the lines, sorted by credit code; commas (also full-width), semicolons or tabs part the columns.

    A first line of headings and blank lines are passed over. Every refusal names its line: `lottery.entry` (two columns,
    not a body's name), `lottery.entry-code`, `lottery.weights` for a third column, `lottery.twin-entry`;
    `lottery.too-many` beyond 5,000.
    """
    found: dict[str, Entry] = {}
    for number, cells in enumerate(_rows(text), 1):
        if not any(cells) or (number == 1 and cells[0].lower() in HEADINGS):
            continue
        entry = _entry(number, cells)
        if entry.code in found:
            raise Problem("lottery.twin-entry", line=number, code=entry.code)
        found[entry.code] = entry
        if len(found) > MOST:
            raise Problem("lottery.too-many", most=MOST)
    return [found[code] for code in sorted(found)]


def _rows(text: str) -> Iterable[list[str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        plain = line.replace("，", ",").replace("；", ",").replace(";", ",").replace("\t", ",")
        yield [cell.strip() for cell in next(csv.reader([plain]), [""])]


def _entry(number: int, cells: list[str]) -> Entry:
    if len(cells) > 2 and any(cells[2:]):
        raise Problem("lottery.weights", line=number)
    if len(cells) < 2 or not is_written(cells[1], LONGEST_NAME):
        raise Problem("lottery.entry", line=number)
    try:
        return Entry(checked_credit_code(cells[0]), cells[1])
    except Problem as problem:
        raise Problem("lottery.entry-code", line=number, code=cells[0][:40]) from problem
