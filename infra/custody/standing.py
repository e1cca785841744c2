"""Whether a trustee could do its part now, by what it last said of itself: pure, for pages and for warnings."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from infra.custody.tables import TrusteeReport

HEARD_WITHIN = timedelta(seconds=60)
"""A trustee asks at least every 25 seconds; whoever is silent longer is absent."""
CLOCK_TOLERANCE = timedelta(seconds=5)


class Standing(StrEnum):
    """What keeps a trustee from its part; `silent` is there, but of a version that tells nothing of itself."""

    READY = "ready"
    SILENT = "silent"
    CONFIRMING = "confirming"
    UNSTAMPED = "unstamped"
    NEVER = "never"
    ABSENT = "absent"
    LOCKED = "locked"
    CLOCK = "clock"
    REFUSED = "refused"
    FORKED = "forked"


ABLE = frozenset({Standing.READY, Standing.SILENT})
"""These release by themselves."""
UNABLE = frozenset(Standing) - ABLE - {Standing.CONFIRMING}


def standing(report: TrusteeReport | None, now: datetime) -> Standing:
    """How a trustee stands at `now`, the worst first."""
    if report is None:
        return Standing.NEVER
    if now - report.seen_at > HEARD_WITHIN:
        return Standing.ABSENT
    if report.refused == "trustee.clock" or abs(report.clock_ms) > CLOCK_TOLERANCE / timedelta(milliseconds=1):
        return Standing.CLOCK
    if report.refused is not None:
        return Standing.REFUSED
    return _as_told(report)


def reached(standings: Iterable[Standing], threshold: int) -> bool:
    """Whether enough release by themselves, without waiting for a person."""
    return sum(one in ABLE for one in standings) >= threshold


def _as_told(report: TrusteeReport) -> Standing:
    facts = report.facts
    if not facts:
        return Standing.SILENT
    if not facts["unlocked"]:
        return Standing.LOCKED
    if facts["forks"]:
        return Standing.FORKED
    if facts.get("time_stamp") == "silent":
        return Standing.UNSTAMPED
    return Standing.CONFIRMING if facts["confirming"] else Standing.READY
