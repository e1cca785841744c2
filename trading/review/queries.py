"""What was said to a report and corrected in it, as the journal has it; nothing of it is ever changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event
from trading.evaluation.rounds import reopened_line
from trading.review.rules import Correction

RENEWED = (Event.REPORT_RETURNED, Event.MARK_CORRECTED)
"""What makes the next version of a report, which every judge answers anew."""
ANSWERED = (Event.REPORT_SIGNED, Event.REPORT_DISSENTED, Event.REPORT_SETTLED)


@dataclass(frozen=True)
class Said:
    """One step after the first report: what happened, when; a return's or correction's reason, a correction whole."""

    event: Event
    at: datetime
    reason: str = ""
    reasons: str = ""
    correction: Correction | None = None


@dataclass(frozen=True)
class Review:
    """Every step in order, when the version now in force was reported, until when its signing time runs."""

    steps: tuple[Said, ...] = ()
    reported: datetime | None = None
    until: datetime | None = None

    @property
    def version(self) -> int:
        """Which version of the report is in force, the first being 1."""
        return 1 + sum(one.event in RENEWED for one in self.steps)

    @property
    def confirmed(self) -> Said | None:
        """The procuring entity's confirmation."""
        return next((one for one in self.steps if one.event == Event.REPORT_CONFIRMED), None)

    @property
    def returns(self) -> tuple[Said, ...]:
        """How often, when and why the report was returned."""
        return tuple(one for one in self.steps if one.event == Event.REPORT_RETURNED)

    @property
    def corrections(self) -> tuple[Said, ...]:
        """The marks corrected after locking."""
        return tuple(one for one in self.steps if one.event == Event.MARK_CORRECTED)


async def review_of(session: AsyncSession, section_id: str) -> Review:
    """What followed the marks' publication, by the journal."""
    wanted = (*RENEWED, *ANSWERED, Event.REPORT_CONFIRMED)
    now = Line.section == section_id, Line.id > reopened_line(section_id)
    rows = select(Line).where(*now, Line.event.in_(wanted)).order_by(Line.id)
    steps: list[Said] = []
    reported, until, settled = None, None, False
    for line in (await session.execute(rows)).scalars():
        event = Event(line.event)
        if event in RENEWED:
            reported, settled, until = None, False, datetime.fromisoformat(line.facts["until"])
        elif event in ANSWERED and not settled:
            # A judge who had been silent may still sign; the report was there before.
            reported, settled = line.at, event == Event.REPORT_SETTLED
        if event not in ANSWERED:
            steps.append(_said(event, line.at, line.facts))
    return Review(tuple(steps), reported, until)


def _said(event: Event, at: datetime, facts: Mapping[str, Any]) -> Said:
    one = Correction(*(facts[name] for name in Correction._fields)) if event == Event.MARK_CORRECTED else None
    return Said(event, at, facts.get("reason", ""), facts.get("reasons", ""), one)
