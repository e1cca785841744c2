"""What an hour of judging pays by a dated rate, the tax withheld from it, and the file for the tax office; pure."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

from infra.kernel.money import Fen, share, yuan

HOUR, HALF_DAY = 60, 240
ALLOWANCE, BOUND = Fen(80_000), Fen(400_000)
"""800 and 4,000 yuan: 税务总局公告 2018 年第 61 号, remuneration for services."""
STEPS = (
    (Fen(2_000_000), Decimal("0.20"), Fen(0)),
    (Fen(5_000_000), Decimal("0.30"), Fen(200_000)),
    (None, Decimal("0.40"), Fen(700_000)),
)
"""Taxable amount up to, rate, quick deduction 速算扣除数; of the same announcement."""
COLUMNS = ("number", "name", "identity_kind", "identity_number", "settled_on", "income_yuan", "tax_yuan", "paid_yuan")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def tax(amount: Fen) -> Fen:
    """What is withheld from one payment for services, rounded half up to the fen; nothing up to 800 yuan."""
    if amount <= ALLOWANCE:
        return Fen(0)
    taxable = Fen(amount - ALLOWANCE) if amount <= BOUND else share(amount, Decimal("0.80"))
    _, rate, deduction = next(step for step in STEPS if step[0] is None or taxable <= step[0])
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
