"""What gateways report: whether a message has arrived; signed with the secret both sides know, and nothing else told."""

import json
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from expertpool.invitations.sending import delivered
from infra.gateways import LONGEST_REF, SIGNATURE, is_signed
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from web.state import Stack
from web.visit import AnyRequest

ARRIVED = {"delivered": True, "failed": False}
LONGEST_REPORT = 4096


@post(
    "/api/gateways/{name:str}",
    opt={"audience": "public", "signed": True},
    status_code=204,
    request_max_body_size=LONGEST_REPORT,
)
async def report(request: AnyRequest, name: FromPath[str], stack: NamedDependency[Stack]) -> Response[None]:
    """`{"ref": "…", "state": "delivered" | "failed"}`; the answer is the same for a reference nobody knows."""
    body = await request.body()
    if not is_signed(stack.settings.gateways, name, request.headers.get(SIGNATURE, ""), body):
        raise Problem("gateway.signature")
    ref, arrived = _read(body)
    async with stack.database.work(SYSTEM) as work:
        await delivered(work, name, ref, arrived=arrived)
    return Response(None, status_code=204)


def _read(body: bytes) -> tuple[str, bool]:
    try:
        told: Any = json.loads(body)
        ref, state = told["ref"], told["state"]
    except (ValueError, KeyError, TypeError) as error:
        raise Problem("gateway.report") from error
    if not isinstance(ref, str) or not 0 < len(ref) <= LONGEST_REF or "\0" in ref or state not in ARRIVED:
        raise Problem("gateway.report")
    return ref, ARRIVED[state]


HANDLERS = [report]
