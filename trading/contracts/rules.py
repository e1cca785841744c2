"""Whether a contract may be recorded as it is told: pure (TBL 46, TBR 57)."""

from datetime import date, datetime

from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.regimes.china import SHANGHAI


def check_contract(amount: Fen, price: Fen, signed_on: date, awarded: datetime, now: datetime) -> None:
    """`contract.amount` unless it is the winning price (TBR 57), `contract.date` before the award or after today."""
    if amount != price:
        raise Problem("contract.amount", price=yuan(price))
    if not awarded.astimezone(SHANGHAI).date() <= signed_on <= now.astimezone(SHANGHAI).date():
        raise Problem("contract.date", awarded=awarded)


def is_late(signed_on: date, due: datetime) -> bool:
    """Whether it was signed after the day on which the period ended."""
    return signed_on > last_day(due)


def last_day(due: datetime) -> date:
    """The last day of a period that ends at an instant; 24:00 of a day is that day's."""
    at = due.astimezone(SHANGHAI)
    return date.fromordinal(at.toordinal() - 1) if (at.hour, at.minute, at.second) == (0, 0, 0) else at.date()
