"""The people who may act for one's own body: authorise another, extend a mandate, end it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.auth.mandates import Mandate, end_mandate, extend_mandate, grant_mandate, mandates, roles_of
from infra.auth.registration.rules import CHINA
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from web.account.company import lasting, words
from web.forms import Fields, Form, address, begin, typed
from web.labels import label
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

BODIES = {"audience": ("bidder", "procuring", "agent")}
FIELD_OF = {
    "mandate.role": "role",
    "mandate.until": "until",
    "registration.day": "until",
    "registration.text": "scope",
    "login.form": "login",
    "login.taken": "login",
    "password.length": "password",
}


@get("/company/people/new", opt=BODIES)
async def new_person_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The form to authorise a further person."""
    return await _show_new(visit, stack, await begin(stack, visit, {"role": str(visit.actor.role)}))


@post("/company/people", opt=BODIES, status_code=303)
async def authorising(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Make the account and give it the mandate."""
    form = typed(visit, data)
    wanted = {name: form.value(name) for name in ("name", "login", "password", "role", "scope", "until")}
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await grant_mandate(work, **wanted)
        return Redirect(visit.url("/company") + "#people", status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELD_OF.get(problem.code))
    return await _show_new(visit, stack, form)


@get("/company/people/{membership:str}", opt=BODIES)
async def person_page(
    membership: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """One mandate: extend it, or end it."""
    held = await _own(visit, stack, membership)
    until = held.membership.valid_until
    filled = {
        "scope": held.membership.scope or "",
        "until": until.astimezone(CHINA).date().isoformat() if until else "",
    }
    return await _show(visit, stack, held, await begin(stack, visit, filled))


@post("/company/people/{membership:str}", opt=BODIES, status_code=303)
async def extending(
    membership: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Another scope or another end."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await extend_mandate(work, membership, form.value("scope"), form.value("until"))
        return Redirect(visit.url("/company") + "#people", status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELD_OF.get(problem.code))
    return await _show(visit, stack, await _own(visit, stack, membership), form)


@post("/company/people/{membership:str}/ending", opt=BODIES, status_code=303)
async def ending(
    membership: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """End a mandate at once."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await end_mandate(work, membership)
        return Redirect(visit.url("/company") + "#people", status_code=303)
    except Problem as problem:
        form.refuse(problem)
    return await _show(visit, stack, await _own(visit, stack, membership), form)


HANDLERS = [new_person_page, authorising, person_page, extending, ending]


async def _own(visit: Visit, stack: Stack, membership: str) -> Mandate:
    async with stack.database.reading() as session:
        people = await mandates(session, visit.actor.organisation or "")
    found = next((one for one in people if one.membership.id == membership), None)
    if found is None:
        raise Problem("mandate.unknown")
    return found


async def _show_new(visit: Visit, stack: Stack, form: Form) -> Response[Any]:
    async with stack.database.reading() as session:
        roles = await roles_of(session, visit.actor)
    options = [(str(role), visit.texts.gettext(label(Role(role)))) for role in roles]
    return page(visit, "account/person_new.html", demo=stack.demo, status=form.status, form=form, roles=options)


async def _show(visit: Visit, stack: Stack, held: Mandate, form: Form) -> Response[Any]:
    one = lasting(held, held.membership.ended_at or held.membership.valid_until, visit.now)
    facts: dict[str, Any] = {"form": form, "held": held, "one": one, "own": held.account.id == visit.actor.id}
    return page(visit, "account/person.html", demo=stack.demo, status=form.status, **facts, **words())
