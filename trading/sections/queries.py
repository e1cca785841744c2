"""Finding sections: with a lock to change them, or as anybody may read them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.notices.kinds import Category
from trading.projects.queries import visible_projects
from trading.projects.tables import Project
from trading.regimes.regime import DEMO, PROCUREMENT, Rule
from trading.regimes.rules import REGIMES
from trading.sections.states import SectionState
from trading.sections.tables import Document, Section

HIDDEN = (SectionState.DRAFT, SectionState.READY)
UP = Section.taken_down_at.is_(None)
"""For a query: what is published of the section has not been taken down."""


async def lock_section(session: AsyncSession, section_id: str, *, shared: bool = False) -> Section:
    """The section under an exclusive lock (or the shared one of a submission); `section.unknown` where there is none."""
    locked = select(Section).where(Section.id == section_id).with_for_update(read=shared)
    section = (await session.execute(locked.execution_options(populate_existing=True))).scalar_one_or_none()
    if section is None:
        raise Problem("section.unknown", section=section_id)
    return section


async def public_section(session: AsyncSession, section_id: str, *, taken_down: bool = False) -> Section:
    """A section as the public may see it: published ones only, `section.unknown` otherwise.

    `publication.over` once it was taken down; with `taken_down` for who has a right of its own to read on.
    """
    section = None if "\0" in section_id else await session.get(Section, section_id)
    if section is None or section.state in HIDDEN:
        raise Problem("section.unknown", section=section_id)
    if not taken_down:
        require_up(section)
    return section


def category_of(section: Section) -> Category:
    """The kind of trade that the section's rule set is for."""
    purchase = REGIMES.get(section.regime, mode=DEMO).kind == PROCUREMENT
    return Category.PROCUREMENT if purchase else Category.CONSTRUCTION


def require_up(section: Section) -> None:
    """`publication.over` for a section whose publication has come to its end: when, by which rule, with what digest."""
    if section.taken_down_at is None:
        return
    rule = REGIMES.get(section.regime, mode=DEMO).parameter(Rule.PUBLICATION_YEARS)
    digest = (section.taken_down_digest or b"").hex()
    facts = {"at": section.taken_down_at, "source": rule.source, "mark": rule.mark.value, "digest": digest}
    raise Problem("publication.over", section=section.id, **facts)


async def require_notice_up(session: AsyncSession, section_id: str | None) -> None:
    """The same for a notice of that section; a notice of another platform's section has none here."""
    section = None if section_id is None else await session.get(Section, section_id)
    if section is not None:
        require_up(section)


async def is_public(session: AsyncSession, section_id: str) -> bool:
    """Whether there is a page for such a section."""
    shown = select(Section.id).where(Section.id == section_id, Section.state.not_in(HIDDEN), UP)
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
    anew = select(Section.id).where(Section.follows == section_id, Section.state.not_in(HIDDEN), UP)
    return tuple((await session.execute(anew.order_by(Section.id))).scalars())


async def document_of(session: AsyncSession, section_id: str) -> Document:
    """The frozen tender document."""
    return await session.get_one(Document, section_id)
