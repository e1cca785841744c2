"""Giving up a role of one's own: at once, unless nobody else could act any more."""

from sqlalchemy import ColumnElement, Select, select

from infra.auth.accounts import lasting
from infra.auth.mandates import record_end
from infra.auth.sessions import leave_role
from infra.auth.tables import FOR_A_BODY, Account, Membership, Organisation
from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem


async def give_up(work: Work, membership_id: str) -> None:
    """End a role of the acting person; sessions that act in it act in none.

    `membership.unknown` for a role that is over or somebody else's; `mandate.last` where nobody, oneself in a further
    role included, could act for the body any more; `membership.last` for the last of a staff's role in its region.
    """
    membership = None if "\0" in membership_id else await work.session.get(Membership, membership_id)
    if membership is None or membership.account != work.ctx.actor.id:
        raise Problem("membership.unknown", id=membership_id)
    for_a_body = membership.role in FOR_A_BODY
    await _lock(work, membership)
    if not membership.lasts(work.ctx.now):
        raise Problem("membership.unknown", id=membership_id)
    if await work.session.scalar(_others(membership).limit(1)) is None:
        if for_a_body:
            raise Problem("mandate.last")
        raise Problem("membership.last", role=str(membership.role))
    membership.ended_at = work.ctx.now
    await leave_role(work, membership)
    if for_a_body:
        record_end(work, membership)
    else:
        work.record(
            Event.MEMBERSHIP_ENDED, membership.account, region=membership.region, role=str(membership.role),
            membership=membership.id,
        )  # fmt: skip


async def _lock(work: Work, membership: Membership) -> None:
    """Those who could go at the same time go one after the other: two last ones would leave nobody."""
    if membership.role in FOR_A_BODY:
        await work.session.get_one(Organisation, membership.organisation, with_for_update=True)
    else:
        alike = Membership.role == membership.role, Membership.region == membership.region
        rows = select(Membership).where(*alike).order_by(Membership.id).with_for_update()
        await work.session.execute(rows)
    await work.session.refresh(membership)


def _others(membership: Membership) -> Select[str]:
    """Who could still act when this role is gone: for a body in any role, in the place of staff in the same."""
    alike: tuple[ColumnElement[bool], ...] = (
        Membership.role == membership.role,
        Membership.region == membership.region,
    )
    if membership.role in FOR_A_BODY:
        alike = Membership.organisation == membership.organisation, Membership.role.in_(FOR_A_BODY)
    others = select(Membership.id).join(Account, Account.id == Membership.account)
    return others.where(*alike, Membership.id != membership.id, lasting(), Account.disabled_at.is_(None))
