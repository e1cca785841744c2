"""The public log over HTTP: checkpoint, tiles and the policy's text, as C2SP tlog-tiles lays them out."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from infra.custody.policy import published_policy
from infra.kernel.problems import Problem
from infra.tlog import evidence, store
from infra.tlog.tiles import ENTRIES, bundle, parse_tile_path, read_hashes
from web.state import Stack
from web.wiring import LOG_NAME

PUBLIC = {"audience": "public"}
TEXT = "text/plain; charset=utf-8"


@get("/log/checkpoint", opt=PUBLIC)
async def checkpoint(stack: NamedDependency[Stack]) -> Response[str]:
    """The newest checkpoint that the quorum has co-signed, with its co-signatures."""
    async with stack.database.reading() as session:
        found = await evidence.latest(session, evidence.QUORUM)
        if found is None:
            raise Problem("log.empty")
        note = await evidence.cosigned_note(session, found)
    return Response(note, media_type=TEXT, headers={"cache-control": "no-cache"})


@get("/log/policy.txt", opt=PUBLIC)
async def policy(stack: NamedDependency[Stack]) -> Response[str]:
    """The platform's policy; whoever verifies should compare it with the copy printed in the notice or held by trustees."""
    async with stack.database.reading() as session:
        text = await published_policy(session, stack.keys, LOG_NAME)
    return Response(text, media_type=TEXT)


@get("/log/tile/{path:path}", opt=PUBLIC)
async def tile(path: FromPath[str], stack: NamedDependency[Stack]) -> Response[bytes]:
    """A hash tile, whole or partial, or (below `entries/`) an entry bundle; immutable once asked for at a width."""
    wanted = parse_tile_path("tile" + path)
    async with stack.database.reading() as session:
        data = await store.read_tile(session, wanted.level, wanted.index)
    if data is None or len(data) < wanted.width * store.HASH:
        raise Problem("log.no-tile", path=path)
    content = data[: wanted.width * store.HASH]
    if wanted.level == ENTRIES:
        content = bundle(read_hashes(wanted, content))
    return Response(
        content, media_type="application/octet-stream", headers={"cache-control": "public, max-age=31536000, immutable"}
    )


HANDLERS = [checkpoint, policy, tile]
