"""Reading who is invited: the procuring side alone before the opening, everybody else whether it is one itself."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.db.regions import under
from infra.db.work import Work
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from trading.invited.tables import InvitedBidder
from trading.projects.tables import Project
from trading.sections.actions import own_section
from trading.sections.tables import Section

PROCURERS = (Role.PROCURING, Role.AGENT)
OFFICIALS = (Role.SUPERVISOR, Role.CENTRE)
"""Who oversees the procedure and reads its document, though not whom it invites."""


def withheld(section: Section) -> bool:
    """Whether the tender document is for those invited alone: in an invited tender until its closing."""
    return section.invited_by is not None and section.closed_at is None


async def invited_to(session: AsyncSession, section_id: str) -> list[InvitedBidder]:
    """Who is invited, by credit code."""
    wanted = select(InvitedBidder).where(InvitedBidder.section == section_id).order_by(InvitedBidder.credit_code)
    return list(await session.scalars(wanted))


async def read_invited(work: Work, section_id: str) -> list[InvitedBidder]:
    """Whom a section of one's own invites; `section.unknown` for strangers."""
    await own_section(work, section_id, "document-holders.read")
    return await invited_to(work.session, section_id)


async def require_invited(session: AsyncSession, actor: Actor, section: Section) -> None:
    """`document.invited-only` for who is neither invited nor of the procuring side nor in charge of the region."""
    if not withheld(section) or await _is_one(session, actor, section):
        return
    raise Problem("document.invited-only", section=section.id)


async def require_bidder(session: AsyncSession, actor: Actor, section: Section) -> None:
    """`bid.not-invited` for a body that an invited tender has not invited."""
    if section.invited_by is not None and not await _named(session, actor, section.id):
        raise Problem("bid.not-invited", section=section.id)


async def _is_one(session: AsyncSession, actor: Actor, section: Section) -> bool:
    if actor.role in OFFICIALS:
        return section.region.startswith(under(actor.region or ""))
    if actor.role in PROCURERS:
        bodies = select(Project.agent, Project.procuring_entity).where(Project.id == section.project)
        return actor.organisation in (await session.execute(bodies)).one()
    return actor.role is Role.BIDDER and await _named(session, actor, section.id)


async def _named(session: AsyncSession, actor: Actor, section_id: str) -> bool:
    if actor.organisation is None:
        return False
    return await session.get(InvitedBidder, (section_id, actor.organisation)) is not None
