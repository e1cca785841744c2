"""When a contract may be recorded, and when it came late (TBL 46, TBR 57)."""

from datetime import UTC, date, datetime

import pytest

from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.contracts.rules import (
    MilestoneKind,
    Signed,
    Standing,
    after_signing,
    check_contract,
    check_done,
    check_plan,
    is_late,
    last_day,
    standing_of,
)
from trading.regimes.regime import Rule
from trading.regimes.rules import CONSTRUCTION, PURCHASES

AWARDED, NOW = datetime(2026, 10, 12, 2, 0, tzinfo=UTC), datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
PRICE = fen("9310000.00")


def test_a_purchases_contract_is_published_in_two_working_days_and_filed_in_seven() -> None:
    """Signed on Wednesday 2026-09-30: holidays to 10-07, 10-10 is a working Saturday (GPR 50, GPL 47)."""
    signed = date(2026, 9, 30)
    assert after_signing(PURCHASES, signed, Rule.CONTRACT_PUBLISHED) == datetime(2026, 10, 9, 16, tzinfo=UTC)
    assert after_signing(PURCHASES, signed, Rule.CONTRACT_FILED) == datetime(2026, 10, 15, 16, tzinfo=UTC)
    assert after_signing(CONSTRUCTION, signed, Rule.CONTRACT_PUBLISHED) is None


@pytest.mark.parametrize("day", [date(2026, 10, 12), date(2026, 10, 20)])
def test_a_contract_at_the_winning_price_is_recorded_from_the_award_to_today(day: date) -> None:
    check_contract(PRICE, PRICE, day, AWARDED, NOW)


@pytest.mark.parametrize(
    ("amount", "day", "code"),
    [
        ("9310000.01", date(2026, 10, 15), "contract.amount"),
        ("9309999.99", date(2026, 10, 15), "contract.amount"),
        ("9310000.00", date(2026, 10, 11), "contract.date"),
        ("9310000.00", date(2026, 10, 21), "contract.date"),
    ],
)
def test_another_price_or_an_impossible_date_is_refused(amount: str, day: date, code: str) -> None:
    with pytest.raises(Problem, match=code):
        check_contract(fen(amount), PRICE, day, AWARDED, NOW)


def test_the_days_are_those_of_shanghai() -> None:
    late_evening = datetime(2026, 10, 12, 17, 0, tzinfo=UTC)
    check_contract(PRICE, PRICE, date(2026, 10, 13), late_evening, late_evening)


@pytest.mark.parametrize(("day", "late"), [(date(2026, 11, 11), False), (date(2026, 11, 12), True)])
def test_a_contract_signed_on_the_last_day_is_in_time(day: date, late: bool) -> None:
    due = datetime(2026, 11, 11, 16, 0, tzinfo=UTC)  # 24:00 of the thirtieth day
    assert last_day(due) == date(2026, 11, 11)
    assert is_late(day, due) is late


SIGNED = Signed(date(2026, 10, 15), PRICE)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("performance", None), ("acceptance", None), ("payment", "9310000.00")],
    ids=["performance", "acceptance", "payment"],
)
def test_a_milestone_is_planned_from_the_day_the_contract_was_signed(kind: str, amount: str | None) -> None:
    assert kind in set(MilestoneKind)
    check_plan(SIGNED, kind, date(2026, 10, 15), None if amount is None else fen(amount), fen("0.00"))


@pytest.mark.parametrize(
    ("kind", "day", "amount", "code"),
    [
        ("party", date(2026, 11, 1), None, "milestone.kind"),
        ("performance", date(2026, 10, 14), None, "milestone.date"),
        ("acceptance", date(2026, 11, 1), "1.00", "milestone.no-amount"),
        ("payment", date(2026, 11, 1), None, "milestone.amount"),
        ("payment", date(2026, 11, 1), "0.00", "milestone.amount"),
        ("payment", date(2026, 11, 1), "310000.01", "milestone.amount"),
    ],
)
def test_a_plan_that_does_not_fit_the_contract_is_refused(kind: str, day: date, amount: str | None, code: str) -> None:
    with pytest.raises(Problem, match=code):
        check_plan(SIGNED, kind, day, None if amount is None else fen(amount), fen("9000000.00"))


@pytest.mark.parametrize("day", [date(2026, 10, 14), date(2026, 10, 21)])
def test_nothing_was_reached_before_the_contract_or_after_today(day: date) -> None:
    with pytest.raises(Problem, match=r"milestone\.done-date"):
        check_done(SIGNED.signed_on, day, NOW)


@pytest.mark.parametrize(
    ("due", "done", "standing"),
    [
        (date(2026, 10, 20), None, Standing.AHEAD),
        (date(2026, 10, 19), None, Standing.OVERDUE),
        (date(2026, 10, 19), date(2026, 10, 19), Standing.DONE),
        (date(2026, 10, 19), date(2026, 10, 20), Standing.LATE),
    ],
    ids=str,
)
def test_a_milestone_is_late_only_after_its_day(due: date, done: date | None, standing: Standing) -> None:
    assert standing_of(due, done, NOW) is standing
