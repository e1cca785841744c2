"""Applying for registration without an account: the application is kept, its account may look at it and nothing else."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from infra.auth.accounts import checked_login
from infra.auth.passwords import checked_password
from infra.auth.registration.actions import apply
from infra.auth.registration.queries import Centre, centres
from infra.auth.registration.rules import KINDS
from infra.auth.sessions import open_session
from infra.kernel.problems import Problem
from web.account.profile_form import add_row, check_each, refuse_at, rows_of, told_profile
from web.account.visitors import visitors_page
from web.forms import Fields, Form, address, begin, typed
from web.security import is_secure, session_cookie
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/register", opt={"audience": "public"})
async def registration_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The application form; somebody signed in has a profile already."""
    if visit.signed_in:
        return Redirect(visit.url("/company"), status_code=303)
    form = await begin(stack, visit, {"kind_bidder": "yes"})
    return await _show(visit, stack, form)


@post("/register", opt={"audience": "public"}, status_code=303)
async def registering(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Hand the application in, sign its account in, and show where it stands."""
    form = typed(visit, data)
    if form.values.pop("add_row", ""):
        add_row(form)
        return await _show(visit, stack, form)
    _check(form, visit)
    if not form.refused:
        try:
            return await _applied(form, request, visit, stack)
        except Problem as problem:
            refuse_at(form, problem)
    return await _show(visit, stack, form)


HANDLERS = [registration_page, registering]


def _check(form: Form, visit: Visit) -> None:
    check_each(form, visit.now, [])
    with form.field("login"):
        checked_login(form.value("login"))
    with form.field("password"):
        checked_password(form.value("password"))
    with form.field("consent"):
        if form.value("consent") != "yes":
            raise Problem("registration.consent")


async def _applied(form: Form, request: AnyRequest, visit: Visit, stack: Stack) -> Response[Any]:
    async with stack.database.work(visit.actor, address(request)) as work:
        account = await apply(
            work,
            told_profile(form),
            centre=form.value("centre"),
            login=form.value("login"),
            password=form.value("password"),
        )
        token = await open_session(work, account, None)
    cookie = session_cookie(token, is_secure(stack.settings))
    return Redirect(visit.url("/company"), status_code=303, cookies=[cookie], headers={"Cache-Control": "no-store"})


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[Any]:
    async with stack.database.reading() as session:
        taking: list[Centre] = await centres(session)
    facts = {
        "form": form,
        "rows": rows_of(form),
        "kinds": KINDS,
        "centres": [(one.region, f"{one.name} · {one.region}" if one.name else one.region) for one in taking],
    }
    return visitors_page(visit, stack, "account/register.html", status=form.status, facts=facts)
