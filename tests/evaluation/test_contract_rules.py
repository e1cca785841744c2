"""When a contract may be recorded, and when it came late (TBL 46, TBR 57)."""

from datetime import UTC, date, datetime

import pytest

from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.contracts.rules import check_contract, is_late, last_day

AWARDED, NOW = datetime(2026, 10, 12, 2, 0, tzinfo=UTC), datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
PRICE = fen("9310000.00")


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
