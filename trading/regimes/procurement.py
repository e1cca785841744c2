"""Government procurement (GP, 政府采购法): what its panels must be like, by the kind of procedure, each with its article."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from trading.regimes.days import Unit
from trading.regimes.regime import Mark, Parameter, Rule

READ, SECONDARY, UNVERIFIED = Mark.READ, Mark.SECONDARY, Mark.UNVERIFIED
LARGE = Parameter(Rule.PANEL_LARGE_BUDGET, Decimal("10000000.00"), "M87 47", READ)


def _panel(least: int, large: int, source: str, mark: Mark) -> Mapping[Rule, Parameter]:
    found = (
        Parameter(Rule.PANEL_MINIMUM, least, source, mark),
        Parameter(Rule.PANEL_ODD, True, source, mark),
        Parameter(Rule.PANEL_EXPERTS, Fraction(2, 3), source, mark),
        LARGE,
        Parameter(Rule.PANEL_LARGE_MINIMUM, large, "M87 47" if large > least else source, mark),
        Parameter(Rule.DRAW_LEAD, 2, "198号", UNVERIFIED, Unit.WORKING_DAY),
    )
    return {one.rule: one for one in found}


PANELS: Mapping[str, Mapping[Rule, Parameter]] = {
    "tender": _panel(5, 7, "M87 47", READ),
    "negotiation": _panel(3, 3, "GPL 38", READ),
    "consultation": _panel(3, 3, "214号", SECONDARY),
    "rfq": _panel(3, 3, "GPL 40", UNVERIFIED),
}
"""By kind of procedure."""
