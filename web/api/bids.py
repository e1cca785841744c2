"""The bidder's interface: open an upload, send blocks, hand in, fetch the receipt, withdraw."""

import re
from typing import Any

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.kernel.canonical import read, unb64
from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from trading.bidding.accepting import Taken
from trading.bidding.actions import hand_in, open_upload, receive_block, withdraw
from trading.bidding.envelopes import Second
from trading.bidding.receipts import find_receipt
from trading.bidding.rehearsing import record_rehearsal
from trading.bidding.tables import Bid
from trading.bidding.uploads import missing_blocks, own_bid
from trading.bidding.wire import BLOCK
from trading.sections.queries import public_section
from web.state import Stack
from web.visit import AnyRequest, actor_of

# Answers of a few hundred bytes are never compressed: `packed` leaves the attempt out.
BIDDER = {"audience": "bidder", "packed": True}
PUBLIC = {"audience": "public"}
SECOND = ("second_manifest", "second_signature")
SMALL = 256 * 1024
SURROGATE = re.compile("[\ud800-\udfff]")


@get("/api/sections/{tender:str}/{section:str}/keyset", opt=PUBLIC)
async def keyset(tender: FromPath[str], section: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """The signed keyset document to seal to; unknown sections and unpublished keysets are 404."""
    async with stack.database.reading() as session:
        found = await public_section(session, f"{tender}/{section}")
        document = signed_keyset(await session.get_one(Keyset, found.keyset))
    return Response(document.encode(), media_type="application/json")


@get("/api/sections/{tender:str}/{section:str}/second-keyset", opt=PUBLIC)
async def second_keyset(
    tender: FromPath[str], section: FromPath[str], stack: NamedDependency[Stack]
) -> Response[bytes]:
    """The signed keyset document that prices are sealed to; `section.one-envelope` where there are not two envelopes."""
    async with stack.database.reading() as session:
        found = await public_section(session, f"{tender}/{section}")
        if found.second_keyset is None:
            raise Problem("section.one-envelope", section=found.id)
        document = signed_keyset(await session.get_one(Keyset, found.second_keyset))
    return Response(document.encode(), media_type="application/json")


@post("/api/sections/{tender:str}/{section:str}/bids", opt=BIDDER, request_max_body_size=SMALL)
async def start(
    tender: FromPath[str],
    section: FromPath[str],
    request: AnyRequest,
    stack: NamedDependency[Stack],
) -> Response[dict[str, Any]]:
    """Open an upload for a signed manifest: {manifest, signature, certificate}; tells which blocks are missing.

    Of two envelopes also {second_manifest, second_signature}.
    """
    told = _object(await request.body(), "manifest", "signature", "certificate", optional=SECOND)
    taken = await open_upload(
        stack.database,
        actor_of(request),
        stack.keys.authority.public_key,
        f"{tender}/{section}",
        told["manifest"].encode(),
        unb64(told["signature"]),
        unb64(told["certificate"]),
        address(request),
        _second(told),
    )
    return _told(taken, 201)


@post("/api/sections/{tender:str}/{section:str}/rehearsals", opt=BIDDER, request_max_body_size=SMALL)
async def rehearsal(
    tender: FromPath[str],
    section: FromPath[str],
    request: AnyRequest,
    stack: NamedDependency[Stack],
) -> Response[dict[str, Any]]:
    """Note that the kit of a sealed bid was read back: {manifest}, the manifest's SHA-256; again is no error."""
    told = _object(await request.body(), "manifest")
    async with stack.database.work(actor_of(request), address(request)) as work:
        new = await record_rehearsal(work, f"{tender}/{section}", unb64(told["manifest"], 32))
    return Response({"section": f"{tender}/{section}", **told}, status_code=201 if new else 200)


@put("/api/bids/{bid:str}/parts/{part:str}/blocks/{number:int}", opt=BIDDER, request_max_body_size=BLOCK + 1)
async def block(
    bid: FromPath[str],
    part: FromPath[str],
    number: FromPath[int],
    request: AnyRequest,
    stack: NamedDependency[Stack],
) -> Response[dict[str, Any]]:
    """Store one block; 201 when it is new, 200 when it was there already."""
    data = await request.body()
    kept = await receive_block(
        stack.database, stack.objects, actor_of(request), bid, part, number, data, address(request)
    )
    return Response({"bid": bid, "part": part, "block": number, "size": len(data)}, status_code=201 if kept else 200)


@get("/api/bids/{bid:str}", opt=BIDDER)
async def status(bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """Where the bid stands and which blocks are missing, for resuming an upload."""
    return await _status(stack, actor_of(request), bid, 200)


@post("/api/bids/{bid:str}/submission", opt=BIDDER, request_max_body_size=SMALL)
async def submission(
    bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Hand in a complete bid; asking twice gives the same answer."""
    return _told(await hand_in(stack.database, actor_of(request), bid, address(request)), 200)


@get("/api/bids/{bid:str}/receipt", opt=BIDDER)
async def receipt(bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """The receipt; 202 with Retry-After until the next co-signed checkpoint holds the bid."""
    found = await find_receipt(stack.database, actor_of(request), bid)
    if found is None:
        return Response({"bid": bid, "receipt": None}, status_code=202, headers={"retry-after": "1"})
    return Response(found)


@post("/api/bids/{bid:str}/withdrawal", opt=BIDDER, request_max_body_size=SMALL)
async def withdrawal(
    bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Withdraw a submitted bid: {signature, certificate?} over the withdrawal message, by any key of its bidder."""
    told = _object(await request.body(), "signature", optional=("certificate",))
    signature, certificate = unb64(told["signature"]), told.get("certificate")
    signer = None if certificate is None else unb64(certificate)
    async with stack.database.work(actor_of(request), address(request)) as work:
        await withdraw(work, stack.keys.authority.public_key, bid, signature, signer)
    return await _status(stack, actor_of(request), bid, 200)


def address(request: AnyRequest) -> str | None:
    """The network address that the journal keeps (EBM 13)."""
    return request.client.host if request.client else None


def _told(bid: Taken, code: int) -> Response[dict[str, Any]]:
    told = {"bid": bid.id, "section": bid.section, "state": bid.state, "missing": bid.missing}
    return Response(told, status_code=code)


async def _status(stack: Stack, actor: Actor, bid_id: str, code: int) -> Response[dict[str, Any]]:
    async with stack.database.reading() as session:
        bid: Bid = await own_bid(session, actor, bid_id)
        missing = await missing_blocks(session, bid_id) if bid.state == "started" else {}
    return Response({"bid": bid.id, "section": bid.section, "state": bid.state, "missing": missing}, status_code=code)


def _second(told: dict[str, str]) -> Second | None:
    """The second envelope of a bid where it has one: both of its fields or none."""
    if not set(SECOND) & set(told):
        return None
    if not set(SECOND) <= set(told):
        raise Problem("request.fields", expected=", ".join(SECOND))
    return Second(told["second_manifest"].encode(), unb64(told["second_signature"]))


def _object(body: bytes, *names: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    told = read(body)
    if not isinstance(told, dict) or set(told) - set(optional) != set(names) or not all(map(_is_text, told.values())):
        raise Problem("request.fields", expected=", ".join(names))
    return told


def _is_text(value: Any) -> bool:
    """A string that can be written as UTF-8: JSON's lone surrogates cannot."""
    return isinstance(value, str) and (value.isascii() or not SURROGATE.search(value))


HANDLERS = [keyset, second_keyset, start, rehearsal, block, status, submission, receipt, withdrawal]
