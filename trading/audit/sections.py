"""Finding sections as a regulator does: those of the session's region, whatever their state."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.audit.queries import PAGE, Cursor, going_on
from trading.sections.states import SectionState
from trading.sections.tables import Section


class FoundSections(NamedTuple):
    """One page of sections, the newest first, and where it goes on."""

    sections: list[Section]
    following: Cursor | None


async def find_sections(session: AsyncSession, part: str, state: str, cursor: Cursor | None) -> FoundSections:
    """Sections whose number or title contains `part`, in that state; what names no state counts as not given."""
    wanted = select(Section).order_by(Section.created_at.desc(), Section.id.desc()).limit(PAGE + 1)
    if part:
        wanted = wanted.where(
            or_(Section.id.contains(part, autoescape=True), Section.title.contains(part, autoescape=True))
        )
    if state in set(SectionState):
        wanted = wanted.where(Section.state == state)
    if cursor is not None:
        wanted = wanted.where(Section.created_at <= cursor.at).offset(cursor.shown)
    found = list(await session.scalars(wanted))
    more = len(found) > PAGE
    return FoundSections(found[:PAGE], going_on([one.created_at for one in found[:PAGE]], cursor) if more else None)


async def section_of(session: AsyncSession, section_id: str) -> Section:
    """A section of the reader's region; `section.unknown` for all others."""
    found = None if "\0" in section_id else await session.scalar(select(Section).where(Section.id == section_id))
    if found is None:
        raise Problem("section.unknown", section=section_id)
    return found


async def first_times(
    session: AsyncSession, section_id: str, events: Collection[Event]
) -> list[tuple[datetime, Event]]:
    """When each of these events first happened in a section, in order of time; those that did not are left out."""
    first = select(Line.event, func.min(Line.at)).where(Line.section == section_id, Line.event.in_(list(events)))
    return sorted((at, Event(event)) for event, at in await session.execute(first.group_by(Line.event)))
