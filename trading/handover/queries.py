"""Reading a section's archive: the completeness list, until when it is kept, and the files it was handed over in."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.journal import Line
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.contracts.queries import awarded_in
from trading.evaluation.foresight import section_for
from trading.handover.papers import Papers, papers_of
from trading.handover.rules import Reached, Row, completeness
from trading.handover.tables import Handover
from trading.publication.queries import Dossier, dossier
from trading.regimes.regime import Regime, Rule
from trading.sections.queries import HIDDEN
from trading.sections.states import SectionState
from trading.sections.tables import Section

ENDED = (SectionState.NOTIFIED, SectionState.FAILED)
_WITH_CANDIDATES = (SectionState.PUBLICITY, SectionState.DETERMINED, SectionState.NOTIFIED)


class Archive(NamedTuple):
    """A section's archive as it stands: its list, what the list is made of, when the procedure ended, kept until when."""

    rows: list[Row]
    papers: Papers
    ended: datetime | None
    until: datetime | None


async def archived_section(session: AsyncSession, actor: Actor, section_id: str) -> Section:
    """A section whose archive the actor may see: its own side's, or one of its region; `section.unknown` otherwise."""
    section = await section_for(session, actor, section_id)
    if section.state in HIDDEN:
        raise Problem("archive.none", section=section_id)
    return section


async def archive_of(
    session: AsyncSession, objects: Objects, regime: Regime, section: Section, now: datetime
) -> Archive:
    """The archive of a published section now; who may see it is decided before."""
    found = await dossier(session, section.id, taken_down=True)
    papers = await papers_of(session, objects, found)
    ended = await ended_at(session, section)
    reached = await _reached(session, regime, found, now)
    held = {item: tuple(kept) for item, kept in papers.held.items()}
    rows = completeness(regime, reached, held, papers.lost)
    return Archive(rows, papers, ended, None if ended is None else regime.years_after(ended, Rule.RETENTION_YEARS))


async def ended_at(session: AsyncSession, section: Section) -> datetime | None:
    """When the procedure ended: with the award or the failure; None before."""
    over = (Event.AWARD_PUBLISHED, Event.SECTION_FAILED, Event.SECTION_CLOSED)
    if section.state not in ENDED:
        return None
    latest = select(func.max(Line.at)).where(Line.section == section.id, Line.event.in_(over))
    return (await session.execute(latest)).scalar_one()


async def handovers_of(session: AsyncSession, section_id: str) -> list[Handover]:
    """The files it was handed over in, the newest first."""
    wanted = select(Handover).where(Handover.section == section_id).order_by(Handover.number.desc())
    return list((await session.execute(wanted)).scalars())


async def handover_of(session: AsyncSession, section_id: str, number: int) -> Handover:
    """One that is made; `archive.file-unknown`."""
    wanted = select(Handover).where(
        Handover.section == section_id, Handover.number == number, Handover.version.is_not(None)
    )
    found = (await session.execute(wanted)).scalar_one_or_none() if 0 < number < 2**31 else None
    if found is None:
        raise Problem("archive.file-unknown", number=number)
    return found


async def _reached(session: AsyncSession, regime: Regime, found: Dossier, now: datetime) -> set[Reached]:
    section = found.section
    state = SectionState(section.state)
    failed = state is SectionState.FAILED
    awarded = await awarded_in(session, section.id)
    reached = {
        Reached.PUBLISHED: True,
        Reached.CLOSED: section.closed_at is not None,
        Reached.OPENED: section.opened_at is not None,
        Reached.MARKED: found.marked,
        Reached.PUBLICISED: state in _WITH_CANDIDATES,
        Reached.AWARDED: awarded is not None,
        Reached.FAILED: failed,
        Reached.ENDED: state in ENDED,
        Reached.CONTRACT_DUE: awarded is not None and now >= regime.end(awarded.at, Rule.CONTRACT),
    }
    return {point for point, there in reached.items() if there}
