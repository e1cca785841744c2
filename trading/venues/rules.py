"""When a room may be had: a bounded stretch of time that has not begun, and a hall that is there at the deadline."""

from datetime import datetime, timedelta

from infra.kernel.problems import Problem

LONGEST = timedelta(hours=24)


def check_stretch(now: datetime, start: datetime, end: datetime) -> None:
    """Refuse a stretch [start, end) that is none: `booking.order`, `booking.past`, `booking.too-long`."""
    if end <= start:
        raise Problem("booking.order", start=start, end=end)
    if end <= now:
        raise Problem("booking.past", end=end)
    if end - start > LONGEST:
        raise Problem("booking.too-long", hours=int(LONGEST.total_seconds()) // 3600)


def misses(start: datetime, end: datetime, moment: datetime | None) -> bool:
    """Whether [start, end) leaves the moment out; one that is not known yet cannot be missed."""
    return moment is not None and not start <= moment < end
