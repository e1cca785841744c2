"""What everybody may read of a section's draws: failed attempts at once, all else together with the marks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.db.journal import Line
from infra.kernel.events import Event
from trading.publication.queries import ANNOUNCED, Dossier

TOLD = (Event.DRAW_FROZEN, Event.DRAW_AUDITED, Event.DRAW_COMMITMENT_GIVEN, Event.DRAW_REVEALED, Event.DRAW_FAILED)
BROWSER = 250_000
"""So many lines of a pool a browser recomputes; a larger draw is for the command line."""


class Failure(NamedTuple):
    """Why an attempt ended, at which body, and the supervisor's reason for the next one, if it was given."""

    reason: str
    party: str
    at: datetime
    following: str | None


class Attempt(NamedTuple):
    """One attempt; of a failed one `failure`, of a disclosed one the frozen facts, commitments by party and the reveal."""

    number: int
    failure: Failure | None
    frozen: Mapping[str, Any]
    frozen_at: datetime | None
    audited: bool
    commitments: Mapping[str, str]
    revealed: Mapping[str, Any]
    revealed_at: datetime | None

    @property
    def records(self) -> int:
        """How many lines its lists have."""
        return sum(one["records"] for one in self.frozen["lists"].values())

    @property
    def for_browsers(self) -> bool:
        """Whether it is small enough to be recomputed in a page."""
        return self.records <= BROWSER


async def public_attempts(session: AsyncSession, found: Dossier) -> list[Attempt]:
    """Failed attempts from their failure on, revealed ones once the marks are public, by number."""
    shown = [DrawState.FAILED, *(ANNOUNCED if found.judged else ())]
    draws = select(Draw).where(Draw.section == found.section.id, Draw.state.in_(shown)).order_by(Draw.number)
    attempts = list(await session.scalars(draws))
    if not attempts:
        return []
    wanted = select(Line).where(Line.section == found.section.id, Line.event.in_(TOLD)).order_by(Line.id)
    lines = list(await session.scalars(wanted))
    return [
        _attempt(draw, [one for one in lines if one.facts.get("draw", one.subject) == draw.id]) for draw in attempts
    ]


def _attempt(draw: Draw, lines: Sequence[Line]) -> Attempt:
    by_event = {line.event: line for line in lines}
    if draw.state == DrawState.FAILED:
        line = by_event[Event.DRAW_FAILED]
        failure = Failure(line.facts["reason"], line.facts["party"], line.at, draw.repeat_reason)
        return Attempt(draw.number, failure, {}, None, False, {}, {}, None)
    frozen, revealed = by_event[Event.DRAW_FROZEN], by_event[Event.DRAW_REVEALED]
    given = [line.facts for line in lines if line.event == Event.DRAW_COMMITMENT_GIVEN]
    return Attempt(
        draw.number,
        None,
        frozen.facts["frozen"],
        frozen.at,
        Event.DRAW_AUDITED in by_event,
        {one["party"]: one["commitment"] for one in given},
        revealed.facts,
        revealed.at,
    )
