"""The legal timers of an opening's limited times: a limit that moved leaves timers behind that find nothing to do."""

from datetime import datetime

from infra.db.work import Work
from infra.timers import schedule

LIMIT, FACTORS_END, REMEDY_END = "key-release.limit", "factor-window.close", "remedy.end"
"""The timers' verbs."""


async def await_limit(work: Work, verb: str, subject: str, limit: datetime) -> None:
    """Let the end of a limited time be looked at, beside any earlier end that it had."""
    await schedule(work, limit, verb, f"{subject}#{int(limit.timestamp() * 1000)}")


async def await_remedy_end(work: Work, bid: str, until: datetime) -> None:
    """Let the end of a bid's remedy be looked at."""
    await await_limit(work, REMEDY_END, bid, until)


def subject_of(timer: str) -> str:
    """What a timer is about: a section or a bid."""
    return timer.partition("#")[0]
