"""When an expert may be let in, who is late, how long somebody was there, and how wrong tries are counted."""

import re
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256

from infra.crypto.sign import labelled
from infra.kernel.canonical import digest

LIST_LABEL = "openhall list/v1"
PLATFORM = timezone(timedelta(hours=8))
"""Days of attendance are days of platform time."""
LEAD = timedelta(hours=4)
MOST_TRIES = 5
LOCKED_FOR = timedelta(minutes=10)
LOCKER = re.compile(r"[0-9A-Za-z-]{1,12}", re.ASCII)


def day_of(at: datetime) -> date:
    """The day of platform time on which an instant falls."""
    return at.astimezone(PLATFORM).date()


def may_come(now: datetime, evaluation_at: datetime | None, lead: timedelta) -> bool:
    """Whether the door is open: from `lead` before the evaluation begins, on its day and any day after.

    A draw without an appointed evaluation, as they were before drawings were ordered, has its door open.
    """
    if evaluation_at is None:
        return True
    return now >= evaluation_at - lead and day_of(now) >= day_of(evaluation_at)


def is_late(now: datetime, evaluation_at: datetime | None) -> bool:
    """Whether somebody comes after the evaluation began, on its first day."""
    return evaluation_at is not None and now > evaluation_at and day_of(now) == day_of(evaluation_at)


def minutes_between(came: datetime, went: datetime) -> int:
    """Whole minutes of attendance; what is begun counts as it lasted, never below nothing."""
    return max(0, int((went - came).total_seconds() // 60))


def identity_typed(text: str) -> str:
    """An identity as a clerk types it, `resident:` by default; blanks and small letters make no difference."""
    plain = "".join(text.split())
    kind, colon, number = plain.partition(":")
    return f"{kind.lower()}:{number.upper()}" if colon else f"resident:{plain.upper()}"


def list_message(section: str, list_is: bytes) -> bytes:
    """The 32 bytes that centre and supervisor sign over the digest of a list of names `list/v1`."""
    return sha256(labelled(LIST_LABEL, digest({"digest": list_is.hex(), "section": section}))).digest()
