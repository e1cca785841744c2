"""Signing in by program: a token for `Authorization: Bearer`."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from infra.auth.accounts import sign_in
from infra.kernel.canonical import read
from infra.kernel.problems import Problem
from web.state import Stack
from web.visit import AnyRequest


@post("/api/session", opt={"audience": "public"}, request_max_body_size=4096)
async def new_session(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """{login, password} gives {token}; refusals are the sign-in page's own."""
    told = read(await request.body())
    if not isinstance(told, dict) or set(told) != {"login", "password"}:
        raise Problem("request.fields", expected="login, password")
    address = request.client.host if request.client else None
    token = await sign_in(stack.database, str(told["login"]), str(told["password"]), address)
    return Response({"token": token}, status_code=201)


HANDLERS = [new_session]
