"""Issuing an invited tender: what its notice says, and the invitations that go out with it."""

from sqlalchemy import func, select

from infra.db.work import Work
from infra.kernel.events import Event
from trading.invited.rules import check_ground, check_number
from trading.invited.tables import InvitedBidder
from trading.regimes.regime import Regime
from trading.sections.tables import Section


async def invited_facts(work: Work, section: Section, regime: Regime) -> dict[str, str]:
    """What the notice tells of it: that it is by invitation, by which article and why; nothing where it is open.

    Refuses what `check_ground` and `check_number` refuse under the rules in force now. Who is invited, and how many, is
    not told (TBL 22).
    """
    if section.invited_by is None:
        return {}
    check_ground(regime, section.invited_by, section.invited_why or "")
    named = select(func.count()).where(InvitedBidder.section == section.id)
    check_number(regime, (await work.session.execute(named)).scalar_one())
    return {"invited_by": section.invited_by, "invited_why": section.invited_why or ""}


async def send_invitations(work: Work, section: Section) -> None:
    """The invitations 投标邀请书: one line with the whole list, opened at the closing; each of the invited is told of it."""
    if section.invited_by is None:
        return
    wanted = select(InvitedBidder).where(InvitedBidder.section == section.id).order_by(InvitedBidder.credit_code)
    invited = [{"credit_code": one.credit_code, "name": one.name} for one in await work.session.scalars(wanted)]
    work.record(
        Event.BIDDERS_INVITED, section.id, section=section.id, region=section.region,
        ground=section.invited_by, invited=invited,
    )  # fmt: skip
