"""When an objection at the opening is overdue: at the record's limit, unanswered, and while no pause stops the time."""

from datetime import UTC, datetime, timedelta

import pytest

from trading.opening.watch import is_overdue

LIMIT = datetime(2026, 11, 2, 1, 40, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("limit", "now", "answered", "paused", "late"),
    [
        (LIMIT, LIMIT - SECOND, False, False, False),
        (LIMIT, LIMIT, False, False, True),
        (LIMIT, LIMIT + SECOND, True, False, False),
        (LIMIT, LIMIT + SECOND, False, True, False),
        (None, LIMIT + SECOND, False, False, False),
    ],
)
def test_an_objection_is_overdue_at_the_limit_and_not_before(
    limit: datetime | None, now: datetime, answered: bool, paused: bool, late: bool
) -> None:
    assert is_overdue(limit, now, answered=answered, paused=paused) is late
