"""What the account forms do: sign in and sign out. Each answers 303."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.auth.sessions import sign_out
from infra.auth.signing_in import begin_sign_in
from infra.kernel.problems import Problem
from web.account import company, controllers, people, register, roles, second_factors, sign_in_steps, signing_keys
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
    ended = session_cookie(None, is_secure(stack.settings))
    return Redirect(visit.url("/"), status_code=303, cookies=[ended], headers={"Cache-Control": "no-store"})


HANDLERS = [
    signing_in,
    signing_out,
    *roles.HANDLERS,
    *register.HANDLERS,
    *company.HANDLERS,
    *people.HANDLERS,
    *controllers.HANDLERS,
    *sign_in_steps.HANDLERS,
    *second_factors.HANDLERS,
    *signing_keys.HANDLERS,
]
