"""What a government purchase has to say of itself: its plan number, what it buys, a budget that no ceiling exceeds."""

import pytest

from infra.kernel.amounts import MOST
from infra.kernel.money import Fen
from infra.kernel.problems import Problem
from trading.projects.actions import checked_category, checked_object, checked_plan_number
from trading.projects.tables import Project
from trading.regimes.rules import CONSTRUCTION, PURCHASES
from trading.sections.tables import Section
from trading.sections.terms import checked_budget, purchase_facts

BUDGET = Fen(250_000_000)


@pytest.mark.parametrize("budget", [Fen(0), Fen(-1), Fen(MOST)])
def test_an_impossible_budget_is_refused(budget: Fen) -> None:
    with pytest.raises(Problem, match=r"section\.budget"):
        checked_budget(budget, None)


def test_a_ceiling_may_reach_the_budget_and_not_exceed_it() -> None:
    assert checked_budget(BUDGET, BUDGET) == BUDGET
    with pytest.raises(Problem, match=r"section\.ceiling-above-budget"):
        checked_budget(BUDGET, Fen(BUDGET + 1))


@pytest.mark.parametrize("number", [None, "", "计划 1", "x" * 65, "云湖财采计[2026]1号; DROP"])
def test_a_number_that_no_plan_bears_is_refused(number: str | None) -> None:
    with pytest.raises(Problem, match=r"project\.plan-number"):
        checked_plan_number(number, PURCHASES)


@pytest.mark.parametrize("what", [None, "", "works"])
def test_only_goods_and_services_are_bought(what: str | None) -> None:
    with pytest.raises(Problem, match=r"project\.object"):
        checked_object(what)


def test_the_notice_of_a_purchase_tells_plan_object_and_budget() -> None:
    project, section = Project(plan_number="YHCG-2026-0118", object="goods"), Section(id="S", budget=BUDGET)
    told = {"plan_number": "YHCG-2026-0118", "object": "goods", "budget": "2500000.00"}
    assert purchase_facts(section, project, PURCHASES) == told
    assert purchase_facts(section, project, CONSTRUCTION) == {}
    with pytest.raises(Problem, match=r"section\.budget-missing"):
        purchase_facts(Section(id="S"), project, PURCHASES)


@pytest.mark.parametrize("category", ["construction", "procurement"])
def test_what_has_a_rule_set_is_taken_in(category: str) -> None:
    assert checked_category(category) == category


@pytest.mark.parametrize("category", ["", "land", "PROCUREMENT"])
def test_what_has_none_is_not(category: str) -> None:
    with pytest.raises(Problem, match=r"project\.category"):
        checked_category(category)
