"""The roles of an account: choose the one to act in, on the way to the page that needs it; give one up for good."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.accounts import Choice, choices
from infra.auth.giving_up import give_up
from infra.auth.registration.queries import has_application
from infra.auth.sessions import choose_membership
from infra.auth.tables import FOR_A_BODY
from infra.kernel.context import Actor, Role
from infra.kernel.problems import Problem
from web.account.visitors import FIRST, wanted
from web.forms import Fields, Form, address
from web.render import page
from web.security import is_secure, session_cookie
from web.state import Stack
from web.visit import AnyRequest, Visit, local_path

OWN = {"audience": "signed-in"}
CHOICE = "/account/role"


@get(CHOICE, opt=OWN)
async def choice_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """For whom shall it be? `?next=` is where the answer leads back to."""
    target = wanted(dict(visit.asked).get("next"))
    async with stack.database.reading() as session:
        own = await choices(session, visit.actor.id)
        applied = not own and await has_application(session, visit.actor)
    facts: dict[str, Any] = {"me": visit.signed_in, "choices": own, "applied": applied, "target": target}
    return page(visit, "account/choice.html", demo=stack.demo, **facts)


@post(CHOICE, opt=OWN, status_code=303)
async def choosing(data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """Act in another of one's own roles from now on, under a new session token."""
    assert visit.signed_in is not None
    async with stack.database.work(visit.actor) as work:
        token = await choose_membership(work, visit.signed_in, data.get("membership", ""))
    cookie = session_cookie(token, is_secure(stack.settings))
    path = visit.url(wanted(data.get("next")))
    return Redirect(path, status_code=303, cookies=[cookie], headers={"Cache-Control": "no-store"})


@get("/account/role/{membership:str}/resignation", opt=OWN)
async def resignation_page(
    membership: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """What giving a role up means."""
    return await _show(visit, stack, membership, Form(visit.language, {}))


@post("/account/role/{membership:str}/resignation", opt=OWN, status_code=303)
async def resigning(
    membership: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Give the role up; whoever acted in it acts in none until another is chosen."""
    form = Form(visit.language, {})
    # As a person and not in the role acted in: the region of one role must not hide a role in another region.
    person = Actor(visit.actor.id, Role.PUBLIC)
    try:
        async with stack.database.work(person, address(request)) as work:
            await give_up(work, membership)
        return Redirect(visit.url("/account"), status_code=303)
    except Problem as problem:
        form.refuse(problem)
    return await _show(visit, stack, membership, form)


HANDLERS = [choice_page, choosing, resignation_page, resigning]


async def before_a_role(session: AsyncSession, visit: Visit, back: str) -> str | None:
    """Where somebody who acts in no role yet may choose one, coming back to `back`; None where there is none to choose."""
    if visit.signed_in is None or not visit.signed_in.must_choose or not await choices(session, visit.actor.id):
        return None
    return visit.url(CHOICE, {"next": "" if local_path(back) == FIRST else back})


async def _show(visit: Visit, stack: Stack, membership: str, form: Form) -> Response[Any]:
    async with stack.database.reading() as session:
        own = await choices(session, visit.actor.id)
    held: Choice | None = next((one for one in own if one.membership.id == membership), None)
    if held is None:
        raise Problem("membership.unknown", id=membership)
    facts = {"form": form, "held": held, "for_a_body": held.membership.role in FOR_A_BODY}
    return page(visit, "account/resignation.html", demo=stack.demo, status=form.status, **facts)
