"""The profile of one's own body: what is in force, what is under review, who may act, how long all of it lasts."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.mandates import Mandate, mandates, roles_of
from infra.auth.registration.actions import submit_change, withdraw
from infra.auth.registration.queries import Standing, own_standing, version_before
from infra.auth.registration.rules import KINDS, WARN_BEFORE, Licence, differences, end_of, review_due
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.signing import validity
from infra.auth.tables import FOR_A_BODY, Organisation, SigningKey
from infra.kernel.problems import Problem
from web.account.profile_form import add_row, as_typed, check_each, refuse_at, rows_of, told_profile
from web.account.roles import before_a_role
from web.account.words import FIELDS, PLACES, STATES, TONES
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit


class Lasting(NamedTuple):
    """Something that ends: a licence, a mandate or a key, and how urgent that is (`ok`, `warn` or `bad`)."""

    what: Any
    until: datetime | None
    tone: str


@get("/company", opt={"audience": "signed-in"})
async def company_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The profile in force, the version under review, licences, people and keys with the time they last."""
    async with stack.database.reading() as session:
        choice = await before_a_role(session, visit, "/company")
        if choice is not None:
            return Redirect(choice, status_code=303)
        standing = await own_standing(session, visit.actor)
        looked_at = standing.pending or standing.returned
        before = await version_before(session, looked_at) if looked_at else None
        facts: dict[str, Any] = {
            "standing": standing,
            "rows": differences(before.profile if before else None, looked_at.profile) if looked_at else [],
            "looked_at": looked_at,
            "due": review_due(looked_at.submitted_at) if looked_at else None,
            "people": await _people(session, standing, visit),
            "keys": await _keys(session, standing.organisation, visit),
            "licences": _licences(standing.in_force, visit.now),
            "roles": await roles_of(session, visit.actor) if visit.actor.role in FOR_A_BODY else [],
            "acts": visit.actor.role in FOR_A_BODY,
        }
    return page(visit, "account/company.html", demo=stack.demo, **facts, **words())


@get("/company/change", opt={"audience": "signed-in"})
async def change_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The profile as a form, filled with the newest version."""
    async with stack.database.reading() as session:
        standing = await own_standing(session, visit.actor)
    return _show(visit, stack, await begin(stack, visit, _filled(visit, standing)), standing)


@post("/company/change", opt={"audience": "signed-in"}, status_code=303)
async def changing(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Hand in the next version."""
    form = typed(visit, data)
    async with stack.database.reading() as session:
        standing = await own_standing(session, visit.actor)
    if form.values.pop("add_row", ""):
        add_row(form)
        return _show(visit, stack, form, standing)
    check_each(form, visit.now, list(standing.in_force.kinds) if standing.in_force else [])
    if not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                await submit_change(work, told_profile(form))
            return Redirect(visit.url("/company"), status_code=303)
        except Problem as problem:
            refuse_at(form, problem)
    return _show(visit, stack, form, standing)


@post("/company/withdrawal", opt={"audience": "signed-in"}, status_code=303)
async def withdrawing(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Take the version under review back."""
    async with stack.database.work(visit.actor, address(request)) as work:
        await withdraw(work)
    return Redirect(visit.url("/company"), status_code=303)


HANDLERS = [company_page, change_page, changing, withdrawing]


def words() -> dict[str, Any]:
    """The words that registration's templates look up."""
    return {"field_words": FIELDS, "state_words": STATES, "state_tones": TONES, "place_words": PLACES}


def lasting(what: Any, until: datetime | None, now: datetime) -> Lasting:
    """How urgent an end is: over, within thirty days, or neither."""
    if until is None:
        return Lasting(what, None, "ok")
    return Lasting(what, until, "bad" if until <= now else "warn" if until - now <= WARN_BEFORE else "ok")


def _licences(version: OrganisationVersion | None, now: datetime) -> list[Lasting]:
    found = [Licence.read(one) for one in version.profile["licences"]] if version else []
    return [lasting(one, end_of(one.valid_until), now) for one in found]


async def _people(session: AsyncSession, standing: Standing, visit: Visit) -> list[Lasting]:
    body = standing.organisation
    found: list[Mandate] = list(await mandates(session, body.id)) if body else []
    return [lasting(one, one.membership.ended_at or one.membership.valid_until, visit.now) for one in found]


async def _keys(session: AsyncSession, body: Organisation | None, visit: Visit) -> list[Lasting]:
    if body is None:
        return []
    good = select(SigningKey).where(SigningKey.organisation == body.id, SigningKey.revoked_at.is_(None))
    keys = await session.scalars(good.order_by(SigningKey.created_at.desc()))
    return [lasting(key, validity(key.certificate), visit.now) for key in keys]


def _filled(visit: Visit, standing: Standing) -> dict[str, str]:
    """What the form begins with: the newest version, or what is known of a body registered without a profile."""
    if standing.versions:
        return as_typed(standing.versions[0].profile)
    body = standing.organisation
    known = {"name": body.name, "credit_code": body.credit_code, "region": body.region} if body else {}
    year = (visit.now + timedelta(days=365)).date().isoformat()
    person = {"person_name": visit.signed_in.account.name if visit.signed_in else "", "mandate_until": year}
    return {**known, **person, f"kind_{visit.actor.role}": "yes"}


def _show(visit: Visit, stack: Stack, form: Form, standing: Standing) -> Response[Any]:
    facts: dict[str, Any] = {"form": form, "rows": rows_of(form), "kinds": KINDS, "standing": standing}
    return page(visit, "account/change.html", demo=stack.demo, status=form.status, **facts, **words())
