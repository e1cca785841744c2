"""The bidder's interface to confirm a bid for a later version of the document."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.kernel.canonical import b64, read, unb64
from infra.kernel.problems import Problem
from trading.bidding.queries import find_own
from trading.clarifications.confirming import confirm_bid, confirmed_version
from trading.sections.tables import Document
from web.forms import address
from web.state import Stack
from web.visit import AnyRequest, actor_of

FIELDS = ("document", "signature", "certificate")
SMALL = 64 * 1024


@get("/api/bids/{bid:str}/confirmation", opt={"audience": "bidder", "packed": True})
async def held(bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """For which version of the document one's own bid holds, and version and SHA-256 of the one in force."""
    async with stack.database.reading() as session:
        own = await find_own(session, actor_of(request), bid)
        version = await confirmed_version(session, own.bid)
        current = await session.get_one(Document, own.section.id)
    return Response(
        {
            "bid": bid,
            "section": own.section.id,
            "holds_for": version,
            "version": current.version,
            "document": b64(current.digest),
        }
    )


@post("/api/bids/{bid:str}/confirmation", opt={"audience": "bidder", "packed": True}, request_max_body_size=SMALL)
async def confirmation(
    bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Confirm: {document, signature, certificate} over the confirmation message; tells the version it holds for."""
    told = read(await request.body())
    right = isinstance(told, dict) and set(told) == set(FIELDS) and all(isinstance(one, str) for one in told.values())
    if not right:
        raise Problem("request.fields", expected=", ".join(FIELDS))
    document, signature, certificate = (unb64(told[name]) for name in FIELDS)
    async with stack.database.work(actor_of(request), address(request)) as work:
        version = await confirm_bid(work, stack.keys.authority.public_key, bid, document, signature, certificate)
    return Response({"bid": bid, "version": version}, status_code=200)


HANDLERS = [held, confirmation]
