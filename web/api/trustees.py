"""The one door for trustees: they dial out, everything they say is signed."""

import re
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from infra.custody.exchange import exchange
from infra.kernel.canonical import canonical
from web.state import Stack
from web.visit import AnyRequest
from web.wiring import desk

LARGEST = 2 * 1024 * 1024
WAIT = re.compile(r"\bwait=(\d{1,4})\b", re.ASCII)
"""RFC 7240: how long the trustee would rather wait than hear that there is nothing new, in seconds."""
LONGEST_WAIT = 20


@post(
    "/api/trustees/exchange", opt={"audience": "public", "signed": True}, status_code=200, request_max_body_size=LARGEST
)
async def trustee_exchange(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[bytes]:
    """One exchange: co-signature and answers in, newest checkpoint and duties out; `Prefer: wait=N` waits for news."""
    signature, asked = request.headers.get("trustee-signature", ""), WAIT.search(request.headers.get("prefer", ""))
    patience = min(LONGEST_WAIT, int(asked[1])) if asked else 0
    reply: dict[str, Any] = await exchange(
        stack.database, desk(stack), await request.body(), signature, stack.bell if asked else None, patience
    )
    return Response(canonical(reply), media_type="application/json")


HANDLERS = [trustee_exchange]
