"""How a rule set counts: days of the law, or the short days of the demo."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from math import ceil

from infra.kernel.calendar import DAY, Calendar


class Unit(StrEnum):
    """What a period counts: calendar days 日 or working days 工作日."""

    DAY = "d"
    WORKING_DAY = "wd"


@dataclass(frozen=True)
class LegalDays:
    """Days by CC 201 and 203 in one time zone; a day ends at 24:00, the first instant of the next."""

    calendar: Calendar
    zone: tzinfo
    length: timedelta = DAY

    def add(self, start: datetime, n: int, unit: Unit) -> datetime:
        """The end of the nth day after `start`, rolled to a working day, in UTC."""
        return self._midnight(self._last(start, n, unit) + DAY)

    def earliest(self, start: datetime, n: int, unit: Unit) -> datetime:
        """The first instant of the nth day after `start` by which also n × 24 hours have passed: for deadlines."""
        return max(self._midnight(self._last(start, n, unit)), _utc(start) + n * DAY)

    def before(self, deadline: datetime, n: int) -> datetime:
        """The end of the day n calendar days before a deadline, in UTC; never rolled."""
        return self._midnight(self.calendar.days_before(self._date(deadline), n) + DAY)

    def _last(self, start: datetime, n: int, unit: Unit) -> date:
        count: Callable[[date, int], date] = (
            self.calendar.add_working_days if unit is Unit.WORKING_DAY else self.calendar.add_days
        )
        return count(self._date(start), n)

    def _date(self, at: datetime) -> date:
        return _utc(at).astimezone(self.zone).date()

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class ShortDays:
    """Days of a fixed short length, without holidays: only for demonstrations."""

    length: timedelta

    def add(self, start: datetime, n: int, unit: Unit) -> datetime:
        """`start` and n short days, in UTC."""
        return _utc(start) + n * self.length

    def earliest(self, start: datetime, n: int, unit: Unit) -> datetime:
        """`start` and n short days, in UTC."""
        return self.add(start, n, unit)

    def before(self, deadline: datetime, n: int) -> datetime:
        """A deadline less n short days, in UTC."""
        return _utc(deadline) - n * self.length


def years_later(at: datetime, years: int, zone: tzinfo) -> datetime:
    """24:00 of the same day so many years later, of a 29 February the 28th where that year has none; in UTC, never rolled."""
    day = at.astimezone(zone).date()
    try:
        then = day.replace(year=day.year + years)
    except ValueError:
        then = day.replace(year=day.year + years, day=28)
    return datetime.combine(then + DAY, time(), zone).astimezone(UTC)


def short_by(given: datetime, needed: datetime, days: LegalDays | ShortDays) -> int:
    """By how many whole days, rounded up, `given` lies before `needed`; 0 when it does not."""
    return max(0, ceil((needed - given) / days.length))


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("legal time needs a time zone")
    return at.astimezone(UTC)
