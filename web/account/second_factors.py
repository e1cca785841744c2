"""One's own second factors: add a generator or a passkey, take one away, make new recovery codes; and the password."""

import json
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.auth.accounts import change_password, prove_password
from infra.auth.second_factor import actions
from infra.auth.second_factor.passkeys import creation_options
from infra.auth.second_factor.queries import factors_of
from infra.auth.second_factor.tables import Authenticator
from infra.db.work import Work
from infra.kernel.problems import Problem
from web.account.pages import show_account
from web.account.sign_in_steps import party_at, picture
from web.forms import Fields, Form, address, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

OWN = {"audience": "signed-in"}


@post("/account/second-factors", opt=OWN, status_code=303)
async def adding(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Begin to set one up; asks for the password, so that a borrowed session adds nothing."""
    form = typed(visit, data)
    try:
        await _confirm_password(form, request, visit, stack)
        if form.value("kind") == "passkey" and party_at(request, stack) is None:
            raise Problem("second-factor.no-host")
        async with stack.database.work(visit.actor, address(request)) as work:
            made = await actions.begin(
                work, stack.keys.service, visit.actor.id, form.value("kind"), form.value("factor_name")
            )
        return Redirect(visit.url(f"/account/second-factors/{made.id}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, {"second-factor.name": "factor_name"}.get(problem.code, "password_add"))
    return await show_account(visit, stack, form)


@get("/account/second-factors/{factor:str}", opt=OWN)
async def setting_up_page(
    factor: FromPath[str], request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """The picture to read with a generator, or the button that asks the browser for a passkey."""
    return await _show(factor, request, visit, stack, Form(visit.language, {}))


@post("/account/second-factors/{factor:str}", opt=OWN, status_code=303)
async def confirming(
    factor: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Confirm it by its first code or answer; the first of an account shows the recovery codes, this once."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            recovery = await _confirmed(work, request, stack, factor, form)
    except Problem as problem:
        form.refuse(problem, "one_time_code" if problem.code == "second-factor.code" else None)
        return await _show(factor, request, visit, stack, form)
    if recovery:
        return _codes(visit, stack, recovery)
    return Redirect(visit.url("/account") + "#second-factor", status_code=303)


@post("/account/second-factors/{factor:str}/removal", opt=OWN, status_code=303)
async def removing(
    factor: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Take one away, with the password."""
    form = typed(visit, data)
    try:
        await _confirm_password(form, request, visit, stack)
        async with stack.database.work(visit.actor, address(request)) as work:
            await actions.remove(work, factor)
        return Redirect(visit.url("/account") + "#second-factor", status_code=303)
    except Problem as problem:
        form.refuse(problem, f"password_{factor}")
    return await show_account(visit, stack, form)


@post("/account/recovery-codes", opt=OWN, status_code=303)
async def renewing_codes(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Ten new recovery codes, shown this once."""
    form = typed(visit, data)
    try:
        await _confirm_password(form, request, visit, stack)
        async with stack.database.work(visit.actor, address(request)) as work:
            recovery = await actions.new_recovery_codes(work)
        return _codes(visit, stack, recovery)
    except Problem as problem:
        form.refuse(problem, "password_codes")
    return await show_account(visit, stack, form)


@post("/account/password", opt=OWN, status_code=303)
async def changing_password(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Another password; every other session of the account ends."""
    form = typed(visit, data)
    try:
        await _confirm_password(form, request, visit, stack)
        async with stack.database.work(visit.actor, address(request)) as work:
            assert visit.signed_in is not None
            await change_password(work, visit.signed_in, form.value("password_new"))
        return Redirect(visit.url("/account"), status_code=303)
    except Problem as problem:
        form.refuse(problem, "password_new" if problem.code == "password.length" else "password_old")
    return await show_account(visit, stack, form)


HANDLERS = [adding, setting_up_page, confirming, removing, renewing_codes, changing_password]


async def _confirm_password(form: Form, request: AnyRequest, visit: Visit, stack: Stack) -> None:
    """The password of whoever is signed in; a judge's seat has none (`page.not-yours`)."""
    assert visit.signed_in is not None
    if not visit.signed_in.account.login:
        raise Problem("page.not-yours", role=visit.actor.role)
    given = next(
        (form.value(name) for name in form.values if name.startswith("password") and name != "password_new"), ""
    )
    await prove_password(stack.database, visit.signed_in.account.login, given[:1024], address(request))


async def _confirmed(work: Work, request: AnyRequest, stack: Stack, factor: str, form: Form) -> list[str]:
    authenticator = await actions.find_unconfirmed(work, work.ctx.actor.id, factor)
    if authenticator.kind == "totp":
        code = form.value("one_time_code")[:40]
        return await actions.confirm_code(work, stack.keys.service, authenticator, code)
    party = party_at(request, stack)
    if party is None:
        raise Problem("second-factor.no-host")
    answer = form.value("one_time_answer")
    return await actions.confirm_passkey(work, stack.keys.service, authenticator, party, answer)


async def _show(factor: str, request: AnyRequest, visit: Visit, stack: Stack, form: Form) -> Response[Any]:
    assert visit.signed_in is not None
    async with stack.database.work(visit.actor) as work:
        authenticator = await actions.find_unconfirmed(work, visit.actor.id, factor)
        known = (await factors_of(work.session, visit.actor.id)).credentials
    facts: dict[str, Any] = {"form": form, "factor": authenticator}
    secret, login = actions.secret_of(stack.keys.service, authenticator), visit.signed_in.account.login
    if authenticator.kind == "totp":
        facts |= picture(authenticator, secret, login)
    else:
        facts["options"] = _options(authenticator, secret, login, request, stack, known)
    return page(visit, "account/setting_up.html", demo=stack.demo, status=form.status, **facts)


def _options(
    authenticator: Authenticator, challenge: bytes, login: str, request: AnyRequest, stack: Stack, known: list[bytes]
) -> str:
    party = party_at(request, stack)
    if party is None:
        raise Problem("second-factor.no-host")
    return json.dumps(creation_options(party, authenticator.account, login, challenge, known))


def _codes(visit: Visit, stack: Stack, recovery: list[str]) -> Response[Any]:
    facts: dict[str, Any] = {"codes": recovery, "target": visit.url("/account") + "#second-factor"}
    return page(visit, "account/recovery_codes.html", demo=stack.demo, **facts)
