"""Tiles (C2SP tlog-tiles): the tree as immutable files of up to 256 hashes, their paths, and nodes read from them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from infra.crypto import merkle
from infra.kernel.problems import Problem

WIDTH = 256
ENTRIES = -1

_PATH = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/){0,6}\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True)
class Tile:
    """A tile's place: level (0 holds leaf hashes, `ENTRIES` entry bundles), index from the left, and its hashes."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """`tile/0/x001/x234/067` for a full tile, with `.p/8` for a partial one of 8."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{index_path(self.index)}{partial}"


ReadTile = Callable[[Tile], bytes]


def index_path(index: int) -> str:
    """1234067 gives `x001/x234/067`."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def parse_tile_path(path: str) -> Tile:
    """The tile a path names; `tile.path` unless the path is the one way to write it."""
    found = _PATH.fullmatch(path)
    if not found:
        raise Problem("tile.path", path=path[:120])
    level, index, width = found.groups()
    number = int(index.replace("x", "").replace("/", ""))
    tile = Tile(ENTRIES if level == "entries" else int(level), number, int(width or WIDTH))
    if tile.path != path or tile.level > 63 or tile.width > WIDTH:
        raise Problem("tile.path", path=path[:120])
    return tile


def tiles_of(size: int) -> list[Tile]:
    """Every tile of hashes of a tree of this size, level by level, left to right."""
    return list(_grown(0, size))


def new_tiles(old: int, size: int) -> list[Tile]:
    """The tiles to write when a tree grows from `old` to `size`: those completed and the partial ones that changed."""
    return list(_grown(old, size))


def read_hashes(tile: Tile, data: bytes) -> list[bytes]:
    """A tile's hashes; `tile.size` unless there are exactly as many as its width."""
    if len(data) != 32 * tile.width:
        raise Problem("tile.size", path=tile.path, bytes=len(data))
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def node_reader(size: int, read_tile: ReadTile) -> merkle.ReadNode:
    """Nodes for `merkle.prove_inclusion` and its like out of the tiles of a tree of this size, each tile read once."""
    kept: dict[Tile, list[bytes]] = {}

    def read_node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, 8)
        first = index << height
        tile = tile_at(tile_level, first // WIDTH, size)
        if tile not in kept:
            kept[tile] = read_hashes(tile, read_tile(tile))
        start = first % WIDTH
        return merkle.root(kept[tile][start : start + (1 << height)])

    return read_node


def tile_at(level: int, index: int, size: int) -> Tile:
    """The tile at this place in a tree of this size, partial at the right edge; `tile.absent` beyond it."""
    there = (size >> (8 * max(level, 0))) - index * WIDTH
    if index < 0 or there <= 0:
        raise Problem("tile.absent", level=level, index=index, size=size)
    return Tile(level, index, min(there, WIDTH))


def bundle(entries: Iterable[bytes]) -> bytes:
    """An entry bundle: each entry behind its 2-byte big-endian length."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; `tile.bundle` where a length does not fit."""
    found, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise Problem("tile.bundle", bytes=len(data))
        found.append(data[at + 2 : end])
        at = end
    return found


def _grown(old: int, size: int) -> Iterator[Tile]:
    level = 0
    while size:
        if size > old:
            for index in range(old // WIDTH, -(-size // WIDTH)):
                yield Tile(level, index, min(WIDTH, size - index * WIDTH))
        old, size, level = old // WIDTH, size // WIDTH, level + 1
