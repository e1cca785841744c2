"""Counting days as the law counts them (民法典 CC 201, 203), over a published table of holidays and make-up days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from infra.kernel.problems import Problem

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Statutory holidays, weekend days worked instead (调休), and the years for which both are published."""

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether a day is a working day; `calendar.year-missing` where its year's table is not published."""
        if day.year not in self.years:
            raise Problem("calendar.year-missing", year=day.year)
        return day in self.make_up_days or (day.weekday() < SATURDAY and day not in self.holidays)

    def roll(self, day: date) -> date:
        """The day itself, or the next working day when it is a holiday or weekend day (CC 203)."""
        return next(later for later in _from(day) if self.is_working(later))

    def add_days(self, start: date, n: int) -> date:
        """The nth calendar day after `start`, which does not count (CC 201), rolled to a working day (CC 203)."""
        return self.roll(start + n * DAY)

    def add_working_days(self, start: date, n: int) -> date:
        """The nth working day after `start`, which does not count."""
        last = start
        for _ in range(n):
            last = self.roll(last + DAY)
        return last

    def days_before(self, deadline: date, n: int) -> date:
        """The latest date that is n calendar days before a deadline; a backward limit never rolls later."""
        return deadline - n * DAY


def _from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += DAY
