"""The public log as files: what each path below `/log/` holds, for whoever serves or mirrors it (docs/formats/log.md)."""

import re
from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import PlatformKeys
from infra.custody.policy import published_policy
from infra.db.journal import Line
from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem
from infra.tlog import evidence, store
from infra.tlog.proof import Proof, format_proof
from infra.tlog.tables import Checkpoint, TimeToken
from infra.tlog.tiles import ENTRIES, WIDTH, Tile, bundle, parse_tile_path, read_hashes
from infra.tlog.time_tokens import REPLY
from infra.tlog.told_periods import told_periods
from trading.publication.logged import disclosed
from web.announcing import published_bundles

TEXT = "text/plain"
BINARY = "application/octet-stream"
JSON = "application/json"
LISTED_TOKENS = 2000
"""How many of the newest time tokens are listed; older ones are still there by their own paths."""

_INDEX = r"(?:x\d{3}/){0,6}\d{3}"
_EVENTS = re.compile(rf"events/({_INDEX})\.json", re.ASCII)
_NOTE = re.compile(r"checkpoints/([1-9]\d{0,18})", re.ASCII)
_TOKEN = re.compile(r"tokens/([1-9]\d{0,18})\.([^/\s]{1,64})\.tsr")
_PROOF = re.compile(r"proofs/(0|[1-9]\d{0,18})\.tlog-proof", re.ASCII)


class Keeps(Enum):
    """How long a file stays as it is: for ever, a minute, or until asked again."""

    EVER = "public, max-age=31536000, immutable"
    BRIEFLY = "public, max-age=60"
    NOT = "no-cache"


class LogFile(NamedTuple):
    """One file of the log."""

    content: bytes
    media_type: str
    keeps: Keeps = Keeps.NOT


async def log_file(session: AsyncSession, keys: PlatformKeys, log_name: str, path: str) -> LogFile:
    """The file at a path; a Problem with status 404 where there is none."""
    if path == "policy.txt":
        return LogFile((await published_policy(session, keys, log_name)).encode(), TEXT)
    if path == "checkpoint":
        return LogFile((await _note(session, await newest(session))).encode(), TEXT)
    if path == "periods.json":
        return LogFile(canonical(await _periods(session)), JSON)
    if path == "bundles.json":
        return LogFile(canonical(await _bundles(session)), JSON)
    if path == "tokens.json":
        return LogFile(canonical(await _tokens(session)), JSON)
    if path.startswith("tile/"):
        return await _tile(session, parse_tile_path(path))
    if asked := _EVENTS.fullmatch(path):
        index = int(asked[1].replace("x", "").replace("/", ""))
        return LogFile(
            canonical([shown(one) for one in await disclosed(session, index * WIDTH, (index + 1) * WIDTH)]), JSON
        )
    if asked := _NOTE.fullmatch(path):
        return LogFile((await _note(session, await _kept(session, int(asked[1])))).encode(), TEXT)
    if asked := _TOKEN.fullmatch(path):
        return LogFile(await _token(session, int(asked[1]), asked[2]), REPLY, Keeps.EVER)
    if asked := _PROOF.fullmatch(path):
        return LogFile((await proof_of_leaf(session, int(asked[1]))).encode(), TEXT)
    raise Problem("log.no-tile", path=path[:120])


async def newest(session: AsyncSession) -> Checkpoint:
    """The newest checkpoint that the quorum has co-signed; `log.empty` before the first."""
    found = await evidence.latest(session, evidence.QUORUM)
    if found is None:
        raise Problem("log.empty")
    return found


async def proof_of_leaf(session: AsyncSession, leaf: int) -> str:
    """A tlog-proof of one leaf, disclosed or not, under the newest co-signed checkpoint; `log.no-entry` beyond it."""
    checkpoint = await newest(session)
    if leaf >= checkpoint.size:
        raise Problem("log.no-entry", leaf=leaf)
    path = await store.prove_inclusion(session, leaf, checkpoint.size)
    return format_proof(Proof(leaf, tuple(path), await _note(session, checkpoint)))


def shown(line: Line) -> dict[str, Any]:
    """A disclosed leaf as the files tell it; the line must have its leaf."""
    assert line.salt is not None
    return {"leaf": line.leaf, "event": line.preimage, "salt": b64(line.salt)}


def tile_file(tile: Tile, data: bytes | None) -> LogFile:
    """A tile's file out of what `store.read_tile` gave; `log.no-tile` where it has not grown so far."""
    if data is None or len(data) < tile.width * store.HASH:
        raise Problem("log.no-tile", path=tile.path)
    content = data[: tile.width * store.HASH]
    if tile.level == ENTRIES:
        content = bundle(read_hashes(tile, content))
    return LogFile(content, BINARY, Keeps.EVER if tile.width == WIDTH else Keeps.BRIEFLY)


async def _tile(session: AsyncSession, tile: Tile) -> LogFile:
    return tile_file(tile, await store.read_tile(session, tile.level, tile.index))


async def _note(session: AsyncSession, checkpoint: Checkpoint) -> str:
    return await evidence.cosigned_note(session, checkpoint)


async def _kept(session: AsyncSession, size: int) -> Checkpoint:
    found = await session.get(Checkpoint, size) if size < 2**63 else None
    if found is None or found.signers < evidence.QUORUM:
        raise Problem("log.no-checkpoint", size=size)
    return found


async def _periods(session: AsyncSession) -> list[dict[str, Any]]:
    """Every period with the event that began it, and its key once the log has opened it."""
    return [
        {"first": one.first, "begun": shown(one.begun), "key": None if one.key is None else b64(one.key)}
        for one in await told_periods(session)
    ]


async def _bundles(session: AsyncSession) -> list[dict[str, Any]]:
    """Every published bundle that is proven under a co-signed checkpoint, newest first."""
    checkpoint = await newest(session)
    lines = [line for line in await published_bundles(session) if (line.leaf or 0) < checkpoint.size]
    note = await _note(session, checkpoint)
    paths = await store.prove_inclusions(session, [line.leaf or 0 for line in lines], checkpoint.size)
    return [
        {
            "event": line.preimage,
            "salt": b64(line.salt or b""),
            "proof": format_proof(Proof(line.leaf or 0, tuple(path), note)),
        }
        for line, path in zip(lines, paths, strict=True)
    ]


async def _tokens(session: AsyncSession) -> Sequence[dict[str, Any]]:
    newest_ones = select(TimeToken.size, TimeToken.authority, TimeToken.at).order_by(TimeToken.size.desc())
    rows = (await session.execute(newest_ones.limit(LISTED_TOKENS))).all()
    told = [{"size": size, "name": name, "at": at.strftime("%Y-%m-%dT%H:%M:%SZ")} for size, name, at in rows]
    return sorted(told, key=lambda one: (one["size"], one["name"]))


async def _token(session: AsyncSession, size: int, name: str) -> bytes:
    found = await session.get(TimeToken, (size, name)) if size < 2**63 and "\0" not in name else None
    if found is None:
        raise Problem("log.no-token", size=size, name=name)
    return found.token
