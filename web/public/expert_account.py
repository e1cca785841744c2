"""Taking an account with the code of the pool office's letter: login and password are the expert's own."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from expertpool.experts.letters import count_letter_try, link_account
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from web.account.visitors import visitors_page
from web.forms import Fields, Form, address, typed
from web.state import Stack
from web.visit import AnyRequest, Visit

ANYBODY = {"audience": "public"}
FIELDS = {
    "letter.unknown": "private_code",
    "letter.tries": "private_code",
    "login.form": "login",
    "login.taken": "login",
    "password.length": "password",
    "password.repeated": "password_again",
}


@get("/experts/account", opt=ANYBODY)
async def account_form(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The form: code and number of the letter, login and password of one's own."""
    return await _show(visit, stack, Form(visit.language, {}))


@post("/experts/account", opt=ANYBODY, status_code=303)
async def taking_account(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Link the account; every wrong letter reads the same answer. Whoever has come this far signs in next."""
    form = typed(visit, data)
    try:
        async with stack.database.work(SYSTEM, address(request)) as work:
            await count_letter_try(work)
        if form.value("password") != form.value("password_again"):
            raise Problem("password.repeated")
        told = (form.value(name) for name in ("private_code", "number", "login", "password"))
        async with stack.database.work(SYSTEM, address(request)) as work:
            await link_account(work, stack.keys.service, *told)
        return Redirect(visit.url("/login", {"next": "/expert"}), status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
    return await _show(visit, stack, form)


HANDLERS = [account_form, taking_account]


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    return visitors_page(visit, stack, "expertpool/account.html", status=form.status, facts={"form": form})
