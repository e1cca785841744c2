"""Red flags of an opening: what stays undone although its time is over."""

from datetime import datetime


def is_overdue(limit: datetime | None, now: datetime, *, answered: bool, paused: bool) -> bool:
    """Whether an objection has no answer at the record's limit: on the spot (TBR 44) is not later than that.

    A pause stops the time; before there is a record there is no limit.
    """
    return not answered and not paused and limit is not None and now >= limit
