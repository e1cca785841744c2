"""Applying, changing, withdrawing, and the centre's answer: accepted, or returned with a reason for each field."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from infra.auth.accounts import new_account
from infra.auth.mandates import give_mandate
from infra.auth.organisations import find_organisation, register
from infra.auth.permissions import require
from infra.auth.registration.profile import checked_profile
from infra.auth.registration.queries import centres, own_standing, visible_versions
from infra.auth.registration.rules import FIELDS, end_of
from infra.auth.registration.states import LIFE, VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.tables import Account, Membership, Organisation
from infra.db.work import Work
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

LONGEST_REASON = 500
WHOLE = "whole"
"""The name under which a reason stands that concerns no single field."""


async def apply(work: Work, told: Mapping[str, Any], *, centre: str, login: str, password: str) -> Account:
    """Hand in a first application with the account of the person who applies; the account can do nothing yet.

    `registration.known` where the credit code is registered already, `registration.centre`, `login.…`, and what
    `checked_profile` refuses.
    """
    profile = checked_profile(told, work.ctx.now, [])
    if centre not in {one.region for one in await centres(work.session)}:
        raise Problem("registration.centre")
    if await find_organisation(work.session, profile["credit_code"]):
        raise Problem("registration.known")
    account = await new_account(work, login, profile["person_name"], password)
    version = _handed_in(work, profile, account.id, centre, work.ctx.new_id("registration"), 1, None)
    _record(work, Event.REGISTRATION_SUBMITTED, version)
    return account


async def submit_change(work: Work, told: Mapping[str, Any]) -> OrganisationVersion:
    """Hand in the next version of one's own body's profile; the one in force stays in force meanwhile.

    `registration.pending` while one is under review, `registration.code-fixed` for another credit code.
    """
    standing = await own_standing(work.session, work.ctx.actor)
    await _lock(work, standing.organisation)
    standing = await own_standing(work.session, work.ctx.actor)
    if standing.pending is not None:
        raise Problem("registration.pending")
    newest = standing.versions[0] if standing.versions else None
    in_force, body = standing.in_force, standing.organisation
    profile = checked_profile(told, work.ctx.now, list(in_force.kinds) if in_force else [])
    if body is not None and profile["credit_code"] != body.credit_code:
        raise Problem("registration.code-fixed", credit_code=body.credit_code)
    if body is None and await find_organisation(work.session, profile["credit_code"]):
        raise Problem("registration.known")
    # A body belongs to the centre that registered it, wherever its office is by now: only there the version in force is seen.
    region = body.region if body else newest.region if newest else ""
    series = newest.series if newest else work.ctx.new_id("registration")
    number = newest.number + 1 if newest else 1
    version = _handed_in(work, profile, work.ctx.actor.id, region, series, number, body.id if body else None)
    _record(work, Event.REGISTRATION_SUBMITTED, version)
    return version


async def withdraw(work: Work) -> None:
    """Take back the version under review; `registration.none-pending` where there is none."""
    pending = (await own_standing(work.session, work.ctx.actor)).pending
    if pending is None:
        raise Problem("registration.none-pending")
    await work.session.refresh(pending, with_for_update=True)
    pending.state = LIFE.move("withdraw", pending.state, work.ctx.actor.role)
    _record(work, Event.REGISTRATION_WITHDRAWN, pending)


async def accept(work: Work, version_id: str) -> OrganisationVersion:
    """Put a version in force: the first registers the body, a later one replaces the one before; mandates follow.

    `registration.unknown`, `registration.own-body`, `registration.known` where another has registered the code since.
    """
    version = await _reviewable(work, version_id)
    first = version.organisation is None
    kinds_before: list[str] = []
    if version.organisation is None:
        if await find_organisation(work.session, version.credit_code):
            raise Problem("registration.known")
        body = await register(work, version.credit_code, version.profile["name"], version.region)
        version.organisation = body.id
    else:
        body = await work.session.get_one(Organisation, version.organisation, with_for_update=True)
        body.name = version.profile["name"]
        kinds_before = await _supersede(work, body.id)
    version.state = LIFE.move("accept", version.state, work.ctx.actor.role)
    version.decided_at, version.decided_by = work.ctx.now, work.ctx.actor.id
    await work.session.flush()
    await _mandates(work, version, body, kinds_before, first=first)
    if not first:
        _record(work, Event.REGISTRATION_ACCEPTED, version)
    return version


async def give_back(work: Work, version_id: str, reasons: Mapping[str, str]) -> OrganisationVersion:
    """Return a version with a written reason for each field that cannot stand; `registration.no-reason` without any."""
    version = await _reviewable(work, version_id)
    told = {field: reason.strip() for field, reason in reasons.items() if reason.strip()}
    if not told or set(told) - {*FIELDS, WHOLE}:
        raise Problem("registration.no-reason")
    if not all(is_written(reason, LONGEST_REASON) for reason in told.values()):
        raise Problem("registration.text", longest=LONGEST_REASON)
    version.state = LIFE.move("return", version.state, work.ctx.actor.role)
    version.decided_at, version.decided_by, version.reasons = work.ctx.now, work.ctx.actor.id, told
    _record(work, Event.REGISTRATION_RETURNED, version, fields=sorted(told))
    return version


def _handed_in(
    work: Work, profile: dict[str, Any], by: str, region: str, series: str, number: int, body: str | None
) -> OrganisationVersion:
    version = OrganisationVersion(
        id=work.ctx.new_id("version"),
        series=series,
        number=number,
        organisation=body,
        state=VersionState.SUBMITTED,
        kinds=profile["kinds"],
        credit_code=profile["credit_code"],
        phone=profile["contact_phone"],
        legal_representative=profile["legal_representative"],
        profile=profile,
        submitted_by=by,
        submitted_at=work.ctx.now,
        region=region,
        reasons={},
    )
    work.session.add(version)
    return version


def _record(work: Work, event: Event, version: OrganisationVersion, **facts: Any) -> None:
    """The journal line names whom it concerns: the body where there is one, and the account that handed in."""
    body = {"organisation": version.organisation} if version.organisation else {}
    told = {"account": version.submitted_by, "number": version.number, **body, **facts}
    work.record(event, version.id, region=version.region, **told)


async def _lock(work: Work, organisation: Organisation | None) -> None:
    """Two changes of one body come one after the other; two applications of one account by the account's lock."""
    if organisation is not None:
        await work.session.get(Organisation, organisation.id, with_for_update=True, populate_existing=True)
    else:
        await work.session.get(Account, work.ctx.actor.id, with_for_update=True, populate_existing=True)


