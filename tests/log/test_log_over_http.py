"""The public log over HTTP: whoever walks the tiles rebuilds the root that the trustees have co-signed."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from scenes import Hall, a_hall

from infra.crypto import merkle
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.objects import Objects
from infra.tlog.policy import parse_policy
from infra.tlog.tiles import Tile, parse_bundle, read_hashes, tiles_of


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    """A log of some hundred leaves, every checkpoint co-signed."""
    async with a_hall(postgres, template, objects, bidders=0) as opened:
        for count in (3, 70, 0, 5):
            async with opened.database.work(SYSTEM) as work:
                for number in range(count):
                    work.record(Event.NOTICE_PUBLISHED, f"notice-{number}", n=number)
            await opened.beat()
            await opened.poll_all()
        # The last co-signature travels with the trustees' next exchange.
        await opened.poll_all()
        yield opened


async def fetched(hall: Hall, path: str) -> tuple[int, bytes]:
    async with await hall.client() as client:
        response = await client.get(path)
    return response.status_code, response.content


async def test_the_served_checkpoint_carries_the_quorum(hall: Hall) -> None:
    status, note = await fetched(hall, "/log/checkpoint")
    _, policy = await fetched(hall, "/log/policy.txt")
    checkpoint = parse_policy(policy).check(note, strict=True)
    assert status == 200 and len(checkpoint.times) == 3


async def test_the_served_policy_is_the_one_trustees_have_pinned(hall: Hall) -> None:
    _, policy = await fetched(hall, "/log/policy.txt")
    assert {program.state.policy for program in hall.trustees.values()} == {policy.decode()}


async def test_the_tiles_rebuild_the_cosigned_root(hall: Hall) -> None:
    _, note = await fetched(hall, "/log/checkpoint")
    _, policy = await fetched(hall, "/log/policy.txt")
    checkpoint = parse_policy(policy).check(note)
    leaves = []
    for tile in tiles_of(checkpoint.size):
        status, data = await fetched(hall, f"/log/{tile.path}")
        assert status == 200
        if tile.level == 0:
            leaves += read_hashes(tile, data)
    assert checkpoint.size > 256
    assert merkle.root(leaves) == checkpoint.root


async def test_the_entry_bundles_hash_to_the_leaves(hall: Hall) -> None:
    bundle = parse_bundle((await fetched(hall, "/log/tile/entries/000"))[1])
    leaves = read_hashes(Tile(0, 0), (await fetched(hall, "/log/tile/0/000"))[1])
    assert [merkle.leaf_hash(one) for one in bundle] == leaves


async def test_a_full_tile_may_be_kept_for_ever(hall: Hall) -> None:
    async with await hall.client() as client:
        response = await client.get("/log/tile/0/000")
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("path", ["0/000.p/8", "0/000.p/255", "0/001.p/8"])
async def test_an_earlier_width_of_a_tile_is_still_served(hall: Hall, path: str) -> None:
    status, data = await fetched(hall, f"/log/tile/{path}")
    assert status == 200 and len(data) == 32 * int(path.split("/")[-1])


@pytest.mark.parametrize("path", ["0/009", "0/002.p/255", "3/000", "0/0", "x", "0/000.p/0", "0/000.p/256", "64/000"])
async def test_a_tile_that_is_not_there_is_unknown(hall: Hall, path: str) -> None:
    assert (await fetched(hall, f"/log/tile/{path}"))[0] == 404


async def test_an_empty_log_says_so(postgres: EmbeddedPostgres, template: str, objects: Objects) -> None:
    async with a_hall(postgres, template, objects, bidders=0) as empty:
        assert (await fetched(empty, "/log/checkpoint"))[0] in (404, 503)
