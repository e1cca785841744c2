"""The public log over HTTP: its files as C2SP tlog-tiles lays them out, for any client, of any site, without ranges."""

from hashlib import sha256
from typing import Literal

from litestar import Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from web.api.log_files import log_file
from web.state import Stack
from web.visit import AnyRequest
from web.wiring import LOG_NAME

PUBLIC = {"audience": "public", "packed": True}
METHODS: tuple[Literal["GET", "HEAD"], ...] = ("GET", "HEAD")
ANYWHERE = {"access-control-allow-origin": "*", "access-control-expose-headers": "etag"}


@route("/log/checkpoint", http_method=METHODS, opt=PUBLIC)
async def checkpoint(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[bytes]:
    """The newest checkpoint that the quorum has co-signed, with its co-signatures."""
    return await _answer(request, stack, "checkpoint")


@route("/log/policy.txt", http_method=METHODS, opt=PUBLIC)
async def policy(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[bytes]:
    """The platform's policy; whoever verifies should compare it with the copy printed in the notice or held by trustees."""
    return await _answer(request, stack, "policy.txt")


@route(
    [f"/log/{folder}/{{path:path}}" for folder in ("tile", "events", "checkpoints", "tokens", "proofs")],
    http_method=METHODS,
    opt=PUBLIC,
)
async def file(request: AnyRequest, path: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """A tile, the disclosed leaves of one, an earlier checkpoint, a time token, a proof of one leaf."""
    del path
    return await _answer(request, stack, request.url.path.removeprefix("/log/"))


@route(["/log/periods.json", "/log/tokens.json", "/log/bundles.json"], http_method=METHODS, opt=PUBLIC)
async def listing(request: AnyRequest, stack: NamedDependency[Stack]) -> Response[bytes]:
    """The periods of dummies with the keys that are open; the newest time tokens; the published bundles with proofs."""
    return await _answer(request, stack, request.url.path.removeprefix("/log/"))


async def _answer(request: AnyRequest, stack: Stack, path: str) -> Response[bytes]:
    """The file, or 304 where the client has it; HEAD tells the same headers without the bytes."""
    async with stack.database.reading() as session:
        found = await log_file(session, stack.keys, LOG_NAME, path)
    tag = f'"{sha256(found.content).hexdigest()[:32]}"'
    headers = {**ANYWHERE, "cache-control": found.keeps.value, "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, media_type=found.media_type, headers=headers)
    if request.method == "HEAD":
        headers["content-length"] = str(len(found.content))
        return Response(b"", media_type=found.media_type, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


HANDLERS = [checkpoint, policy, file, listing]
