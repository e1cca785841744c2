"""The doors for trustees: they dial out, everything they say is signed."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from expertpool.draw.pools import BUCKET as POOLS
from expertpool.draw.pools import piece_for_audit
from infra.custody.exchange import exchange
from infra.custody.fetching import fetching_trustee
from infra.kernel.canonical import canonical
from infra.trustee.fetching import fetch_path
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


@get(
    "/api/trustees/pools/{tender:str}/{section:str}/{attempt:str}/{number:int}",
    opt={"audience": "public", "signed": True},
)
async def pool_piece(
    request: AnyRequest,
    tender: FromPath[str],
    section: FromPath[str],
    attempt: FromPath[str],
    number: FromPath[int],
    stack: NamedDependency[Stack],
) -> Stream:
    """A sealed piece of a pool for the supervising trustee that is to audit it; for anybody else there is none."""
    draw, asked = f"{tender}/{section}/{attempt}", request.headers
    async with stack.database.reading() as session:
        trustee = await fetching_trustee(
            session, asked.get("trustee-name", ""), asked.get("trustee-at", ""), asked.get("trustee-signature", ""),
            fetch_path(draw, number),
        )  # fmt: skip
        found = await piece_for_audit(session, trustee, draw, number)
    headers = {"Cache-Control": "no-store", "Content-Length": str(found.bytes)}
    return Stream(stack.objects.stream(POOLS, found.key), media_type="application/octet-stream", headers=headers)


HANDLERS = [trustee_exchange, pool_piece]
