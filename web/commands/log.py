"""`openhall log export`: the public log as a folder of files that any web server can serve and anybody can verify."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem
from infra.settings import Settings
from infra.tlog import store
from infra.tlog.evidence import cosigned_lines
from infra.tlog.tables import Checkpoint, TimeToken
from infra.tlog.tiles import ENTRIES, WIDTH, Tile, index_path, tiles_of
from trading.publication.logged import disclosed
from web.api.log_files import log_file, newest, shown, tile_file
from web.state import Stack
from web.wiring import LOG_NAME, open_stack

AT_ONCE = 256
"""Tiles, or bundles of disclosed events, that are read in one query."""


@click.group()
def command() -> None:
    """The public log."""


@command.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the log's files into FOLDER; run again, only what is new is written. The checkpoint comes last."""
    size, written = asyncio.run(_run(Settings.from_environment(os.environ), folder))
    click.echo(f"{size} leaves, {written} files written into {folder}")


async def _run(settings: Settings, folder: Path) -> tuple[int, int]:
    async with open_stack(settings) as stack:
        return await mirror(stack, folder)


async def mirror(stack: Stack, folder: Path) -> tuple[int, int]:
    """The size of the log that the folder holds now, and how many files were written; `log.export`, `log.empty`."""
    try:
        async with stack.database.reading() as session:
            checkpoint = await newest(session)
            return checkpoint.size, await _write_all(session, stack, checkpoint, folder)
    except OSError as error:
        raise Problem("log.export", folder=folder, why=error.strerror) from error


async def _write_all(session: AsyncSession, stack: Stack, checkpoint: Checkpoint, folder: Path) -> int:
    size = checkpoint.size
    written = 0
    for tiles in _runs(_wanted(size, folder)):
        found = await store.read_tiles(session, [(tile.level, tile.index) for tile in tiles])
        for tile in tiles:
            data = found.get((tile.level, tile.index))
            written += _write(folder / tile.path, tile_file(tile, None if data is None else bytes(data)).content)
    for first in range(0, size, WIDTH * AT_ONCE):
        written += await _events(session, folder, first, min(size, first + WIDTH * AT_ONCE))
    note = (await log_file(session, stack.keys, LOG_NAME, f"checkpoints/{size}")).content
    for path in ("policy.txt", "periods.json", "tokens.json", "bundles.json"):
        written += _write(folder / path, (await log_file(session, stack.keys, LOG_NAME, path)).content)
    written += await _tokens(session, folder)
    return written + _write(folder / f"checkpoints/{size}", note) + _write(folder / "checkpoint", note)


def _wanted(size: int, folder: Path) -> Iterator[Tile]:
    """Every tile but the full ones that are there already: those never change."""
    for tile in tiles_of(size):
        both = (tile, Tile(ENTRIES, tile.index, tile.width)) if tile.level == 0 else (tile,)
        yield from (one for one in both if one.width < WIDTH or not (folder / one.path).is_file())


async def _events(session: AsyncSession, folder: Path, low: int, high: int) -> int:
    told: dict[int, list[object]] = {index: [] for index in range(low // WIDTH, -(-high // WIDTH))}
    for line in await disclosed(session, low, high):
        told[(line.leaf or 0) // WIDTH].append(shown(line))
    return sum(_write(folder / f"events/{index_path(index)}.json", canonical(rows)) for index, rows in told.items())


async def _tokens(session: AsyncSession, folder: Path) -> int:
    """Time tokens and the checkpoints they are about; both never change."""
    rows = await session.execute(
        select(TimeToken, Checkpoint, cosigned_lines())
        .join(Checkpoint, Checkpoint.size == TimeToken.size)
        .order_by(TimeToken.size)
    )
    return sum(
        _write(folder / f"tokens/{token.size}.{token.authority}.tsr", token.token)
        + _write(folder / f"checkpoints/{token.size}", f"{checkpoint.note}{lines or ''}".encode())
        for token, checkpoint, lines in rows
    )


def _runs(tiles: Iterator[Tile]) -> Iterable[list[Tile]]:
    while run := list(islice(tiles, AT_ONCE)):
        yield run


def _write(file: Path, content: bytes) -> bool:
    """Whether the file had to be written: whole or not at all, so that a server beside sees no half of it."""
    if file.is_file() and file.read_bytes() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.write_bytes(content)
    os.replace(beside, file)
    return True
