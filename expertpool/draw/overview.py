"""Draws as the supervising body looks at them: by region, state and time, with what they wait for and how they ended."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.limits import Awaited, awaited
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from infra.custody import duties
from infra.custody.tables import Duty
from infra.db.journal import Line
from infra.kernel.events import Event

PAGE = 20
RUNNING = (DrawState.ORDERED, DrawState.FROZEN, DrawState.COMMITTED)
VIEWS: Mapping[str, tuple[DrawState, ...]] = {
    "all": tuple(DrawState),
    "running": RUNNING,
    "failed": (DrawState.FAILED,),
    "drawn": (DrawState.REVEALED, DrawState.DISCLOSED),
}
"""What a list may be narrowed to."""
_TOLD = (Event.DRAW_FROZEN, Event.DRAW_FAILED, Event.DRAW_REFUSED, Event.REDRAW_ALLOWED, Event.DRAW_REVEALED)


class Filter(NamedTuple):
    """A list's filter and the place it goes on from: `after` is the time and id of the last draw shown."""

    view: str = "all"
    repeated: bool = False
    words: str = ""
    after: tuple[datetime, str] | None = None


class Seen(NamedTuple):
    """One attempt without a name: its lists' counts, the steps with their times, what it waits for, why it ended."""

    draw: Draw
    lists: Mapping[str, Mapping[str, int]]
    audited_at: datetime | None
    commitments: int
    escrows: int
    awaited: Awaited | None
    failure: Mapping[str, Any] | None
    refused: Mapping[str, Any] | None
    allowed: str | None
    vacant: int

    @property
    def reason(self) -> str | None:
        """The code of why it failed."""
        return None if self.failure is None else str(self.failure["reason"])

    @property
    def party(self) -> str:
        """The body it failed at; nothing where no body is to blame."""
        return "" if self.failure is None else str(self.failure.get("party", ""))


class Listing(NamedTuple):
    """A page of attempts, the newest request first, and the place from which there are more."""

    seen: list[Seen]
    after: tuple[datetime, str] | None


async def draws_in(session: AsyncSession, region: str, wanted: Filter) -> Listing:
    """Twenty attempts of a region and what lies below it, as the filter says."""
    found = select(Draw).where(Draw.region.startswith(region, autoescape=True), Draw.state.in_(VIEWS[wanted.view]))
    if wanted.repeated:
        found = found.where(Draw.number > 1)
    if wanted.words:
        found = found.where(Draw.section.icontains(wanted.words, autoescape=True))
    if wanted.after is not None:
        at, name = wanted.after
        found = found.where(or_(Draw.requested_at < at, (Draw.requested_at == at) & (Draw.id < name)))
    ordered = found.order_by(Draw.requested_at.desc(), Draw.id.desc()).limit(PAGE + 1)
    draws = list((await session.execute(ordered)).scalars())
    shown = draws[:PAGE]
    more = (shown[-1].requested_at, shown[-1].id) if len(draws) > PAGE else None
    return Listing(await seen(session, shown), more)


async def draws_of_section(session: AsyncSession, section: str) -> list[Seen]:
    """Every attempt of a section, the first one first."""
    found = select(Draw).where(Draw.section == section).order_by(Draw.number)
    return await seen(session, list((await session.execute(found)).scalars()))


async def seen(session: AsyncSession, draws: Sequence[Draw]) -> list[Seen]:
    """These attempts as a supervisor sees them; a handful of reads however many there are."""
    ids = [draw.id for draw in draws]
    lines = await _lines(session, {draw.section for draw in draws}, ids)
    steps = await _steps(session, ids)
    waiting = await awaited(session, draws)
    vacant = await _vacant(session, ids)
    return [_seen(draw, lines.get(draw.id, {}), steps.get(draw.id, {}), waiting, vacant) for draw in draws]


def _seen(
    draw: Draw,
    told: Mapping[str, Mapping[str, Any]],
    steps: Mapping[str, tuple[int, datetime | None]],
    waiting: Mapping[str, Awaited],
    vacant: Mapping[str, int],
) -> Seen:
    frozen, none = told.get(Event.DRAW_FROZEN, {}).get("frozen", {}), (0, None)
    allowed = told.get(Event.REDRAW_ALLOWED)
    return Seen(
        draw=draw,
        lists={name: frozen["lists"][name] for name in frozen.get("order", ())},
        audited_at=steps.get(duties.AUDIT, none)[1],
        commitments=steps.get(duties.COMMIT, none)[0],
        escrows=steps.get(duties.ESCROW, none)[0],
        awaited=waiting.get(draw.id),
        failure=told.get(Event.DRAW_FAILED),
        refused=told.get(Event.DRAW_REFUSED) if draw.frozen_at is None else None,
        allowed=None if allowed is None else str(allowed["reason"]),
        vacant=vacant.get(draw.id, 0),
    )


async def _lines(
    session: AsyncSession, sections: Collection[str], draws: Sequence[str]
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The facts of what was last told of each draw, by draw and event."""
    wanted = select(Line.subject, Line.event, Line.facts).where(
        Line.section.in_(sections), Line.event.in_(_TOLD), Line.subject.in_(draws)
    )
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for subject, event, facts in await session.execute(wanted.order_by(Line.id)):
        found.setdefault(subject, {})[event] = facts
    return found


async def _steps(session: AsyncSession, draws: Sequence[str]) -> dict[str, dict[str, tuple[int, datetime | None]]]:
    """How many bodies have done each step of each draw, and when the last one did."""
    wanted = select(Duty.subject, Duty.kind, func.count(Duty.answered_at), func.max(Duty.answered_at))
    wanted = wanted.where(Duty.subject.in_(draws)).group_by(Duty.subject, Duty.kind)
    found: dict[str, dict[str, tuple[int, datetime | None]]] = {}
    for subject, kind, count, last in await session.execute(wanted):
        found.setdefault(subject, {})[kind] = (count, last)
    return found


async def _vacant(session: AsyncSession, draws: Sequence[str]) -> dict[str, int]:
    """Seats of each draw that nobody holds."""
    wanted = select(Seat.draw, func.count()).where(Seat.draw.in_(draws), Seat.kind == "expert")
    grouped = wanted.where(Seat.vacant_since.is_not(None)).group_by(Seat.draw)
    return {draw: count for draw, count in await session.execute(grouped)}
