"""How large a committee is and when it is drawn, by kind of procedure (TBL 37, M87 47, GPL 38, CQ 30)."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.kernel.money import Fen, fen
from infra.kernel.problems import Problem
from trading.evaluation.sizes import Rules, check_lead, check_size, least_size
from trading.regimes.procurement import PANELS
from trading.regimes.regime import Rule
from trading.regimes.rules import CONSTRUCTION
from web.forms import Form
from web.i18n import Language
from web.procurement.panel import asked_for, require_deeper

ENG = CONSTRUCTION.parameters
GP, NEGOTIATION, CONSULTATION, RFQ = (PANELS[kind] for kind in ("tender", "negotiation", "consultation", "rfq"))
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SMALL, LARGE = fen("9999999.99"), fen("10000000.00")


def refusal(experts: int, representatives: int, rules: Rules, budget: Fen | None = None) -> tuple[str, object] | None:
    """The code of what refuses a committee and its source; None for a lawful one."""
    try:
        check_size(experts, representatives, rules, budget=budget)
    except Problem as problem:
        return problem.code, problem.facts["source"]
    return None


@pytest.mark.parametrize(
    ("experts", "representatives", "rules", "budget", "told"),
    [
        (5, 0, ENG, None, None),
        (4, 1, ENG, None, None),
        (5, 2, ENG, None, None),
        (5, 0, ENG, LARGE, None),
        (3, 0, ENG, None, ("panel.size", "TBL 37")),
        (6, 0, ENG, None, ("panel.even", "TBL 37")),
        (3, 2, ENG, None, ("panel.experts", "TBL 37")),
        (6, 3, ENG, None, ("panel.representatives", "CQ 30")),
        (5, 0, GP, SMALL, None),
        (5, 0, GP, LARGE, ("panel.size", "M87 47")),
        (7, 0, GP, LARGE, None),
        (5, 2, GP, LARGE, None),
        (4, 3, GP, LARGE, ("panel.experts", "M87 47")),
        (6, 3, GP, LARGE, None),
        (3, 0, NEGOTIATION, LARGE, None),
        (2, 1, NEGOTIATION, None, None),
        (1, 2, NEGOTIATION, None, ("panel.experts", "GPL 38")),
        (4, 0, NEGOTIATION, None, ("panel.even", "GPL 38")),
        (1, 0, CONSULTATION, None, ("panel.size", "214号")),
        (3, 0, CONSULTATION, None, None),
        (3, 0, RFQ, None, None),
        (2, 0, RFQ, None, ("panel.size", "GPL 40")),
    ],
)
def test_a_committee_is_large_enough_odd_and_two_thirds_experts(
    experts: int, representatives: int, rules: Rules, budget: Fen | None, told: tuple[str, str] | None
) -> None:
    assert refusal(experts, representatives, rules, budget) == told


@pytest.mark.parametrize(("budget", "least"), [(None, 5), (SMALL, 5), (LARGE, 7)])
def test_ten_million_asks_for_seven_in_government_procurement(budget: Fen | None, least: int) -> None:
    assert least_size(GP, budget).value == least


@pytest.mark.parametrize(
    ("ahead", "rules", "told"),
    [
        (timedelta(hours=24), ENG, None),
        (timedelta(hours=24, seconds=1), ENG, ("panel.too-early", "CQ 30")),
        (timedelta(0), ENG, ("panel.past", None)),
        (timedelta(days=2), GP, None),
        (timedelta(days=4), GP, ("panel.too-early", "198号")),
    ],
)
def test_experts_are_drawn_shortly_before_the_evaluation(
    ahead: timedelta, rules: Rules, told: tuple[str, str | None] | None
) -> None:
    found = None
    try:
        check_lead(MONDAY, MONDAY + ahead, CONSTRUCTION, rules)
    except Problem as problem:
        found = (problem.code, problem.facts.get("source"))
    assert found == told


@pytest.mark.parametrize("rules", [ENG, *PANELS.values()])
def test_every_kind_of_committee_names_its_article(rules: Rules) -> None:
    of_panels = (Rule.PANEL_MINIMUM, Rule.PANEL_ODD, Rule.PANEL_EXPERTS, Rule.PANEL_LARGE_MINIMUM, Rule.DRAW_LEAD)
    assert all(rules[rule].source for rule in of_panels)


def typed_need(**fields: str) -> Form:
    return Form(Language.ZH, fields)


def test_a_need_below_the_second_level_is_asked_for_by_code_and_region() -> None:
    form = typed_need(
        **{"quota-A08": "3", "deep-1": "a0804", "deepquota-1": "2", "deepregion-1": "4299", "deep-2": "A08", "deepquota-2": ""}
    )  # fmt: skip
    assert asked_for(form, "429900") == {"A08": 3, "A0804@4299": 2}


@pytest.mark.parametrize(
    ("code", "count", "told"),
    [
        ("", "", None),
        ("A0804", "2", None),
        ("A08", "2", "panel.need"),
        ("X1", "1", "panel.need"),
        ("A0804", "", "panel.need"),
    ],
)
def test_a_line_for_a_deeper_need_names_a_deeper_profession_and_a_number(
    code: str, count: str, told: str | None
) -> None:
    form, found = typed_need(**{"deep-1": code, "deepquota-1": count}), None
    try:
        require_deeper(form, 1)
    except Problem as problem:
        found = problem.code
    assert found == told
