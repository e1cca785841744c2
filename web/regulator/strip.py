"""The time strip of a section: its phases side by side, each as wide as it lasted but never too narrow to be seen."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from infra.kernel.events import Event
from web.regulator.words import PHASES

ENDS = (Event.AWARD_PUBLISHED, Event.SECTION_FAILED)
NARROWEST = 6.0


class Phase(NamedTuple):
    """One stretch of the strip: a msgid, when it began, place and width in per cent; the end has no width."""

    text: str
    since: datetime
    x: float
    width: float
    failed: bool


def strip(times: Sequence[tuple[datetime, Event]], now: datetime) -> list[Phase]:
    """The phases that began at these times, in order; the last one lasts until now unless it ends the section."""
    if not times:
        return []
    edges = [at for at, _ in times] + ([] if times[-1][1] in ENDS else [now])
    spans = [max((after - before).total_seconds(), 0.0) for before, after in pairwise(edges)]
    free, whole = 100 - NARROWEST * len(spans), sum(spans) or 1.0
    widths = [round(NARROWEST + free * span / whole, 2) for span in spans]
    places = [0.0, *accumulate(widths)]
    widths += [0.0] * (len(times) - len(widths))
    return [
        Phase(PHASES[event], at, round(x, 2), width, event is Event.SECTION_FAILED)
        for (at, event), x, width in zip(times, places, widths, strict=False)
    ]
