"""When the door is open, who is late, what a typed identity means."""

from datetime import UTC, datetime, timedelta

import pytest

from expertpool.attendance.rules import day_of, identity_typed, is_late, may_come, minutes_between
from trading.evaluation.draw_room import Listed
from web.centre.room import narrow

BEGINS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LEAD = timedelta(hours=2)


@pytest.mark.parametrize(
    ("before", "open_"),
    [
        (timedelta(hours=2, seconds=1), False),
        (timedelta(hours=2), True),
        (timedelta(0), True),
        (-timedelta(days=1), True),
    ],
)
def test_the_door_opens_by_the_lead_before_the_evaluation_and_stays_open(before: timedelta, open_: bool) -> None:
    assert may_come(BEGINS - before, BEGINS, LEAD) is open_


def test_however_long_the_lead_nobody_is_let_in_on_the_day_before() -> None:
    assert not may_come(BEGINS - timedelta(hours=10), BEGINS, timedelta(days=3))


def test_a_draw_without_an_appointed_evaluation_has_its_door_open() -> None:
    assert may_come(BEGINS, None, LEAD)


def test_who_comes_after_the_beginning_is_late_on_the_first_day_only() -> None:
    assert [is_late(BEGINS + timedelta(hours=hours), BEGINS) for hours in (0, 1, 24)] == [False, True, False]


def test_a_day_is_a_day_of_platform_time() -> None:
    assert day_of(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)).isoformat() == "2026-11-23"


def test_minutes_are_whole_and_never_below_nothing() -> None:
    assert minutes_between(BEGINS, BEGINS + timedelta(seconds=119)) == 1
    assert minutes_between(BEGINS, BEGINS - timedelta(seconds=5)) == 0


@pytest.mark.parametrize("text", ["42010219800101001x", " 420102 19800101 001X ", "resident:42010219800101001X"])
def test_blanks_and_small_letters_of_an_identity_make_no_difference(text: str) -> None:
    assert identity_typed(text) == "resident:42010219800101001X"


def test_a_list_with_fewer_than_three_employers_for_each_seat_is_narrow() -> None:
    wide, few = Listed("A08", 3, 40, 9, "", None), Listed("A06", 2, 40, 5, "", None)
    assert narrow([wide, few]) == [few]
