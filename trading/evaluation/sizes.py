"""How large a committee must be and when it may be drawn, by the rules in force: pure, each refusal with its article."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from infra.kernel.money import Fen
from infra.kernel.problems import Problem
from trading.regimes.regime import Parameter, Regime, Rule

Rules = Mapping[Rule, Parameter]


def check_size(experts: int, representatives: int, rules: Rules, *, budget: Fen | None = None) -> None:
    """`panel.size` below the least, `panel.even`, `panel.experts` with too few experts, `panel.representatives`.

    `budget` is the amount 10 M is compared with; reaching it asks for the larger least where the rules know one.
    """
    size, least = experts + representatives, least_size(rules, budget)
    if size < _whole(least):
        raise Problem("panel.size", size=size, minimum=least.value, source=least.source)
    odd, share = rules[Rule.PANEL_ODD], rules[Rule.PANEL_EXPERTS]
    if odd.value and size % 2 == 0:
        raise Problem("panel.even", size=size, source=odd.source)
    if Fraction(experts, size) < _part(share):
        raise Problem("panel.experts", experts=experts, size=size, share=str(share.value), source=share.source)
    most = rules.get(Rule.REPRESENTATIVES_MOST)
    if most is not None and representatives > _whole(most):
        raise Problem("panel.representatives", given=representatives, most=most.value, source=most.source)


def least_size(rules: Rules, budget: Fen | None = None) -> Parameter:
    """The least number of members for this amount, with its article."""
    limit = rules[Rule.PANEL_LARGE_BUDGET].value
    assert isinstance(limit, Decimal)
    large = budget is not None and budget >= limit * 100
    return rules[Rule.PANEL_LARGE_MINIMUM if large else Rule.PANEL_MINIMUM]


def check_lead(now: datetime, evaluation_at: datetime, regime: Regime, rules: Rules | None = None) -> None:
    """`panel.past` for an evaluation gone by, `panel.too-early` where it is further off than a draw may be made.

    A lead without unit is hours by the clock, one with a unit is days of the regime.
    """
    lead = (rules or regime.parameters)[Rule.DRAW_LEAD]
    if evaluation_at <= now:
        raise Problem("panel.past", at=evaluation_at)
    count = _whole(lead)
    latest = now + timedelta(hours=count) if lead.unit is None else regime.add_days(now, count, lead.unit)
    if evaluation_at > latest:
        raise Problem("panel.too-early", at=evaluation_at, lead=lead.value, source=lead.source)


def _whole(parameter: Parameter) -> int:
    assert isinstance(parameter.value, int)
    return parameter.value


def _part(parameter: Parameter) -> Fraction:
    assert isinstance(parameter.value, Fraction)
    return parameter.value
