"""Finding sections: with a lock to change them, or as anybody may read them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.projects.queries import visible_projects
from trading.projects.tables import Project
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section

HIDDEN = (SectionState.DRAFT, SectionState.READY)


async def lock_section(session: AsyncSession, section_id: str, *, shared: bool = False) -> Section:
    """The section under an exclusive lock (or the shared one of a submission); `section.unknown` where there is none."""
    locked = select(Section).where(Section.id == section_id).with_for_update(read=shared)
    section = (await session.execute(locked.execution_options(populate_existing=True))).scalar_one_or_none()
    if section is None:
        raise Problem("section.unknown", section=section_id)
    return section


async def public_section(session: AsyncSession, section_id: str) -> Section:
    """A section as the public may see it: published ones only, `section.unknown` otherwise."""
    section = None if "\0" in section_id else await session.get(Section, section_id)
    if section is None or section.state in HIDDEN:
        raise Problem("section.unknown", section=section_id)
    return section


async def is_public(session: AsyncSession, section_id: str) -> bool:
    """Whether there is a page for such a section."""
    shown = select(Section.id).where(Section.id == section_id, Section.state.not_in(HIDDEN))
    return (await session.execute(shown)).scalar_one_or_none() is not None


async def find_own_section(session: AsyncSession, actor: Actor, section_id: str) -> Section:
    """A section of a project that the actor may see, whatever its state; a stranger's is `section.unknown`."""
    own = visible_projects(actor).with_only_columns(Project.id)
    wanted = select(Section).where(Section.id == section_id, Section.project.in_(own))
    section = None if "\0" in section_id else (await session.execute(wanted)).scalar_one_or_none()
    if section is None:
        raise Problem("section.unknown", section=section_id)
    return section


async def failed_in(session: AsyncSession, project_id: str) -> list[str]:
    """The failed sections of a project, which may be called anew."""
    failed = select(Section.id).where(Section.project == project_id, Section.state == SectionState.FAILED)
    return list((await session.execute(failed.order_by(Section.id))).scalars())


async def followers_of(session: AsyncSession, section_id: str) -> tuple[str, ...]:
    """The published sections that call this one anew."""
    anew = select(Section.id).where(Section.follows == section_id, Section.state.not_in(HIDDEN))
    return tuple((await session.execute(anew.order_by(Section.id))).scalars())


async def document_of(session: AsyncSession, section_id: str) -> Document:
    """The frozen tender document."""
    return await session.get_one(Document, section_id)
