"""The one door for trustees: they dial out, everything they say is signed."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from infra.custody.exchange import exchange
from infra.kernel.canonical import canonical
from web.state import Stack
from web.visit import AnyRequest
from web.wiring import desk

LARGEST = 2 * 1024 * 1024


@post(
    "/api/trustees/exchange", opt={"audience": "public", "signed": True}, status_code=200, request_max_body_size=LARGEST
)
async def trustee_exchange(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[bytes]:
    """One exchange: co-signature and answers in, newest checkpoint and duties out."""
    reply: dict[str, Any] = await exchange(
        stack.database, desk(stack), await request.body(), request.headers.get("trustee-signature", "")
    )
    return Response(canonical(reply), media_type="application/json")


HANDLERS = [trustee_exchange]
