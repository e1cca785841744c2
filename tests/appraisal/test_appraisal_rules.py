"""Points and proposals, ratings, deviations by worked example V4, rankings that are the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from expertpool.appraisal.rules import (
    FULL,
    POINTS,
    QUESTIONS,
    EventKind,
    deviations,
    is_rating,
    leaning,
    points_in_a_year,
    proposal,
    same_rankings,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
P = ("8.5", "9", "7", "8", "9.5", "8.5", "8")
Q = ("8", "8", "8.5", "9", "9", "8", "5")
V4 = {f"J{place}": {"P": Decimal(p), "Q": Decimal(q)} for place, (p, q) in enumerate(zip(P, Q, strict=True), 1)}


def test_every_event_of_tbr_71_has_points_within_a_year() -> None:
    assert set(POINTS) == set(EventKind) and all(0 < points <= FULL for points in POINTS.values())


def test_points_count_for_twelve_months() -> None:
    events = [(NOW - timedelta(days=days), 6) for days in (0, 364, 365, 400)] + [(NOW + timedelta(days=1), 6)]
    assert points_in_a_year(events, NOW) == 12


@pytest.mark.parametrize(
    ("points", "said"), [(0, None), (5, None), (6, "warning"), (11, "warning"), (12, "suspension")]
)
def test_points_propose_and_decide_nothing(points: int, said: str | None) -> None:
    assert proposal(points) == said


@pytest.mark.parametrize(
    ("changed", "valid"),
    [({}, True), ({"punctual": 0}, False), ({"punctual": 6}, False), ({"punctual": True}, False), ({"more": 1}, False)],
)
def test_a_rating_answers_every_question_from_one_to_five(changed: dict[str, object], valid: bool) -> None:
    assert is_rating(dict.fromkeys(QUESTIONS, 3) | changed) is valid


def test_worked_example_v4_finds_one_outlier() -> None:
    (found,) = [one for one in deviations(V4) if one.is_outlier]
    assert (found.judge, found.bid, found.others) == ("J7", "Q", Decimal("8.42"))
    assert f"{abs(found.share) * 100:.2f}" == "40.59"


def test_two_judges_alone_have_no_deviation_and_a_mean_of_nothing_divides_nothing() -> None:
    assert deviations({"J1": {"A": Decimal(1)}, "J2": {"A": Decimal(9)}}) == []
    assert [one.judge for one in deviations({f"J{n}": {"A": Decimal(n == 1)} for n in (1, 2, 3)})] == ["J2", "J3"]


def test_a_leaning_has_an_interval_only_from_twenty_marks_on() -> None:
    shares = [Decimal(n % 2) / 10 for n in range(20)]
    assert leaning(shares[:19]).interval is None and leaning([]).mean == 0
    low, high = leaning(shares).interval or (Decimal(0), Decimal(0))
    assert low < Decimal("0.05") < high and f"{high - low:.4f}" == "0.0450"


def test_the_same_order_of_three_bids_is_seen_and_level_marks_are_not() -> None:
    sheets = {
        "J1": {"A": Decimal(3), "B": Decimal(2), "C": Decimal(1)},
        "J2": {"A": Decimal(90), "B": Decimal(5), "C": Decimal(4)},
        "J3": {"A": Decimal(3), "B": Decimal(3), "C": Decimal(1)},
        "J4": {"A": Decimal(1), "B": Decimal(2), "C": Decimal(3)},
    }
    assert same_rankings(sheets) == [("J1", "J2")]
