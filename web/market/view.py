"""What marketplace pages draw: why a score is what it is, its course, agencies side by side, dots beside a box-plot."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from marketplace.agencies.directory import Profile
from marketplace.agencies.stats import Box, at_least
from marketplace.agencies.tables import AgencyRating, AgencyService
from marketplace.catalogue.tables import ServiceItem
from marketplace.contracts.tables import MarketContract
from marketplace.rating.evidence import read_record
from marketplace.rating.formula import COMPONENTS, FIRST, displayed, lifts, rate
from web.i18n import N_

NAMES = {
    "O": N_("Owners' stars"),
    "D": N_("Departments' stars"),
    "T": N_("On time"),
    "F": N_("Fee kept"),
    "I": N_("Joint inspection"),
}
LIFTS = {
    "inspection": N_("a full mark in the next joint inspection"),
    "deductions": N_("no open deduction"),
    "contract": N_("one perfect contract of a new owner"),
}


class Part(NamedTuple):
    """One component of a score: its name, value 0–100, share, and points it brings."""

    name: str
    value: str
    share: str
    points: str
    width: float


class Counted(NamedTuple):
    """A contract in a rating: months ago, its rank with its owner group, its weight, its four marks as text."""

    contract: MarketContract | None
    months: str
    rank: int
    weight: str
    marks: tuple[str, ...]
    related: bool


class Why(NamedTuple):
    """A score line by line: five parts, deductions, the contracts with their weights, what would lift it."""

    number: int
    parts: list[Part]
    deducted: str
    score: str
    evidence: str
    owners: int
    grade: str
    contracts: list[Counted]
    lifts: list[tuple[str, str]]


class Side(NamedTuple):
    """One agency among those compared, for an item where one was chosen."""

    found: Profile
    score: str
    evidence: str
    parts: list[Part]
    trend: str
    service: AgencyService | None
    similar: int
    on_time: int
    all_: int
    bound: float
    median_price: int | None
    words: MarketContract | None


def explained(found: Profile) -> Why:
    """The newest rating, recomputed from its evidence as anybody would."""
    rating = found.ratings[0]
    record = read_record(rating.document)
    made = rate(record)
    known = {one.id: one for one in found.contracts}
    rows = [
        Counted(
            known.get(rating.contracts[line.place]),
            displayed(record.contracts[line.place].months, 2),
            line.rank,
            displayed(line.weight, 3),
            tuple("–" if one is None else displayed(one) for one in record.contracts[line.place].marks),
            record.contracts[line.place].related,
        )
        for line in made.lines
    ]
    return Why(
        rating.number,
        _parts(rating),
        displayed(made.deducted),
        displayed(made.score),
        displayed(made.evidence, 2),
        made.owners,
        str(made.grade),
        rows,
        [(LIFTS[name], displayed(points)) for name, points in lifts(record)],
    )


def trend(ratings: Sequence[AgencyRating]) -> str:
    """The points of a line through the last scores, oldest first, in a box of 120 × 32; empty for fewer than two."""
    scores = [float(one.score) for one in reversed(ratings)]
    if len(scores) < 2:
        return ""
    step = 116 / (len(scores) - 1)
    return " ".join(
        f"{2 + place * step:.1f},{30 - max(0.0, min(100.0, one)) * 0.28:.1f}" for place, one in enumerate(scores)
    )


def row_of(found: Profile, item: ServiceItem | None) -> Side:
    """An agency as a column of the comparison."""
    rating = found.ratings[0] if found.ratings else None
    mine = [one for one in found.contracts if item is None or one.item == item.code]
    prices = sorted(one.price for one in mine)
    on_time = sum(one.actual_days <= one.promised_days for one in mine)
    return Side(
        found,
        displayed(found.agency.score) if found.agency.score is not None else "–",
        displayed(found.agency.evidence, 2) if found.agency.evidence is not None else "–",
        _parts(rating) if rating else [],
        trend(found.ratings),
        next((service for service, one in found.services if item and one.code == item.code), None),
        len(mine),
        on_time,
        len(mine),
        at_least(on_time, len(mine)),
        prices[len(prices) // 2] if prices else None,
        next((one for one in mine if one.owner_words), None),
    )


def dots(rows: Sequence[Side], prices: Box | None) -> list[tuple[str, float]]:
    """Where each agency's median price lies along the box-plot, in per cent of its width."""
    if prices is None or prices.most == prices.least:
        return []
    width = prices.most - prices.least
    return [
        (one.found.agency.name, float((one.median_price - prices.least) / width * 100))
        for one in rows
        if one.median_price is not None and prices.least <= one.median_price <= prices.most
    ]


def _parts(rating: AgencyRating) -> list[Part]:
    made = rate(read_record(rating.document))
    values = dict(zip((*COMPONENTS, "I"), (*made.values, made.inspection), strict=True))
    shares = dict(zip((*COMPONENTS, "I"), FIRST.weights, strict=True))
    return [
        Part(
            NAMES[name],
            displayed(value),
            f"{shares[name] * Decimal(100):.0f}",
            displayed(value * shares[name]),
            float(value),
        )
        for name, value in values.items()
    ]
