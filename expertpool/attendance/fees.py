"""What an hour of judging pays by a dated rate, the tax withheld from it, and the file for the tax office; pure."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

from infra.kernel.money import Fen, share, yuan
from infra.kernel.problems import Problem

HOUR, HALF_DAY = 60, 240
COLUMNS = ("number", "name", "identity_kind", "identity_number", "settled_on", "income_yuan", "tax_yuan", "paid_yuan")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Withholding(NamedTuple):
    """How tax on one payment for services is withheld from a day on: what is left out of the amount, then the steps.

    Up to `bound` the `allowance` is left out, beyond it `part` of the amount. A step is (taxable up to, rate, quick
    deduction 速算扣除数); the last has no end.
    """

    since: date
    source: str
    allowance: Fen
    bound: Fen
    part: Decimal
    steps: tuple[tuple[Fen | None, Decimal, Fen], ...]


WITHHOLDING = (
    Withholding(
        date(2019, 1, 1),
        "国家税务总局公告 2018 年第 61 号《个人所得税扣缴申报管理办法（试行）》第八条及预扣率表二",
        Fen(800_00),
        Fen(4_000_00),
        Decimal("0.20"),
        (
            (Fen(20_000_00), Decimal("0.20"), Fen(0)),
            (Fen(50_000_00), Decimal("0.30"), Fen(2_000_00)),
            (None, Decimal("0.40"), Fen(7_000_00)),
        ),
    ),
)
"""Every table that was ever in force, the oldest first; a later law is a further entry, and what is settled stays."""


class Rate(NamedTuple):
    """Fen for each begun unit of `minutes` (an hour or half a day), and Fen of travel for each day."""

    minutes: int
    amount: Fen
    travel: Fen


class Payment(NamedTuple):
    """One line for the tax office."""

    name: str
    identity: str
    settled_on: date
    amount: Fen
    tax: Fen


def fee(rate: Rate, days: Sequence[int]) -> Fen:
    """The fee for days of so many minutes each: begun units count whole, every day at least one, and its travel."""
    units = sum(max(1, -(-minutes // rate.minutes)) for minutes in days)
    return Fen(units * rate.amount + len(days) * rate.travel)


def withholding_on(day: date) -> Withholding:
    """The table in force on a day; `fees.no-tax-table` before the first."""
    found = [table for table in WITHHOLDING if table.since <= day]
    if not found:
        raise Problem("fees.no-tax-table", day=day.isoformat())
    return found[-1]


def tax(amount: Fen, day: date) -> Fen:
    """What is withheld from one payment for services made on a day, rounded half up to the fen; nothing up to 800 yuan."""
    table = withholding_on(day)
    left_out = table.allowance if amount <= table.bound else share(amount, table.part)
    taxable = Fen(max(0, amount - left_out))
    _, rate, deduction = next(step for step in table.steps if step[0] is None or taxable <= step[0])
    return Fen(share(taxable, rate) - deduction)


def tax_file(payments: Iterable[Payment]) -> str:
    """CSV with CRLF and a first line of `COLUMNS`; no cell begins as a formula would, so that no sheet computes one."""
    told = StringIO()
    out = csv.writer(told, lineterminator="\r\n")
    out.writerow(COLUMNS)
    for number, one in enumerate(payments, 1):
        kind, _, identity = one.identity.partition(":")
        paid = Fen(one.amount - one.tax)
        cells = (one.name, kind, identity, one.settled_on.isoformat(), yuan(one.amount), yuan(one.tax), yuan(paid))
        out.writerow([str(number), *(plain_cell(cell) for cell in cells)])
    return told.getvalue()


def plain_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: an apostrophe before what could begin one."""
    return f"'{text}" if text.startswith(_FORMULA) else text
