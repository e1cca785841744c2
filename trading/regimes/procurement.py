"""Government procurement (GP, 政府采购法): the values of the law, each with its article and how it is known.

`PARAMETERS` are those of an open tender 公开招标; panels also stand by the kind of procedure.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from trading.regimes.days import Unit
from trading.regimes.regime import Mark, Parameter, Rule

READ, SECONDARY, UNVERIFIED = Mark.READ, Mark.SECONDARY, Mark.UNVERIFIED
D, WD = Unit.DAY, Unit.WORKING_DAY
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

PERIODS = (
    Parameter(Rule.NOTICE_PERIOD, 5, "M87 16", READ, WD),
    Parameter(Rule.DOCUMENT_SALE, 5, "M87 18", READ, WD),
    Parameter(Rule.SUBMISSION, 20, "GPL 35", READ, D),
    Parameter(Rule.CLARIFICATION, 15, "M87 27", READ, D),
    Parameter(Rule.QUESTION, 10, "GPR 52; 招标文件惯例", UNVERIFIED, D),
    Parameter(Rule.QUERY_REPLY, 3, "GPR 52", READ, WD),
    # A challenge to the document is raised within so many days from the end of the notice period (GPR 53).
    Parameter(Rule.OBJECTION_DOCUMENT, 7, "GPL 52; GPR 53", READ, WD),
    Parameter(Rule.OBJECTION_REPLY, 7, "GPL 53", READ, WD),
    Parameter(Rule.CHALLENGE, 7, "GPL 52; GPR 53", READ, WD),
    Parameter(Rule.REPORT_DELIVERY, 2, "M87 68", READ, WD),
    Parameter(Rule.PUBLICITY_START, 2, "M87 69", READ, WD),
    Parameter(Rule.PUBLICITY, 1, "M87 69", READ, WD),
    Parameter(Rule.CONTRACT, 30, "M87 71", READ, D),
    Parameter(Rule.CONTRACT_PUBLISHED, 2, "GPR 50", READ, WD),
    Parameter(Rule.CONTRACT_FILED, 7, "GPL 47", READ, WD),
    Parameter(Rule.SECURITY_REFUND, 5, "M87 38", READ, WD),
    Parameter(Rule.REPORT_SIGNING, 1, "M87 61; length is policy", UNVERIFIED, WD),
    Parameter(Rule.COMPLAINT, 15, "GPL 55", READ, WD),
    Parameter(Rule.COMPLAINT_ACCEPT, 5, "财政部令94号", UNVERIFIED, WD),
    Parameter(Rule.COMPLAINT_DECIDE, 30, "GPL 56", READ, WD),
)

LIMITS = (
    Parameter(Rule.BIDS_MINIMUM, 3, "M87 41", READ),
    Parameter(Rule.OPENING_CONFIRMATION, 30, "M87 40 on the spot; minutes are policy", UNVERIFIED),
    Parameter(Rule.KEY_RELEASE_LIMIT, 1800, "EBM 31; seconds are policy", UNVERIFIED),
    Parameter(Rule.FACTOR_WINDOW, 1800, "EBM 30-31; seconds are policy", UNVERIFIED),
    Parameter(Rule.REMEDY_WINDOW, 3600, "EBM 31; seconds are policy", UNVERIFIED),
    Parameter(Rule.REPRESENTATIVES_MOST, 2, "CQ 30", SECONDARY),
    Parameter(Rule.DRAW_STEP_LIMIT, 1800, "draw/v1; seconds are policy", UNVERIFIED),
    Parameter(Rule.REPLY_WINDOW, 30, "M87 49; minutes are policy", UNVERIFIED),
    Parameter(Rule.CHECK_IN_LEAD, 60, "M87 49; minutes are policy", UNVERIFIED),
    Parameter(Rule.COOLING_YEARS, 3, "GPR 9(1)-(3)", READ),
    Parameter(Rule.EXPERT_YEARS, 8, "198号", UNVERIFIED),
    Parameter(Rule.CANDIDATES_MAXIMUM, 3, "M87 68; number is policy", UNVERIFIED),
    # Of the budget 采购预算, and not in cash.
    Parameter(Rule.BID_SECURITY, Decimal("0.02"), "GPR 33", READ),
    Parameter(Rule.PERFORMANCE_SECURITY, Decimal("0.10"), "GPR 48", UNVERIFIED),
    Parameter(Rule.REASON_BELOW, Decimal("0.6"), "threshold is policy", UNVERIFIED),
    Parameter(Rule.PRICE_VARIATION, Decimal("0.01"), "M87 37; threshold is policy", UNVERIFIED),
    Parameter(Rule.TEXT_SIMILARITY, Decimal("0.80"), "M87 37; threshold is policy", SECONDARY),
    Parameter(Rule.OUTLIER_SHARE, Decimal("0.30"), "M87 64; threshold is policy", UNVERIFIED),
    Parameter(Rule.EXPLANATION_WINDOW, 1200, "M87 64; seconds are policy", UNVERIFIED),
)

CHOICES = (
    Parameter(Rule.METHODS, ("lowest_price_first", "lowest_evaluated"), "M87 53-55", READ),
    Parameter(Rule.EXPERT_TITLES, ("senior", "full-senior", "equal"), "198号", UNVERIFIED),
    Parameter(Rule.DRAW_STATES, ("decrypting", "opened"), "M87 47-48", UNVERIFIED),
    Parameter(
        Rule.REJECTION_GROUNDS,
        (*(f"M87 63({number})" for number in range(1, 7)), "M87 37"),
        "M87 37, 63",
        UNVERIFIED,
    ),
    # How a number of a purchase plan 采购计划编号 is written; each region's finance system has a form of its own.
    Parameter(Rule.PLAN_NUMBER, (r"[0-9A-Za-z\[\]〔〕-]{6,40}",), "form is policy", UNVERIFIED),
    Parameter(Rule.DROP_OUT_CAUSES, ("renounced",), "GPR 49", UNVERIFIED),
    Parameter(Rule.UPHELD_CAUSES, ("objection-upheld",), "GPR 54", UNVERIFIED),
    Parameter(Rule.REEVALUATION_CAUSES, ("directive",), "GPR 44", UNVERIFIED),
    Parameter(Rule.AWARD_BY, ("rank",), "M87 68", READ),
    # The purchaser confirms the report, or is silent for its whole time; no candidates stand in publicity before.
    Parameter(Rule.AWARD_AFTER, ("review",), "M87 68, 69", READ),
    # The supervising body may suspend a purchase over a complaint; a challenge does not by itself.
    Parameter(Rule.OBJECTION_SUSPENDS, False, "GPL 57", READ),
    Parameter(Rule.LOTS, True, "M87 57, 68", READ),
    Parameter(Rule.TIE, ("price", "procuring_entity"), "M87 57, 68", READ),
    Parameter(Rule.JUDGES_NAMED, True, "M87 69", READ),
)

ARCHIVE = tuple(
    # The result is not preceded by candidates of their own.
    Parameter(rule, rule is not Rule.ARCHIVE_CANDIDATES, "GPL 42", READ)
    for rule in Rule
    if rule.value.startswith("archive-")
)
"""What a purchase's archive holds; GPL 42 lists the procurement documents."""

PARAMETERS: Mapping[Rule, Parameter] = {
    one.rule: one
    for one in (
        *PERIODS,
        *LIMITS,
        *CHOICES,
        *ARCHIVE,
        *PANELS["tender"].values(),
        *EXAMINATION.values(),
        *LOW_PRICES.values(),
        *REVIEW.values(),
        *KEEPING.values(),
    )
}
