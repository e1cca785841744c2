"""`openhall log export`: the public log as files that any web server can serve and anybody can verify."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.canonical import canonical
from infra.settings import Settings
from infra.tlog import store
from infra.tlog.evidence import cosigned_lines
from infra.tlog.tables import Checkpoint, TimeToken
from infra.tlog.tiles import ENTRIES, WIDTH, Tile, index_path, tiles_of
from infra.tlog.time_tokens import REPLY
from trading.publication.logged import disclosed
from web.api.log_files import JSON, TEXT, Keeps, LogFile, log_file, newest, shown, tile_file
from web.commands.log_targets import Folder, Target, bucket_target
from web.state import Stack
from web.wiring import LOG_NAME, open_stack

AT_ONCE = 256
"""Tiles, or bundles of disclosed events, that are read in one query."""


@click.group()
def command() -> None:
    """The public log."""


@command.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--bucket", help="Write into this bucket of the object store instead of a folder.")
@click.option("--prefix", default="log", show_default=True, help="The folder within the bucket.")
@click.option(
    "--retain", "days", type=click.IntRange(1), help="Days for which the store refuses to delete what never changes."
)
def export(folder: Path | None, bucket: str | None, prefix: str, days: int | None) -> None:
    """Write the log's files into FOLDER; run again, only what is new is written. The checkpoint comes last."""
    if (folder is None) == (bucket is None) or (days is not None and bucket is None):
        raise click.UsageError("Name FOLDER or --bucket; --retain goes with --bucket.")
    retained = None if days is None else timedelta(days=days)
    size, written = asyncio.run(_run(Settings.from_environment(os.environ), folder, bucket, prefix, retained))
    click.echo(f"{size} leaves, {written} files written into {folder or f'{bucket}/{prefix}'}")


async def _run(
    settings: Settings, folder: Path | None, bucket: str | None, prefix: str, retained: timedelta | None
) -> tuple[int, int]:
    async with open_stack(settings) as stack:
        if bucket is None:
            assert folder is not None
            return await mirror(stack, folder)
        return await mirror(stack, await bucket_target(stack.objects, bucket, prefix, retained))


async def mirror(stack: Stack, place: Path | Target) -> tuple[int, int]:
    """The size of the log that the place holds now, and how many files were written; `log.export…`, `log.empty`."""
    target: Target = Folder(place) if isinstance(place, Path) else place
    async with stack.database.reading() as session:
        checkpoint = await newest(session)
        return checkpoint.size, await _write_all(session, stack, checkpoint, target)


async def _write_all(session: AsyncSession, stack: Stack, checkpoint: Checkpoint, target: Target) -> int:
    size = checkpoint.size
    written = 0
    for tiles in _runs(_wanted(size, target)):
        found = await store.read_tiles(session, [(tile.level, tile.index) for tile in tiles])
        for tile in tiles:
            data = found.get((tile.level, tile.index))
            written += await target.write(tile.path, tile_file(tile, None if data is None else bytes(data)))
    for first in range(0, size, WIDTH * AT_ONCE):
        written += await _events(session, target, first, min(size, first + WIDTH * AT_ONCE))
    note = await log_file(session, stack.keys, LOG_NAME, f"checkpoints/{size}")
    for path in ("policy.txt", "periods.json", "tokens.json", "bundles.json"):
        written += await target.write(path, await log_file(session, stack.keys, LOG_NAME, path))
    written += await _tokens(session, target)
    written += await target.write(f"checkpoints/{size}", note)
    return written + await target.write("checkpoint", note)


def _wanted(size: int, target: Target) -> Iterator[Tile]:
    """Every tile but the full ones that are there already: those never change."""
    for tile in tiles_of(size):
        both = (tile, Tile(ENTRIES, tile.index, tile.width)) if tile.level == 0 else (tile,)
        yield from (one for one in both if one.width < WIDTH or not target.has(one.path))


async def _events(session: AsyncSession, target: Target, low: int, high: int) -> int:
    told: dict[int, list[object]] = {index: [] for index in range(low // WIDTH, -(-high // WIDTH))}
    for line in await disclosed(session, low, high):
        told[(line.leaf or 0) // WIDTH].append(shown(line))
    written = 0
    for index, rows in told.items():
        written += await target.write(f"events/{index_path(index)}.json", LogFile(canonical(rows), JSON))
    return written


async def _tokens(session: AsyncSession, target: Target) -> int:
    """Time tokens and the checkpoints they are about."""
    rows = await session.execute(
        select(TimeToken, Checkpoint, cosigned_lines())
        .join(Checkpoint, Checkpoint.size == TimeToken.size)
        .order_by(TimeToken.size)
    )
    written = 0
    for token, checkpoint, lines in rows:
        name = f"tokens/{token.size}.{token.authority}.tsr"
        written += await target.write(name, LogFile(token.token, REPLY, Keeps.EVER))
        note = f"{checkpoint.note}{lines or ''}".encode()
        written += await target.write(f"checkpoints/{token.size}", LogFile(note, TEXT))
    return written


def _runs(tiles: Iterator[Tile]) -> Iterable[list[Tile]]:
    while run := list(islice(tiles, AT_ONCE)):
        yield run
