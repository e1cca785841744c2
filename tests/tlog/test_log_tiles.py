"""Tiles: their paths, which of them a tree has, and proofs made from nothing else."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.crypto import merkle
from infra.kernel.problems import Problem
from infra.tlog.tiles import (
    ENTRIES,
    Tile,
    bundle,
    index_path,
    new_tiles,
    node_reader,
    parse_bundle,
    parse_tile_path,
    read_hashes,
    tile_at,
    tiles_of,
)

SIZE = 70_000


@cache
def leaves() -> list[bytes]:
    """SIZE leaves, made when a test first asks for them and not when all tests are collected."""
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(SIZE)]


@cache
def stored() -> dict[Tile, bytes]:
    """The tiles of SIZE leaves, built level by level from the definition."""
    found, row, level = {}, leaves(), 0
    while row:
        for at in range(0, len(row), 256):
            hashes = row[at : at + 256]
            found[Tile(level, at // 256, len(hashes))] = b"".join(hashes)
        row = [merkle.root(row[at : at + 256]) for at in range(0, len(row) - 255, 256)]
        level += 1
    return found


def read_cut(tile: Tile) -> bytes:
    """A partial tile is the beginning of the one that later stands in its place."""
    whole = next(data for kept, data in stored().items() if (kept.level, kept.index) == (tile.level, tile.index))
    return whole[: 32 * tile.width]


def test_a_tree_of_70000_has_the_tiles_the_specification_counts() -> None:
    tiles = tiles_of(SIZE)
    assert set(tiles) == set(stored())
    assert len([tile for tile in tiles if tile.level == 0 and tile.width == 256]) == 273
    assert Tile(0, 273, 112) in tiles
    assert Tile(1, 0) in tiles
    assert Tile(1, 1, 17) in tiles
    assert Tile(2, 0, 1) in tiles


def test_a_tree_of_256_has_one_full_tile_and_one_of_width_1_above() -> None:
    assert tiles_of(256) == [Tile(0, 0), Tile(1, 0, 1)]


@settings(deadline=None)
@given(st.integers(0, SIZE), st.integers(0, SIZE))
def test_growing_writes_just_the_tiles_that_were_not_there(one: int, other: int) -> None:
    old, size = sorted((one, other))
    assert set(new_tiles(old, size)) == set(tiles_of(size)) - set(tiles_of(old))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(0, 1_234_067, 8), "tile/0/x001/x234/067.p/8"),
        (Tile(1, 0, 255), "tile/1/000.p/255"),
        (Tile(63, 999), "tile/63/999"),
        (Tile(ENTRIES, 1000), "tile/entries/x001/000"),
    ],
)
def test_a_tile_has_one_path_and_a_path_one_tile(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_tile_path(path) == tile


@settings(deadline=None)
@given(st.integers(0, 63), st.integers(0, 10**15), st.integers(1, 256))
def test_every_path_reads_back(level: int, index: int, width: int) -> None:
    assert parse_tile_path(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/08",
        "tile/0/000.p",
        "tile/-1/000",
        "tile/0/000/",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/0/../000",
        "tile/0/000\n",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(Problem, match=r"tile\.path"):
        parse_tile_path(path)


def test_an_index_is_written_in_groups_of_three() -> None:
    assert [index_path(number) for number in (0, 999, 1000, 1_000_000)] == ["000", "999", "x001/000", "x001/x000/000"]


@pytest.mark.parametrize("size", [1, 255, 256, 257, 511, 65_536, 65_537, SIZE])
def test_proofs_from_tiles_are_those_from_leaves(size: int) -> None:
    read_node = node_reader(size, read_cut)
    root = merkle.subtree_root(0, size, read_node)
    assert root == merkle.root(leaves()[:size])
    for place in {0, size // 2, size - 1}:
        proof = merkle.prove_inclusion(place, size, read_node)
        merkle.verify_inclusion(place, size, leaves()[place], proof, root)
    for first in {1, size // 2 or 1, size}:
        proof = merkle.prove_consistency(first, size, read_node)
        merkle.verify_consistency(first, size, merkle.root(leaves()[:first]), root, proof)


def test_a_proof_reads_few_tiles() -> None:
    asked: list[Tile] = []

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        return read_cut(tile)

    merkle.prove_inclusion(12_345, SIZE, node_reader(SIZE, read))
    assert len(asked) == len(set(asked)) <= 6


def test_a_tile_beyond_the_tree_is_absent() -> None:
    for level, index in ((0, 274), (1, 2), (3, 0), (0, -1)):
        with pytest.raises(Problem, match=r"tile\.absent"):
            tile_at(level, index, SIZE)


def test_a_tile_of_another_length_is_refused() -> None:
    with pytest.raises(Problem, match=r"tile\.size"):
        read_hashes(Tile(0, 0, 2), bytes(63))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back_and_a_cut_one_is_refused(entries: list[bytes]) -> None:
    data = bundle(entries)
    assert parse_bundle(data) == entries
    if entries:
        with pytest.raises(Problem, match=r"tile\.bundle"):
            parse_bundle(data[:-1])