async def _reviewable(work: Work, version_id: str) -> OrganisationVersion:
    """The version, locked with all others under review for the same code, so that two clerks do not register twice."""
    actor = work.ctx.actor
    require(actor, "registration.review")
    wanted = visible_versions(actor).where(OrganisationVersion.id == version_id)
    version = None if "\0" in version_id else await work.session.scalar(wanted)
    if version is None:
        raise Problem("registration.unknown")
    rivals = select(OrganisationVersion).where(OrganisationVersion.credit_code == version.credit_code)
    in_turn = rivals.order_by(OrganisationVersion.id).with_for_update().execution_options(populate_existing=True)
    (await work.session.scalars(in_turn)).all()
    if await _belongs(work, version):
        raise Problem("registration.own-body")
    return version


async def _belongs(work: Work, version: OrganisationVersion) -> bool:
    """Whether the clerk handed it in, acts for the body, or has or had a mandate of it."""
    actor = work.ctx.actor
    if version.submitted_by == actor.id:
        return True
    if version.organisation is None:
        return False
    member = select(Membership.id).where(
        Membership.account == actor.id, Membership.organisation == version.organisation
    )
    return version.organisation == actor.organisation or await work.session.scalar(member.limit(1)) is not None


async def _supersede(work: Work, body: str) -> list[str]:
    """The version in force until now makes room before the next one takes its place; the roles it gave the body."""
    old = await work.session.scalar(
        select(OrganisationVersion).where(
            OrganisationVersion.organisation == body, OrganisationVersion.state == VersionState.ACCEPTED
        )
    )
    if old is None:
        return []
    old.state = LIFE.move("supersede", old.state, work.ctx.actor.role)
    await work.session.flush()
    return list(old.kinds)


async def _mandates(
    work: Work, version: OrganisationVersion, body: Organisation, kinds_before: list[str], *, first: bool
) -> None:
    """Whoever handed the version in acts for the body in its new roles, and in those held already, as long as it says.

    Somebody whose mandate the body has ended since gets none back by this door.
    """
    members = select(Membership.role, Membership.ended_at).where(
        Membership.account == version.submitted_by, Membership.organisation == body.id
    )
    held = {role for role, ended_at in await work.session.execute(members) if ended_at is None}
    if not first and not held:
        return
    until = end_of(date.fromisoformat(version.profile["mandate_until"]))
    for kind in version.kinds:
        if kind in held or kind not in kinds_before:
            scope = version.profile["mandate_scope"]
            await give_mandate(work, version.submitted_by, Role(kind), body, scope, until)
