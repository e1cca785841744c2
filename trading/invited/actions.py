"""Naming who is invited, while the notice is not out."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from infra.auth.tables import Membership, Organisation
from infra.db.work import Work
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.invited.rules import check_ground, check_number
from trading.invited.tables import InvitedBidder
from trading.projects.tables import Project
from trading.sections.actions import own_section, regime_of
from trading.sections.states import SectionState
from trading.sections.tables import Section


async def invite(work: Work, section_id: str, ground: str, reasons: str, codes: Sequence[str]) -> None:
    """Make a tender one by invitation, or change whom it invites: all of the list at once.

    `section.published` once the notice is out; `invited.not-here`, `.ground`, `.reasons`, `.too-few`, `.too-many`,
    `.unknown-bidder`, `.own-body` refuse.
    """
    section = await _unpublished(work, section_id)
    regime = regime_of(section, work.ctx.mode)
    check_ground(regime, ground, reasons)
    check_number(regime, len(codes))
    bodies = await _bidders(work, section, codes)
    await work.session.execute(delete(InvitedBidder).where(InvitedBidder.section == section_id))
    section.invited_by, section.invited_why = ground, reasons.strip()
    named = {"section": section_id, "region": section.region, "named_at": work.ctx.now}
    work.session.add_all(
        InvitedBidder(bidder=body.id, name=body.name, credit_code=body.credit_code, **named) for body in bodies
    )
    work.record(Event.DRAFT_SAVED, section_id, region=section.region)


async def invite_everybody(work: Work, section_id: str) -> None:
    """Make the tender an open one again; nobody stays named."""
    section = await _unpublished(work, section_id)
    await work.session.execute(delete(InvitedBidder).where(InvitedBidder.section == section_id))
    section.invited_by = section.invited_why = None
    work.record(Event.DRAFT_SAVED, section_id, region=section.region)


async def _unpublished(work: Work, section_id: str) -> Section:
    section = await own_section(work, section_id, "document.draft")
    if section.state not in (SectionState.DRAFT, SectionState.READY):
        raise Problem("section.published", section=section_id)
    return section


async def _bidders(work: Work, section: Section, codes: Sequence[str]) -> list[Organisation]:
    """The registered bidders with these codes."""
    found = list(await work.session.scalars(select(Organisation).where(Organisation.credit_code.in_(codes))))
    project = await work.session.get_one(Project, section.project)
    own = [body.credit_code for body in found if body.id in (project.agent, project.procuring_entity)]
    if own:
        raise Problem("invited.own-body", codes=", ".join(own))
    wanted = select(Membership.organisation).where(Membership.role == Role.BIDDER, Membership.ended_at.is_(None))
    acting = set(await work.session.scalars(wanted.where(Membership.organisation.in_([body.id for body in found]))))
    bidders = [body for body in found if body.id in acting]
    missing = sorted(set(codes) - {body.credit_code for body in bidders})
    if missing:
        raise Problem("invited.unknown-bidder", codes=", ".join(code[:18] for code in missing))
    return bidders
