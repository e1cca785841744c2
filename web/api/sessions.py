"""Signing in by program: a token for `Authorization: Bearer`."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from infra.auth.signing_in import sign_in_by_program
from infra.kernel.canonical import read
from infra.kernel.problems import Problem
from web.state import Stack
from web.visit import AnyRequest


@post("/api/session", opt={"audience": "public"}, request_max_body_size=4096)
async def new_session(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """{login, password, code?} gives {token}; `code` for an account with a second factor. Refusals are the page's own."""
    told = read(await request.body())
    if not isinstance(told, dict) or set(told) - {"code"} != {"login", "password"}:
        raise Problem("request.fields", expected="login, password, code")
    address = request.client.host if request.client else None
    service, code = stack.keys.service if stack.keys else None, str(told.get("code", ""))
    token = await sign_in_by_program(stack.database, service, str(told["login"]), str(told["password"]), code, address)
    return Response({"token": token}, status_code=201)


HANDLERS = [new_session]
