"""Signing in, and the page about oneself: roles, keys, second factors, password."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.auth.accounts import choices
from infra.auth.certification import SIGNERS, own_keys
from infra.auth.registration.queries import has_application
from infra.auth.second_factor.queries import STAFF, factors_of
from infra.auth.signing import validity
from infra.kernel.context import Role
from web.account.company import lasting
from web.account.visitors import FIRST, visitors_page, wanted
from web.account.words import PLACES, REVOCATIONS
from web.demo.cast import BIDDERS, EXPERT_LOGINS, POOL
from web.demo.people import PASSWORD, ROLES
from web.forms import Form, begin
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit, local_path

DEMO_LOGINS = {
    **{role: [login] for login, role in ROLES.items()},
    Role.BIDDER: [one.body.login for one in BIDDERS],
    Role.POOL: [login for login, _ in POOL],
    Role.EXPERT: list(EXPERT_LOGINS),
}


@get("/login", opt={"audience": "public"}, sync_to_thread=False)
def sign_in_page(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The sign-in form; somebody signed in already is led on."""
    target = request.query_params.get("next")
    if visit.signed_in:
        return Redirect(visit.url(wanted(target)), status_code=303)
    return show_sign_in(visit, stack, target=local_path(target))


@get("/account", opt={"audience": "signed-in"})
async def account_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """Who am I, for whom do I act, and what proves it."""
    return await show_account(visit, stack, await begin(stack, visit))


async def show_account(visit: Visit, stack: Stack, form: Form) -> Response[Any]:
    """The page about oneself, with what was refused in one of its forms."""
    assert visit.signed_in is not None
    account = visit.signed_in.account
    async with stack.database.reading() as session:
        own = await choices(session, account.id)
        facts: dict[str, Any] = {
            "me": visit.signed_in,
            "choices": own,
            "target": FIRST,
            "factors": await factors_of(session, account.id),
            "staff": any(choice.membership.role in STAFF for choice in own),
            "keys": [
                lasting(key, validity(key.certificate), visit.now) for key in await own_keys(session, visit.actor)
            ],
            "applied": not own and await has_application(session, visit.actor),
            "certifies": visit.actor.role in SIGNERS,
        }
    facts |= {"form": form, "place_words": PLACES, "reason_words": REVOCATIONS}
    return page(visit, "account/account.html", demo=stack.demo, status=form.status, **facts)


def show_sign_in(
    visit: Visit, stack: Stack, *, target: str, login: str = "", told: Any = None, status: int = 200
) -> Response[str]:
    """The sign-in form, bound to this browser by a visitor cookie; `told` is what was refused."""
    facts = {"target": target, "login": login, "told": told, "demo_logins": DEMO_LOGINS, "demo_password": PASSWORD}
    return visitors_page(visit, stack, "account/login.html", status=status, facts=facts)


HANDLERS = [sign_in_page, account_page]
