"""Events of TBR 71 and their points, what a rating holds, and how far a judge's marks stand from the others'."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import combinations
from math import sqrt
from typing import NamedTuple


class EventKind(StrEnum):
    """What TBR 71 names of a judge."""

    NO_RECUSAL = "no-recusal"
    ABSENCE = "absence"
    OFF_CRITERIA = "off-criteria"
    PRIVATE_CONTACT = "private-contact"
    NOT_REJECTED = "not-rejected"
    LEADING = "leading"


POINTS: Mapping[EventKind, int] = {
    EventKind.NO_RECUSAL: 12,
    EventKind.ABSENCE: 3,
    EventKind.OFF_CRITERIA: 6,
    EventKind.PRIVATE_CONTACT: 12,
    EventKind.NOT_REJECTED: 6,
    EventKind.LEADING: 6,
}
"""○: policy, of twelve a year."""
YEAR = timedelta(days=365)
FULL, HALF = 12, 6
QUESTIONS = ("punctual", "competent", "impartial", "diligent")
LEAST, MOST = 1, 5
OUTLIER = Decimal("0.30")
"""Rule-book V4: more than 30 % from the others' mean is looked at."""
SMALL_SAMPLE = 20
_CENT = Decimal("0.01")
_NORMAL_95 = 1.959963984540054


class Deviation(NamedTuple):
    """One judge's mark of one bid beside the mean of the others', and by what share of it the mark stands apart."""

    judge: str
    bid: str
    mark: Decimal
    others: Decimal
    share: Decimal

    @property
    def is_outlier(self) -> bool:
        """Whether a person should look at it; nothing follows by itself."""
        return abs(self.share) > OUTLIER


class Leaning(NamedTuple):
    """How a judge's marks lean over `n` bids: the mean share with its 95 % interval; None where there are too few."""

    n: int
    mean: Decimal
    interval: tuple[Decimal, Decimal] | None


def points_in_a_year(events: Iterable[tuple[datetime, int]], now: datetime) -> int:
    """The confirmed points of the last twelve months; `events` are (time, points)."""
    return sum(points for at, points in events if now - YEAR < at <= now)


def proposal(points: int) -> str | None:
    """What a supervisor may consider: `warning` from half the points on, `suspension` at all of them. Nothing is automatic."""
    if points >= FULL:
        return "suspension"
    return "warning" if points >= HALF else None


def is_rating(marks: Mapping[str, object]) -> bool:
    """Whether every question is answered, from 1 to 5, and nothing else."""
    if set(marks) != set(QUESTIONS):
        return False
    return all(type(mark) is int and LEAST <= mark <= MOST for mark in marks.values())


def deviations(sheets: Mapping[str, Mapping[str, Decimal]]) -> list[Deviation]:
    """For each judge and bid the mark beside the others' mean, rounded to the cent; `sheets` are totals by judge and bid.

    Bids that fewer than three judges marked, and those whose others' mean is nothing, have no deviation.
    """
    found = []
    for bid in sorted({bid for sheet in sheets.values() for bid in sheet}):
        marks = {judge: sheet[bid] for judge, sheet in sheets.items() if bid in sheet}
        total = sum(marks.values(), Decimal(0))
        for judge, mark in sorted(marks.items()):
            others = (total - mark) / (len(marks) - 1) if len(marks) > 2 else Decimal(0)
            if others:
                found.append(Deviation(judge, bid, mark, _rounded(others, _CENT), (mark - others) / others))
    return found


def leaning(shares: Sequence[Decimal]) -> Leaning:
    """The mean of a judge's shares and its normal 95 % interval; no interval under twenty marks: the sample is too small."""
    n = len(shares)
    mean = sum(shares, Decimal(0)) / n if n else Decimal(0)
    if n < SMALL_SAMPLE:
        return Leaning(n, mean, None)
    spread = sqrt(float(sum((share - mean) ** 2 for share in shares)) / (n - 1))
    half = Decimal(_NORMAL_95 * spread / sqrt(n))
    return Leaning(n, mean, (mean - half, mean + half))


def same_rankings(sheets: Mapping[str, Mapping[str, Decimal]]) -> list[tuple[str, str]]:
    """Pairs of judges who put at least three bids, none level, into the very same order."""
    orders = {judge: order for judge, sheet in sheets.items() if (order := _order(sheet)) is not None}
    return [(one, two) for one, two in combinations(sorted(orders), 2) if orders[one] == orders[two]]


def _order(sheet: Mapping[str, Decimal]) -> tuple[str, ...] | None:
    if len(sheet) < 3 or len(set(sheet.values())) < len(sheet):
        return None
    return tuple(sorted(sheet, key=lambda bid: -sheet[bid]))


def _rounded(value: Decimal, to: Decimal) -> Decimal:
    return value.quantize(to, ROUND_HALF_UP)
