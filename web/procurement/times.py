"""Times typed into forms: local time of the platform (Asia/Shanghai), with seconds, to UTC and back."""

from datetime import UTC, date, datetime

from infra.kernel.problems import Problem
from web.i18n import ZONE

FORM = "%Y-%m-%dT%H:%M:%S"


def typed_time(text: str) -> datetime:
    """The instant of a local time such as `2026-11-23T09:30:00` (seconds may be left out); `time.unreadable` otherwise."""
    try:
        found = datetime.fromisoformat(" ".join(text.split()))
        if found.tzinfo is not None or found.microsecond:
            raise ValueError(text)
        return found.replace(tzinfo=ZONE).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Problem("time.unreadable", given=text[:40]) from error


def time_to_type(at: datetime) -> str:
    """An instant as a form shows it: local time to the second."""
    return at.astimezone(ZONE).strftime(FORM)


def typed_day(text: str | None, otherwise: datetime) -> date:
    """The day of an address's `day=2026-11-23`; today of the platform where none, or none readable, is named."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise.astimezone(ZONE).date()
