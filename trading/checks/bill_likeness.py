"""Errors that several priced bills share: the same line wrong in the same way in bills that were made apart; pure."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from trading.checks.bill_files import PricedBill
from trading.checks.bills import Bill, Corrected, Error, Line, Order, corrected


class Shared(NamedTuple):
    """Bids whose bills hold the same errors: each as (what is wrong, line, what is written, what holds)."""

    bids: tuple[str, ...]
    errors: tuple[tuple[Error, str, Decimal, Decimal], ...]


def bill_of(told: PricedBill, opened: Decimal) -> Bill:
    """What a file says beside the price that was read out; without a total of its own the bill's is its lines' sum."""
    lines = [Line(one.number, one.quantity, one.unit_price, one.total) for one in told.lines]
    total = told.total if told.total is not None else opened
    return Bill(lines, total, opened, told.in_words)


def corrections(bills: Mapping[str, PricedBill], opened: Mapping[str, Decimal], order: Order) -> dict[str, Corrected]:
    """Every bill's corrections, for the bids whose price is open."""
    return {bid: corrected(bill_of(told, opened[bid]), order) for bid, told in bills.items() if bid in opened}


def shared_errors(found: Mapping[str, Corrected]) -> list[Shared]:
    """Errors of lines that stand alike in at least two bills, by the bids that share them, most errors first."""
    holders: dict[tuple[Error, str, Decimal, Decimal], list[str]] = defaultdict(list)
    for bid, one in sorted(found.items()):
        for error in one.found:
            if error.line is not None:
                holders[(error.error, error.line, error.written, error.holds)].append(bid)
    groups: dict[tuple[str, ...], list[tuple[Error, str, Decimal, Decimal]]] = defaultdict(list)
    for key, bids in holders.items():
        if len(bids) > 1:
            groups[tuple(bids)].append(key)
    shared = [Shared(bids, tuple(errors)) for bids, errors in groups.items()]
    return sorted(shared, key=lambda one: (-len(one.errors), one.bids))
