"""What the account forms do: sign in, sign out, choose the role one acts in. Each answers 303."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.auth.sessions import choose_membership, sign_out
from infra.auth.signing_in import begin_sign_in
from infra.kernel.problems import Problem
from web.account import company, people, register, second_factors, sign_in_steps, signing_keys
from web.account.pages import show_sign_in
from web.account.sign_in_steps import go_on
from web.errors import incident_number, tell
from web.forms import Fields, address
from web.security import is_secure, session_cookie
from web.state import Stack
from web.visit import AnyRequest, Visit, local_path

LONGEST_PASSWORD = 1024


@post("/login", opt={"audience": "public"}, status_code=303)
async def signing_in(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Open a session, or go on to the second step; a refusal shows the form again, the login kept."""
    target, login = local_path(data.get("next")), data.get("login", "")[:100]
    password, service = data.get("password", "")[:LONGEST_PASSWORD], stack.keys.service if stack.keys else None
    try:
        begun = await begin_sign_in(stack.database, service, login, password, address(request))
    except Problem as problem:
        told = tell(problem, visit.language, incident_number())
        return show_sign_in(visit, stack, target=target, login=login, told=told, status=told.status)
    return go_on(visit, stack, begun, target)


@post("/logout", opt={"audience": "signed-in"}, status_code=303)
async def signing_out(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """End the session."""
    assert visit.signed_in is not None
    async with stack.database.work(visit.actor) as work:
        await sign_out(work, visit.signed_in)
    return _with_session(visit.url("/"), None, stack)


@post("/account/role", opt={"audience": "signed-in"}, status_code=303)
async def choosing_role(data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """Act in another of one's own roles from now on, under a new session token."""
    assert visit.signed_in is not None
    async with stack.database.work(visit.actor) as work:
        token = await choose_membership(work, visit.signed_in, data.get("membership", ""))
    return _with_session(visit.url("/account"), token, stack)


HANDLERS = [
    signing_in,
    signing_out,
    choosing_role,
    *register.HANDLERS,
    *company.HANDLERS,
    *people.HANDLERS,
    *sign_in_steps.HANDLERS,
    *second_factors.HANDLERS,
    *signing_keys.HANDLERS,
]


def _with_session(path: str, token: str | None, stack: Stack) -> Response[Any]:
    secure = is_secure(stack.settings)
    return Redirect(
        path, status_code=303, cookies=[session_cookie(token, secure)], headers={"Cache-Control": "no-store"}
    )
