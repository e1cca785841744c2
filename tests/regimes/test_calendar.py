from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.calendar import Calendar
from infra.kernel.problems import Problem
from trading.regimes.china import CALENDAR

GOLDEN_WEEK = Calendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 10, 10)}),
    years=frozenset({2026}),
)
BOTH = pytest.mark.parametrize("calendar", [GOLDEN_WEEK, CALENDAR], ids=["example", "published"])


def on(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@BOTH
@pytest.mark.parametrize(("n", "start", "end"), [(20, "09-28", "10-19"), (3, "09-30", "10-08"), (30, "10-12", "11-11")])
def test_v7_calendar_days_end_on_a_working_day(calendar: Calendar, n: int, start: str, end: str) -> None:
    assert calendar.add_days(on(start), n) == on(end)


@BOTH
@pytest.mark.parametrize(
    ("n", "start", "end"), [(5, "09-29", "10-12"), (7, "10-09", "10-19"), (15, "10-19", "11-09"), (0, "10-03", "10-03")]
)
def test_v7_working_days_skip_holidays_and_count_make_up_days(calendar: Calendar, n: int, start: str, end: str) -> None:
    assert calendar.add_working_days(on(start), n) == on(end)


@BOTH
@pytest.mark.parametrize(("n", "deadline", "latest"), [(15, "10-19", "10-04"), (10, "10-19", "10-09")])
def test_v7_backward_limits_never_roll(calendar: Calendar, n: int, deadline: str, latest: str) -> None:
    assert calendar.days_before(on(deadline), n) == on(latest)


def test_a_make_up_saturday_works_and_an_ordinary_one_does_not() -> None:
    assert GOLDEN_WEEK.is_working(on("10-10"))
    assert not GOLDEN_WEEK.is_working(on("10-17"))


@pytest.mark.parametrize("start", [date(2026, 12, 30), date(2025, 12, 30)])
def test_a_year_without_a_published_table_is_refused(start: date) -> None:
    with pytest.raises(Problem) as refused:
        GOLDEN_WEEK.add_working_days(start, 1 if start.year == 2025 else 2)
    assert refused.value.code == "calendar.year-missing"
    assert refused.value.facts["year"] == (2025 if start.year == 2025 else 2027)


def test_a_period_that_rolls_into_an_unpublished_year_is_refused() -> None:
    with pytest.raises(Problem, match="2027"):
        GOLDEN_WEEK.add_days(date(2026, 12, 20), 20)


@given(st.dates(date(2026, 1, 1), date(2026, 10, 1)), st.integers(1, 40))
def test_a_period_ends_on_a_working_day_no_earlier_than_its_count(start: date, n: int) -> None:
    end = CALENDAR.add_days(start, n)
    assert CALENDAR.is_working(end)
    assert end >= start + timedelta(days=n)


@given(st.dates(date(2026, 1, 1), date(2026, 8, 1)), st.integers(0, 40), st.integers(0, 40))
def test_working_days_add_up(start: date, first: int, then: int) -> None:
    add = CALENDAR.add_working_days
    assert add(add(start, first), then) == add(start, first + then)
