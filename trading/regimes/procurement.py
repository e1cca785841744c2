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

EXAMINATION: Mapping[Rule, Parameter] = {
    one.rule: one
    for one in (
        Parameter(Rule.QUALIFICATION_BY, ("purchaser",), "M87 44", READ),
        Parameter(Rule.VALID_BIDS_MINIMUM, 3, "M87 44", READ),
        Parameter(Rule.TOO_FEW_VALID, ("no-evaluation",), "M87 44", READ),
    )
}
"""Of an open tender 公开招标: who examines qualification, and that fewer than three qualified are not evaluated."""

LOW_PRICES = {
    one.rule: one
    for one in (
        Parameter(Rule.LOW_MEAN, Decimal("0.50"), "财库〔2026〕2号", SECONDARY),
        Parameter(Rule.LOW_SECOND, Decimal("0.50"), "财库〔2026〕2号", SECONDARY),
        Parameter(Rule.LOW_CEILING, Decimal("0.45"), "财库〔2026〕2号", SECONDARY),
        # Generally no less than 30 minutes to explain.
        Parameter(Rule.INQUIRY_WINDOW, 1800, "财库〔2026〕2号", SECONDARY),
    )
}
"""In force from 2026-02-01; the document may raise each up to 0.65."""

REVIEW: Mapping[Rule, Parameter] = {
    one.rule: one
    for one in (
        Parameter(Rule.REPORT_REVIEW, 5, "M87 68", READ, Unit.WORKING_DAY),
        Parameter(Rule.REVIEW_SILENCE, ("confirmed",), "M87 68", READ),
        Parameter(
            Rule.CORRECTION_REASONS,
            ("sum-error", "out-of-range", "objective-differs", "extreme-mark"),
            "M87 64",
            READ,
        ),
    )
}
"""The purchaser confirms within five working days; silence stands for the first in the ranking."""

KEEPING: Mapping[Rule, Parameter] = {
    one.rule: one
    for one in (
        Parameter(Rule.RETENTION_YEARS, 15, "GPL 42", READ),
        # The result is announced for one working day; that it then comes down is no rule that was read: it stays.
        Parameter(Rule.PUBLICATION_YEARS, 0, "M87 69", UNVERIFIED),
    )
}
"""How long a purchase's papers are kept from its end, and how long its result stays public."""
