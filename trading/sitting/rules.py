"""When marking time 评标时间 is over and who may have it extended; what a pause needs: pure decisions (TBR 48)."""

from datetime import datetime

from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

LONGEST_WORDS = 1000


def due_to_extend(asked: int, judges: int) -> bool:
    """Whether the procuring entity has to give more time: more than a third of the committee find it too short (TBR 48)."""
    return asked * 3 > judges


def require_time(until: datetime | None, now: datetime, asked: int, judges: int) -> None:
    """`marks.time-over` once the set time is over, unless more than a third asked for more: then nobody is cut off."""
    if until is not None and now >= until and not due_to_extend(asked, judges):
        raise Problem("marks.time-over", until=until)


def checked_until(until: datetime, now: datetime, before: datetime | None) -> datetime:
    """Until when is marked; `marking-time.past` for a time gone by, `.shortened` for one before what was set."""
    if until <= now:
        raise Problem("marking-time.past", until=until)
    if before is not None and until <= before:
        raise Problem("marking-time.shortened", until=until, before=before)
    return until


def checked_words(words: str) -> str:
    """What is said of a pause or of the seal, without blanks around it; `pause.words` where nothing is said."""
    if not is_written(words, LONGEST_WORDS):
        raise Problem("pause.words", most=LONGEST_WORDS)
    return words.strip()
