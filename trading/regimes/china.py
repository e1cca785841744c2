"""The working days of mainland China as the State Council publishes them year by year, from `chinesecalendar`."""

from datetime import timedelta, timezone

from chinese_calendar import constants

from infra.kernel.calendar import Calendar

# China has kept UTC+8 without summer time since 1992, so no time zone database is needed.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

CALENDAR = Calendar(
    holidays=frozenset(constants.holidays),
    make_up_days=frozenset(constants.workdays),
    years=frozenset(day.year for day in constants.holidays),
)
