"""The bidder's interface: open an upload, send blocks, hand in, fetch the receipt, withdraw."""

from typing import Any

from litestar import Response, get, post, put
from litestar.di import NamedDependency

from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.kernel.canonical import read, unb64
from infra.kernel.problems import Problem
from trading.bidding.actions import hand_in, start_bid, withdraw
from trading.bidding.receipts import receipt_of
from trading.bidding.tables import Bid
from trading.bidding.uploads import BLOCK, missing_blocks, own_bid, put_block
from trading.sections.queries import public_section
from web.state import Stack
from web.visit import AnyRequest, Visit

BIDDER = {"audience": "bidder"}
PUBLIC = {"audience": "public"}
SMALL = 256 * 1024


@get("/api/sections/{tender:str}/{section:str}/keyset", opt=PUBLIC)
async def keyset(tender: str, section: str, stack: NamedDependency[Stack]) -> Response[bytes]:
    """The signed keyset document to seal to; unknown sections and unpublished keysets are 404."""
    async with stack.database.reading() as session:
        found = await public_section(session, f"{tender}/{section}")
        document = signed_keyset(await session.get_one(Keyset, found.keyset))
    return Response(document.encode(), media_type="application/json")


@post("/api/sections/{tender:str}/{section:str}/bids", opt=BIDDER, request_max_body_size=SMALL)
async def start(
    tender: str, section: str, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Open an upload for a signed manifest: {manifest, signature, certificate}; tells which blocks are missing."""
    told = _object(await request.body(), "manifest", "signature", "certificate")
    async with stack.database.work(visit.actor, address(request)) as work:
        bid = await start_bid(
            work,
            stack.keys.authority.public_key,
            f"{tender}/{section}",
            told["manifest"].encode(),
            unb64(told["signature"]),
            unb64(told["certificate"]),
        )
    return await _status(stack, visit, bid.id, 201)


@put("/api/bids/{bid:str}/parts/{part:str}/blocks/{number:int}", opt=BIDDER, request_max_body_size=BLOCK + 1)
async def block(
    bid: str,
    part: str,
    number: int,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[dict[str, Any]]:
    """Store one block; 201 when it is new, 200 when it was there already."""
    data = await request.body()
    kept = await put_block(stack.database, stack.objects, visit.actor, bid, part, number, data)
    return Response({"bid": bid, "part": part, "block": number, "size": len(data)}, status_code=201 if kept else 200)


@get("/api/bids/{bid:str}", opt=BIDDER)
async def status(bid: str, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """Where the bid stands and which blocks are missing, for resuming an upload."""
    return await _status(stack, visit, bid, 200)


@post("/api/bids/{bid:str}/submission", opt=BIDDER, request_max_body_size=SMALL)
async def submission(
    bid: str, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Hand in a complete bid; asking twice gives the same answer."""
    await hand_in(stack.database, visit.actor, bid, address(request))
    return await _status(stack, visit, bid, 200)


@get("/api/bids/{bid:str}/receipt", opt=BIDDER)
async def receipt(bid: str, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """The receipt; 202 with Retry-After until the next co-signed checkpoint holds the bid."""
    async with stack.database.reading() as session:
        found = await receipt_of(session, await own_bid(session, visit.actor, bid))
    if found is None:
        return Response({"bid": bid, "receipt": None}, status_code=202, headers={"retry-after": "1"})
    return Response(found)


@post("/api/bids/{bid:str}/withdrawal", opt=BIDDER, request_max_body_size=SMALL)
async def withdrawal(
    bid: str, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Withdraw a submitted bid: {signature} over the withdrawal message."""
    told = _object(await request.body(), "signature")
    async with stack.database.work(visit.actor, address(request)) as work:
        await withdraw(work, stack.keys.authority.public_key, bid, unb64(told["signature"]))
    return await _status(stack, visit, bid, 200)


def address(request: AnyRequest) -> str | None:
    """The network address that the journal keeps (EBM 13)."""
    return request.client.host if request.client else None


async def _status(stack: Stack, visit: Visit, bid_id: str, code: int) -> Response[dict[str, Any]]:
    async with stack.database.reading() as session:
        bid: Bid = await own_bid(session, visit.actor, bid_id)
        missing = await missing_blocks(session, bid_id) if bid.state == "started" else {}
    return Response({"bid": bid.id, "section": bid.section, "state": bid.state, "missing": missing}, status_code=code)


def _object(body: bytes, *names: str) -> dict[str, str]:
    told = read(body)
    if not isinstance(told, dict) or set(told) != set(names) or not all(isinstance(one, str) for one in told.values()):
        raise Problem("request.fields", expected=", ".join(names))
    return told


HANDLERS = [keyset, start, block, status, submission, receipt, withdrawal]
