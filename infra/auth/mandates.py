"""Authorised persons 授权代表 of a body: mandates given, extended and ended; one that has run out counts no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.accounts import lasting, new_account
from infra.auth.permissions import require
from infra.auth.registration.rules import checked_mandate, checked_text, end_of
from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.tables import FOR_A_BODY, Account, Membership, Organisation
from infra.db.work import Work
from infra.kernel.context import Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem


class Mandate(NamedTuple):
    """A person's role for a body, with the account behind it."""

    membership: Membership
    account: Account


async def mandates(session: AsyncSession, body: str) -> Sequence[Mandate]:
    """Everybody who acts or acted for a body: those who may now first, then by name."""
    rows = await session.execute(
        select(Membership, Account)
        .join(Account, Account.id == Membership.account)
        .where(Membership.organisation == body, Membership.role.in_(FOR_A_BODY))
        .order_by(lasting().desc(), Account.name, Membership.role, Membership.id)
    )
    return [Mandate(membership, account) for membership, account in rows]


async def roles_of(session: AsyncSession, actor: Actor) -> list[Role]:
    """The roles in which people may act for the actor's body: those of its profile in force, else the actor's own."""
    kinds = await session.scalar(
        select(OrganisationVersion.kinds).where(
            OrganisationVersion.organisation == actor.organisation, OrganisationVersion.state == VersionState.ACCEPTED
        )
    )
    return [Role(kind) for kind in kinds or [actor.role]]


async def grant_mandate(
    work: Work, *, name: str, login: str, password: str, role: str, scope: str, until: str
) -> Membership:
    """Make an account for a further person of one's own body and let it act in one of the body's roles.

    `mandate.role` for a role the body does not hold, `mandate.until`, `registration.text`, `login.…`, `password.length`.
    """
    body = await _own_body(work)
    if role not in await roles_of(work.session, work.ctx.actor):
        raise Problem("mandate.role")
    day, written = checked_mandate(until, work.ctx.now), checked_text(scope)
    account = await new_account(work, login, checked_text(name, 80), password)
    membership = await give_mandate(work, account.id, Role(role), body, written, end_of(day))
    _record(work, Event.MANDATE_GRANTED, membership)
    return membership


async def extend_mandate(work: Work, membership_id: str, scope: str, until: str) -> None:
    """Give another person's mandate a new scope and end; `mandate.own` for one's own, which the centre reviews."""
    await _own_body(work)
    membership = await _mandate(work, membership_id)
    if membership.account == work.ctx.actor.id:
        raise Problem("mandate.own")
    membership.scope = checked_text(scope)
    membership.valid_until = end_of(checked_mandate(until, work.ctx.now))
    membership.ended_at = None
    _record(work, Event.MANDATE_GRANTED, membership)


async def end_mandate(work: Work, membership_id: str) -> None:
    """End a mandate of one's own body at once; `mandate.last` where nobody else could act for the body any more."""
    body = await _own_body(work)
    membership = await _mandate(work, membership_id)
    others = select(Membership.id).where(
        Membership.organisation == body.id,
        Membership.role.in_(FOR_A_BODY),
        Membership.account != membership.account,
        lasting(),
    )
    if await work.session.scalar(others.limit(1)) is None:
        raise Problem("mandate.last")
    if membership.ended_at is None:
        membership.ended_at = work.ctx.now
        record_end(work, membership)


def record_end(work: Work, membership: Membership) -> None:
    """The journal line of a mandate that was ended, by another or by the person itself."""
    _record(work, Event.MANDATE_ENDED, membership)


async def give_mandate(
    work: Work, account: str, role: Role, body: Organisation, scope: str, until: datetime
) -> Membership:
    """Let an account act for a body until then; a mandate it had in this role is renewed. The caller records the line."""
    held: Membership | None = await work.session.scalar(
        select(Membership).where(
            Membership.account == account,
            Membership.organisation == body.id,
            Membership.role == role,
            Membership.region == body.region,
        )
    )
    membership = held or Membership(
        id=work.ctx.new_id("member"), account=account, organisation=body.id, role=role, region=body.region
    )
    membership.scope, membership.valid_until, membership.ended_at = scope, until, None
    work.session.add(membership)
    await work.session.flush()
    return membership


async def _own_body(work: Work) -> Organisation:
    """The body acted for, locked: its people come and go one after the other."""
    actor = work.ctx.actor
    require(actor, "mandate.manage")
    return await work.session.get_one(Organisation, actor.organisation, with_for_update=True)


async def _mandate(work: Work, membership_id: str) -> Membership:
    own = select(Membership).where(
        Membership.id == membership_id,
        Membership.organisation == work.ctx.actor.organisation,
        Membership.role.in_(FOR_A_BODY),
    )
    found: Membership | None = None if "\0" in membership_id else await work.session.scalar(own)
    if found is None:
        raise Problem("mandate.unknown")
    return found


def _record(work: Work, event: Event, membership: Membership) -> None:
    until = membership.valid_until.isoformat() if membership.valid_until else ""
    work.record(
        event,
        membership.id,
        region=membership.region,
        organisation=membership.organisation,
        account=membership.account,
        role=str(membership.role),
        until=until,
    )
