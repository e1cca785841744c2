"""The second step of signing in: a code, a passkey or a recovery code; or setting the first generator up."""

import io
import json
from typing import Any

import segno
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect
from markupsafe import Markup

from infra.auth.second_factor import codes
from infra.auth.second_factor.actions import secret_of
from infra.auth.second_factor.passkeys import Party, party_of, request_options
from infra.auth.second_factor.queries import Next, factors_of
from infra.auth.second_factor.tables import Authenticator
from infra.auth.signing_in import WAITS, Begun, find_waiting, finish_by_code, finish_by_passkey, finish_enrolment
from infra.kernel.problems import Problem
from web.account.visitors import visitors_page, wanted
from web.forms import Fields, Form, address, typed
from web.security import is_secure, session_cookie, sign_in_path
from web.state import Stack
from web.visit import AnyRequest, Visit, local_path

PENDING = "openhall_pending"
PATHS = {Next.PROVE: "/login/second-factor", Next.ENROL: "/login/enrolment"}
NO_STORE = {"Cache-Control": "no-store"}


@get("/login/second-factor", opt={"audience": "public"})
async def second_step_page(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """The form for the second factor; without a sign-in that waits, back to the first step."""
    return await _show(request, visit, stack, Form(visit.language, {"next": dict(visit.asked).get("next", "")}))


@post("/login/second-factor", opt={"audience": "public"}, status_code=303)
async def second_step(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Open the session and go where the person wanted to go."""
    form, token = typed(visit, data), request.cookies.get(PENDING, "")
    answer, party = form.value("one_time_answer"), party_at(request, stack)
    try:
        if answer and party is not None:
            session = await finish_by_passkey(
                stack.database, stack.keys.service, token, party, answer, address(request)
            )
        else:
            code = form.value("one_time_code")[:40]
            session = await finish_by_code(stack.database, stack.keys.service, token, code, address(request))
    except Problem as problem:
        if problem.code == "sign-in.begin-again":
            return _again(visit, form.value("next"))
        form.refuse(problem, None if answer else "one_time_code")
        return await _show(request, visit, stack, form)
    return signed_in(visit, stack, session, form.value("next"))


@get("/login/enrolment", opt={"audience": "public"})
async def enrolment_page(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Staff set a generator up before the first session opens."""
    return await _show(request, visit, stack, Form(visit.language, {"next": dict(visit.asked).get("next", "")}))


@post("/login/enrolment", opt={"audience": "public"}, status_code=303)
async def enrolling(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Open the session; the answer is a page, since it shows the recovery codes this once."""
    form, token = typed(visit, data), request.cookies.get(PENDING, "")
    try:
        code = form.value("one_time_code")[:40]
        session, recovery = await finish_enrolment(stack.database, stack.keys.service, token, code, address(request))
    except Problem as problem:
        if problem.code == "sign-in.begin-again":
            return _again(visit, form.value("next"))
        form.refuse(problem, "one_time_code")
        return await _show(request, visit, stack, form)
    facts = {"codes": recovery, "target": visit.url(wanted(form.value("next")))}
    shown = visitors_page(visit, stack, "account/recovery_codes.html", facts=facts)
    for cookie in _cookies(stack, session):
        shown.set_cookie(cookie)
    return shown


HANDLERS = [second_step_page, second_step, enrolment_page, enrolling]


def go_on(visit: Visit, stack: Stack, begun: Begun, target: str) -> Response[Any]:
    """After a right password: into the session, or to the second step with the token of what waits in a cookie."""
    if begun.then is Next.OPEN:
        return signed_in(visit, stack, begun.token, target)
    path = visit.url(PATHS[begun.then], {"next": "" if target == "/" else target})
    return Redirect(path, status_code=303, cookies=[_pending_cookie(stack, begun.token)], headers=NO_STORE)


def signed_in(visit: Visit, stack: Stack, token: str, next: str) -> Response[Any]:
    """Into the session, where the person wanted to go."""
    return Redirect(visit.url(wanted(next)), status_code=303, cookies=_cookies(stack, token), headers=NO_STORE)


def party_at(request: AnyRequest, stack: Stack) -> Party | None:
    """Under which name passkeys work at the address this browser uses, if under any."""
    return party_of(stack.settings.origin, request.headers.get("host", ""))


def picture(authenticator: Authenticator, secret: bytes, login: str) -> dict[str, Any]:
    """What a generator reads: the secret as a picture (inline SVG) and as text."""
    drawn = io.BytesIO()
    code = segno.make(codes.address(secret, login), error="m")
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, lineclass=None, svgclass="qr__code", border=2
    )
    written = codes.written(secret)
    groups = " ".join(written[place : place + 4] for place in range(0, len(written), 4))
    return {"factor": authenticator, "qr": Markup(drawn.getvalue().decode()), "secret": groups}


async def _show(request: AnyRequest, visit: Visit, stack: Stack, form: Form) -> Response[Any]:
    try:
        waiting = await find_waiting(stack.database, request.cookies.get(PENDING, ""))
    except Problem:
        return _again(visit, form.value("next"))
    facts: dict[str, Any] = {"form": form, "target": form.value("next")}
    if waiting.enrolling is not None:
        secret = secret_of(stack.keys.service, waiting.enrolling)
        facts |= picture(waiting.enrolling, secret, waiting.account.login)
        return visitors_page(visit, stack, "account/enrolment.html", status=form.status, facts=facts)
    async with stack.database.reading() as session:
        own = await factors_of(session, waiting.account.id)
    party = party_at(request, stack)
    asked = request_options(party, waiting.challenge, own.credentials) if party and own.passkeys else None
    facts |= {"factors": own, "options": json.dumps(asked) if asked else ""}
    return visitors_page(visit, stack, "account/second_factor.html", status=form.status, facts=facts)


def _again(visit: Visit, next: str) -> Response[Any]:
    target = local_path(next)
    path = visit.url("/login") if target == "/" else sign_in_path(visit.language.prefix + target, "")
    return Redirect(path, status_code=303, headers=NO_STORE)


def _cookies(stack: Stack, token: str) -> list[Cookie]:
    return [session_cookie(token, is_secure(stack.settings)), _pending_cookie(stack, "")]


def _pending_cookie(stack: Stack, token: str) -> Cookie:
    return Cookie(
        PENDING,
        value=token,
        max_age=int(WAITS.total_seconds()) if token else 0,
        path="/",
        httponly=True,
        secure=is_secure(stack.settings),
        samesite="lax",
    )
