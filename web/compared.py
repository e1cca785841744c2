"""What the machine checks found, as pages show it: words, figures and bars, for committee, centre and supervising body."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from infra.kernel.problems import Problem
from trading.checks.bills import Error
from trading.checks.findings import Trace
from trading.checks.prices import Low, Pattern, Run
from trading.checks.queries import threshold_of
from trading.checks.rules import Advice, Likeness
from trading.evaluation.rules import rounded, shown
from trading.regimes.regime import Regime, Rule
from web.i18n import N_
from web.problems import explain
from web.public.section_view import PARTS

LIKENESSES = {
    Likeness.PERSON: N_("handed in by the same person"),
    Likeness.HEAD: N_("the same legal representative by name"),
    Likeness.CONTROLLER: N_("controlled by the same company, or one by the other"),
    Likeness.ADDRESS: N_("handed in from the same network address"),
}
LOWS = {Low.MEAN: Rule.LOW_MEAN, Low.SECOND: Rule.LOW_SECOND, Low.CEILING: Rule.LOW_CEILING}
PATTERNS = {
    Pattern.EQUAL: N_("equal prices"),
    Pattern.STEP: N_("from each to the next by the same step"),
    Pattern.RATIO: N_("from each to the next by the same ratio"),
}
ERRORS = {
    Error.BODY: N_("total of the bill is not the price read out"),
    Error.WORDS: N_("amount in words is another"),
    Error.SLIP: N_("decimal point of the unit price slipped"),
    Error.PRODUCT: N_("quantity times unit price is not the total"),
    Error.SUM: N_("lines do not add up to the price"),
}
TRACES = {
    Trace.FILE: N_("the very same file"),
    Trace.MACHINE: N_("made on the same machine"),
    Trace.LICENCE: N_("made under the same licence of the tool"),
    Trace.ORIGIN: N_("copies that go back to one file"),
    Trace.AUTHOR: N_("the same author in the file's properties"),
    Trace.EDITOR: N_("last saved by the same user"),
    Trace.COMPANY: N_("the same company in the file's properties"),
}


class Priced(NamedTuple):
    """One bid in the order of prices: its bar in per cent of the dearest, and the limits it is below, with their shares."""

    bid: str
    price: str
    width: float
    low: list[tuple[Low, str]]


def price_facts(found: Advice, regime: Regime) -> dict[str, Any]:
    """What `checks/prices.html` shows."""
    dearest = max(found.prices.values(), default=Fraction(1))
    ranked = sorted(found.prices.items(), key=lambda one: (one[1], one[0]))
    shares = {low: percent(Fraction(regime.rate(rule))) for low, rule in LOWS.items()}
    priced = [
        Priced(
            bid,
            _yuan(price),
            round(float(price / dearest) * 100, 2),
            [(low, shares[low]) for low in found.low.get(bid, ())],
        )
        for bid, price in ranked
    ]
    sources = (Rule.LOW_MEAN, Rule.PRICE_VARIATION, Rule.TEXT_SIMILARITY)
    return {
        "found": found,
        "priced": priced,
        "runs": [(PATTERNS[run.pattern], _by(run), run) for run in found.runs],
        "likenesses": LIKENESSES,
        "variation": None if found.variation is None else percent(found.variation),
        "threshold": percent(threshold_of(regime)),
        "sources": {rule: regime.parameter(rule) for rule in sources},
        "least": percent(Fraction(regime.rate(Rule.TEXT_SIMILARITY))),
    }


def file_facts(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What `checks/files.html` shows of a view of the findings."""
    return {
        **found,
        "unread": [{**one, "why": _why(one, language)} for one in found["unread"]],
        "texts": [{**one, "percent": percent(Fraction(one["share"]))} for one in found["texts"]],
        "error_words": ERRORS,
        "trace_words": TRACES,
        "part_words": PARTS,
    }


def percent(value: Fraction) -> str:
    """A share in per cent without needless zeros."""
    return shown(rounded(value * 100, 4), 4).rstrip("0").rstrip(".")


def _why(one: Mapping[str, Any], language: str) -> str:
    return explain(Problem(one["code"], **one["facts"]), language)[1]


def _yuan(value: Fraction) -> str:
    return shown(rounded(value, 2), 2)


def _by(run: Run) -> str | None:
    """The step in yuan, or the ratio; nothing where prices are equal."""
    if run.pattern is Pattern.EQUAL:
        return None
    return _yuan(run.by) if run.pattern is Pattern.STEP else shown(rounded(run.by, 4), 4)
