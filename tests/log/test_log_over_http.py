"""The public log over HTTP: whoever walks the tiles rebuilds the root that the trustees have co-signed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner
from scenes import Hall, a_hall

from infra.crypto import merkle
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.tlog.policy import parse_policy
from infra.tlog.tiles import Tile, parse_bundle, read_hashes, tiles_of
from web.commands.log import command, mirror

S3 = "http://nobody:nothing@127.0.0.1:9"
"""No store is asked when the log is written out."""


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


# ---- how files are sent ---------------------------------------------------------------------------------------------

FOR_EVER, A_MINUTE, NOT = "public, max-age=31536000, immutable", "public, max-age=60", "no-cache"
SENT = {
    "checkpoint": ("text/plain; charset=utf-8", NOT),
    "policy.txt": ("text/plain; charset=utf-8", NOT),
    "tile/0/000": ("application/octet-stream", FOR_EVER),
    "tile/entries/000": ("application/octet-stream", FOR_EVER),
    "tile/0/000.p/8": ("application/octet-stream", A_MINUTE),
    "tile/entries/001.p/8": ("application/octet-stream", A_MINUTE),
    "events/000.json": ("application/json", NOT),
    "periods.json": ("application/json", NOT),
    "tokens.json": ("application/json", NOT),
    "bundles.json": ("application/json", NOT),
    "proofs/0.tlog-proof": ("text/plain; charset=utf-8", NOT),
}


@pytest.mark.parametrize("path", SENT)
async def test_a_file_of_the_log_says_what_it_is_how_long_it_keeps_and_that_any_site_may_read_it(
    hall: Hall, path: str
) -> None:
    async with await hall.client() as client:
        answer = await client.get(f"/log/{path}", headers={"origin": "https://elsewhere.example"})
        again = await client.get(f"/log/{path}", headers={"if-none-match": answer.headers["etag"]})
        head = await client.head(f"/log/{path}")
        part = await client.get(f"/log/{path}", headers={"range": "bytes=0-3"})
    told = answer.headers
    assert (answer.status_code, told["content-type"], told["cache-control"]) == (200, *SENT[path])
    assert told["access-control-allow-origin"] == "*" and "set-cookie" not in told
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", told["etag"])
    assert int(head.headers["content-length"]) == len(answer.content)
    assert (part.status_code, part.content) == (200, answer.content)


@pytest.mark.parametrize(
    "path", ["events/99.json", "events/x.json", "proofs/x.tlog-proof", "tokens/x", "checkpoints/x"]
)
async def test_a_name_of_no_file_is_unknown(hall: Hall, path: str) -> None:
    assert (await fetched(hall, f"/log/{path}"))[0] == 404


async def test_a_mirror_holds_the_very_bytes_that_are_served_and_writes_only_what_is_new(
    hall: Hall, tmp_path: Path
) -> None:
    _, written = await mirror(hall.stack, tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written == len(files) > 10
    for path in files:
        assert (await fetched(hall, f"/log/{path.relative_to(tmp_path)}"))[1] == path.read_bytes(), path
    assert (await mirror(hall.stack, tmp_path))[1] == 0
    assert not list(tmp_path.rglob(".*"))


async def test_a_mirror_that_cannot_be_written_is_refused(hall: Hall, tmp_path: Path) -> None:
    (tmp_path / "tile").write_text("a file where a folder should be")
    with pytest.raises(Problem, match=r"log\.export"):
        await mirror(hall.stack, tmp_path)


def test_the_mirror_is_written_by_a_command(hall: Hall, tmp_path: Path) -> None:
    address = hall.stack.settings.database
    assert address is not None
    environment = {"OPENHALL_HOME": str(hall.folder), "OPENHALL_DATABASE_URL": address.dsn, "OPENHALL_S3_URL": S3}
    result = CliRunner().invoke(command, ["export", str(tmp_path / "log")], env=environment)
    assert result.exit_code == 0 and (tmp_path / "log/checkpoint").is_file(), result.output
