"""Arithmetic correction 算术修正 of a priced bill 已标价工程量清单: pure, in the order each procedure lays down (rules §5).

The bidder confirms what is corrected; a bid whose correction is refused is invalid (M87 59). Nothing here changes a bid.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

CENT = Decimal("0.01")
PRECISION = 60
LONGEST_SLIP = 4
"""Places a decimal point may have slipped to count as an obvious slip."""


class Order(StrEnum):
    """Whose order of correction holds."""

    ENG = "ENG"
    GP = "GP"


class Error(StrEnum):
    """What was corrected, each with what prevails."""

    BODY = "body"  # the opening list over the body of the bid (M87 59 (一))
    WORDS = "words"  # the amount in words over that in figures (M87 59 (二); 暂行规定, ENG)
    SLIP = "slip"  # an obvious slip of the decimal point: the total stands, the unit price is mended (M87 59 (三))
    PRODUCT = "product"  # unit price times quantity over the total that is written (M87 59 (四))
    SUM = "sum"  # the sum over its lines over the total of the bill (M87 59 (四))


@dataclass(frozen=True)
class Line:
    """One line of a bill: quantity in its unit, unit price and total in yuan."""

    number: str
    quantity: Decimal
    unit_price: Decimal
    total: Decimal


@dataclass(frozen=True)
class Bill:
    """A priced bill with the total under it, the price read out at the opening, and the same in words where it is given."""

    lines: Sequence[Line]
    total: Decimal
    opened: Decimal
    in_words: Decimal | None = None


@dataclass(frozen=True)
class Found:
    """One correction: what it is, of which line (none: of the bill), the value written and the value that holds."""

    error: Error
    line: str | None
    written: Decimal
    holds: Decimal


@dataclass(frozen=True)
class Corrected:
    """All corrections in the order they are made, and the price that results."""

    found: tuple[Found, ...]
    price: Decimal


def corrected(bill: Bill, order: Order) -> Corrected:
    """The price after correction and every step to it; amounts are rounded half up to the fen.

    GP goes opening list, words, decimal slips, unit prices (M87 59); ENG words, decimal slips, unit prices.
    """
    with localcontext() as context:
        context.prec = PRECISION
        found = []
        opened = bill.opened
        if order is Order.GP and bill.total != opened:
            found.append(Found(Error.BODY, None, bill.total, opened))
        if bill.in_words is not None and bill.in_words != opened:
            found.append(Found(Error.WORDS, None, opened, bill.in_words))
            opened = bill.in_words
        if not bill.lines:
            return Corrected(tuple(found), opened)
        totals = []
        for line in bill.lines:
            totals.append(line.total)
            for one in _of_line(line):
                found.append(one)
                if one.error is Error.PRODUCT:
                    totals[-1] = one.holds
        price = sum(totals, Decimal(0))
        if price != opened:
            found.append(Found(Error.SUM, None, opened, price))
        return Corrected(tuple(found), price)


def _of_line(line: Line) -> Iterator[Found]:
    exact = line.quantity * line.unit_price
    product = exact.quantize(CENT, ROUND_HALF_UP)
    if product == line.total:
        return
    if _slipped(exact, line.total):
        mended = (line.total / line.quantity).quantize(CENT, ROUND_HALF_UP)
        yield Found(Error.SLIP, line.number, line.unit_price, mended)
    else:
        yield Found(Error.PRODUCT, line.number, line.total, product)


def _slipped(product: Decimal, total: Decimal) -> bool:
    """Whether the total is the product with its point moved, to the fen."""
    if product <= 0 or total <= 0:
        return False
    places = (*range(-LONGEST_SLIP, 0), *range(1, LONGEST_SLIP + 1))
    return any(product.scaleb(place).quantize(CENT, ROUND_HALF_UP) == total for place in places)
