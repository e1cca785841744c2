"""Opened prices drawn against a reference: the benchmark once it is known, before that the ceiling or the lowest price."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from trading.publication.queries import Dossier
from web.i18n import N_
from web.public.results import Results
from web.public.section_view import ceiling

THINNEST = 0.4


class Bar(NamedTuple):
    """One price beside the reference; place and width in per cent of the chart's width, the price in yuan."""

    name: str
    price: str
    deviation: str
    x: float
    width: float
    over: bool


@dataclass(frozen=True)
class Chart:
    """Opened prices in the order of the record; `reference` is a msgid, `line` its place in per cent of the width."""

    reference: str
    price: str
    line: float
    bars: tuple[Bar, ...]


def price_chart(found: Dossier, told: Results | None) -> Chart | None:
    """Every opened price as its deviation from the reference; None before the opening."""
    record = found.opened.record if found.opened else ()
    prices = [(entry.name, Decimal(entry.form["price"])) for entry in record if entry.form and "price" in entry.form]
    if not prices:
        return None
    text, reference = _reference(found, told, min(price for _, price in prices))
    shares = [float((price - reference) / reference * 100) for _, price in prices]
    low = min(0.0, *shares)
    width = (max(0.0, *shares) - low) or 1.0
    bars = [
        Bar(
            name=name,
            price=str(price),
            deviation=_signed(share),
            x=round((min(share, 0.0) - low) / width * 100, 2),
            width=max(round(abs(share) / width * 100, 2), THINNEST),
            over=share > 0,
        )
        for (name, price), share in zip(prices, shares, strict=True)
    ]
    return Chart(text, str(reference), round(-low / width * 100, 2), tuple(bars))


def _reference(found: Dossier, told: Results | None, lowest: Decimal) -> tuple[str, Decimal]:
    if told and told.benchmark:
        return N_("Benchmark price"), Decimal(told.benchmark)
    most = ceiling(found)
    return (N_("Price ceiling"), Decimal(most)) if most and not told else (N_("Lowest price"), lowest)


def _signed(share: float) -> str:
    told = f"{abs(share):.2f}"
    return f"{told} %" if told == "0.00" else f"{'+' if share > 0 else '−'}{told} %"
