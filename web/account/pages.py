"""Signing in, and the small page about oneself."""

from dataclasses import replace
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.auth.accounts import choices
from infra.edge import random_bytes
from web.render import page
from web.security import is_secure, visitor_cookie
from web.state import Stack
from web.visit import AnyRequest, Visit, local_path


@get("/login", opt={"audience": "public"}, sync_to_thread=False)
def sign_in_page(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The sign-in form; somebody signed in already is led on."""
    target = local_path(request.query_params.get("next"))
    if visit.signed_in:
        return Redirect(visit.url(target if target != "/" else "/account"), status_code=303)
    return show_sign_in(visit, stack, target=target)


@get("/account", opt={"audience": "signed-in"})
async def account_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """Who am I, for whom do I act, and what else could I act as."""
    assert visit.signed_in is not None
    async with stack.database.reading() as session:
        own = await choices(session, visit.signed_in.account.id)
    return page(visit, "account/account.html", demo=stack.demo, me=visit.signed_in, choices=own)


def show_sign_in(
    visit: Visit, stack: Stack, *, target: str, login: str = "", told: Any = None, status: int = 200
) -> Response[str]:
    """The sign-in form, bound to this browser by a visitor cookie; `told` is what was refused."""
    known = visit if visit.form_key else replace(visit, form_key=random_bytes(24).hex())
    shown = page(known, "account/login.html", demo=stack.demo, status=status, target=target, login=login, told=told)
    shown.headers["Cache-Control"] = "no-store"
    if known is not visit and known.form_key:
        shown.set_cookie(visitor_cookie(known.form_key, is_secure(stack.settings)))
    return shown


HANDLERS = [sign_in_page, account_page]
