"""A published evaluation drawn: of what each total is made, and how far the judges' marks of each item lie apart."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from web.i18n import N_
from web.public.results import ItemRow, Ranked, Results

PARTS = (("price", N_("Price score")), ("subjective", N_("Judges' score")), ("objective", N_("Objective score")))
VALUES = dict(PARTS) | {
    "total": N_("Total"),
    "evaluated": N_("Evaluated price (CNY)"),
    "benchmark": N_("Benchmark price"),
    "order": N_("Rank"),
}
"""What an evaluation's `out` holds, in words."""
_THINNEST = Decimal("0.4")


class Part(NamedTuple):
    """One part of a total; place and width in per cent of the chart's width."""

    kind: str
    text: str
    score: str
    x: str
    width: str


class Total(NamedTuple):
    """One bidder's total and its parts, from the left."""

    rank: int
    name: str
    total: str
    parts: tuple[Part, ...]


class Totals(NamedTuple):
    """The bars by rank, and which parts the method has (kind, msgid)."""

    bars: tuple[Total, ...]
    kinds: tuple[tuple[str, str], ...]


class Lane(NamedTuple):
    """One bid's marks of one item: lowest and highest of all judges, places in per cent of the item's most points."""

    rank: int
    name: str
    low: str
    high: str
    x: str
    width: str
    at: str


class ItemSpread(NamedTuple):
    """One item's lanes by rank."""

    name: str
    most: str
    lanes: tuple[Lane, ...]


def totals_chart(told: Results) -> Totals | None:
    """Every total as its parts; None where prices are compared and nothing is added up."""
    if any(one.total is None for one in told.ranking):
        return None
    kinds = [one for one in PARTS if one[0] != "objective" or told.has_objective]
    most = max((Decimal(one.total or 0) for one in told.ranking), default=Decimal(0))
    scale = max(Decimal(100), most)
    bars = (Total(one.rank, one.entry.name, one.total or "", _parts(one, kinds, scale)) for one in told.ranking)
    return Totals(tuple(bars), tuple(kinds))


def spread_chart(sheets: Sequence[tuple[Ranked, Sequence[ItemRow]]]) -> tuple[ItemSpread, ...]:
    """Each item that judges marked, with a lane for each bid on the page."""
    if not sheets:
        return ()
    found = []
    for place, row in enumerate(sheets[0][1]):
        lanes = [_lane(one, rows[place]) for one, rows in sheets if len(rows[place].marks) > 1]
        if lanes:
            found.append(ItemSpread(row.name, str(row.item.max), tuple(lanes)))
    return tuple(found)


def _parts(one: Ranked, kinds: Sequence[tuple[str, str]], scale: Decimal) -> tuple[Part, ...]:
    found, x = [], Decimal(0)
    for kind, text in kinds:
        score = str(getattr(one, kind) or "0")
        width = max(Decimal(0), Decimal(score)) / scale * 100
        found.append(Part(kind, text, score, _percent(x), _percent(width)))
        x += width
    return tuple(found)


def _lane(one: Ranked, row: ItemRow) -> Lane:
    values = sorted(Decimal(mark.text) for mark in row.marks)
    low, high, most = values[0], values[-1], row.item.max or Decimal(1)
    x, end = (value / most * 100 for value in (low, high))
    width = max(end - x, _THINNEST)
    texts = {Decimal(mark.text): mark.text for mark in row.marks}
    shown = Decimal(row.score) / most * 100
    name = one.entry.name
    return Lane(
        one.rank, name, texts[low], texts[high], _percent(min(x, 100 - width)), _percent(width), _percent(shown)
    )


def _percent(value: Decimal) -> str:
    return format(value.quantize(Decimal("0.01")), "f")
