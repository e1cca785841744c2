"""Money is integer fen; rates and marks are Decimal; a rounding is done once and named."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

from infra.kernel.problems import Problem

Fen = NewType("Fen", int)


def fen(yuan: str) -> Fen:
    """`"9310000.00"` yuan as fen; refuses `money.not-an-amount` what is no amount of at most two decimals."""
    whole, _, cents = yuan.partition(".")
    digits = whole.removeprefix("-")
    if (
        not (digits.isascii() and digits.isdigit())
        or len(cents) > 2
        or ("." in yuan and not (cents.isascii() and cents.isdigit()))
    ):
        raise Problem("money.not-an-amount", text=yuan)
    value = int(digits) * 100 + int(cents.ljust(2, "0") or "0")
    return Fen(-value if yuan.startswith("-") else value)


def yuan(amount: Fen) -> str:
    """Fen as yuan with two decimals, the form every document uses."""
    sign, amount_ = ("-", -amount) if amount < 0 else ("", amount)
    return f"{sign}{amount_ // 100}.{amount_ % 100:02d}"


def share(amount: Fen, rate: Decimal) -> Fen:
    """The given share of an amount, rounded half up to the fen."""
    return Fen(int((Decimal(amount) * rate).quantize(Decimal(1), ROUND_HALF_UP)))
