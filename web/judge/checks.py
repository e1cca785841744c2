"""What a machine finds in the opened bids 清标, for the committee alone: advice with its evidence, computed as it is read."""

from fractions import Fraction
from typing import Any, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency

from infra.access.actions import recorded
from infra.access.rules import Read
from trading.checks.prices import Low, Pattern, Run
from trading.checks.queries import advice_of, threshold_of
from trading.checks.rules import Likeness
from trading.evaluation.rules import rounded, shown
from trading.regimes.regime import Rule
from web.forms import address
from web.i18n import N_
from web.judge.room import JUDGE, room_of, show
from web.state import Stack
from web.visit import AnyRequest, Visit

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


class Priced(NamedTuple):
    """One bid in the order of prices: its bar in per cent of the dearest, and the limits it is below, with their shares."""

    bid: str
    price: str
    width: float
    low: list[tuple[Low, str]]


@get("/judge/checks", opt={**JUDGE, "reads": Read.MACHINE_CHECKS})
async def checks(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Prices that follow a rule or lie abnormally low, and bids that share somebody; that it was read is recorded."""
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.MACHINE_CHECKS, visit.actor.id) as look:
        room = await room_of(look.session, stack, visit)
        look.section = room.section.id
        found = await advice_of(look.session, room.section, room.regime)
    dearest = max(found.prices.values(), default=Fraction(1))
    ranked = sorted(found.prices.items(), key=lambda one: (one[1], one[0]))
    shares = {low: _percent(Fraction(room.regime.rate(rule))) for low, rule in LOWS.items()}
    facts: dict[str, Any] = {
        "found": found,
        "priced": [
            Priced(
                bid,
                _yuan(price),
                round(float(price / dearest) * 100, 2),
                [(low, shares[low]) for low in found.low.get(bid, ())],
            )
            for bid, price in ranked
        ],
        "runs": [(PATTERNS[run.pattern], _by(run), run) for run in found.runs],
        "likenesses": LIKENESSES,
        "variation": None if found.variation is None else _percent(found.variation),
        "threshold": _percent(threshold_of(room.regime)),
        "sources": {rule: room.regime.parameter(rule) for rule in (Rule.LOW_MEAN, Rule.PRICE_VARIATION)},
    }
    return show(visit, stack, "judge/checks.html", room, **facts)


def _yuan(value: Fraction) -> str:
    return shown(rounded(value, 2), 2)


def _percent(value: Fraction) -> str:
    text = shown(rounded(value * 100, 4), 4)
    return text.rstrip("0").rstrip(".")


def _by(run: Run) -> str | None:
    """The step in yuan, or the ratio; nothing where prices are equal."""
    if run.pattern is Pattern.EQUAL:
        return None
    return _yuan(run.by) if run.pattern is Pattern.STEP else shown(rounded(run.by, 4), 4)


HANDLERS = [checks]
