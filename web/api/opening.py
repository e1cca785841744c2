"""A bidder's interface at the opening: how its own bid stands, its factor, a part in plain."""

from typing import Any

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.kernel.canonical import b64, read, unb64
from infra.kernel.problems import Problem
from trading.opening.factors import give_factor
from trading.opening.remedies import give_remedy
from trading.opening.rescue import Rescue, rescue_of
from web.api.bids import address
from web.state import Stack
from web.visit import AnyRequest, actor_of

BIDDER = {"audience": "bidder"}
SMALL = 4096
LARGEST = 16 * 1024**3
SALT = 32


@get("/api/bids/{bid:str}/opening", opt=BIDDER)
async def opening(bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """What the bid still needs to be opened: {factor: {until, left, given} | null, remedy: {until, parts} | null}."""
    return await _answer(stack, request, bid)


@post("/api/bids/{bid:str}/factor", opt=BIDDER, request_max_body_size=SMALL)
async def factor(bid: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]) -> Response[dict[str, Any]]:
    """Give the bid's factor: {factor}, base64; `factor.…`."""
    told = read(await request.body())
    if not isinstance(told, dict) or set(told) != {"factor"}:
        raise Problem("request.fields", expected="factor")
    await give_factor(
        stack.database, stack.objects, stack.keys, actor_of(request), bid, unb64(str(told["factor"])), address(request)
    )
    return await _answer(stack, request, bid)


@put("/api/bids/{bid:str}/remedies/{part:str}", opt=BIDDER, request_max_body_size=LARGEST)
async def remedy(
    bid: FromPath[str], part: FromPath[str], request: AnyRequest, stack: NamedDependency[Stack]
) -> Response[dict[str, Any]]:
    """Show a part in plain: its bytes as the body, `Commit-Salt` the kit's salt in base64; streamed, never written down."""
    try:
        salt = unb64(request.headers.get("commit-salt", ""), SALT)
    except Problem as problem:
        raise Problem("remedy.salt") from problem
    await give_remedy(
        stack.database, stack.objects, stack.keys, actor_of(request), bid, part, salt, request.stream(),
        address(request),
    )  # fmt: skip
    return await _answer(stack, request, bid)


async def _answer(stack: Stack, request: AnyRequest, bid: str) -> Response[dict[str, Any]]:
    async with stack.database.work(actor_of(request)) as work:
        return Response(told(await rescue_of(work.session, work.ctx.actor, bid, work.ctx.now)))


def told(found: Rescue) -> dict[str, Any]:
    """The same as a program reads it."""
    asked, shown = found.factor, found.remedy
    return {
        "bid": found.bid,
        "stage": found.stage,
        "factor": None
        if asked is None
        else {"until": asked.until.isoformat(), "left": asked.left, "given": asked.given_at is not None},
        "remedy": None
        if shown is None
        else {
            "until": shown.until.isoformat(),
            "parts": [
                {"part": one.part, "size": one.size, "commit": b64(one.commit), "done": one.done} for one in shown.parts
            ],
        },
    }


HANDLERS = [opening, factor, remedy]
