"""The log's files in the object store: the same bytes as in a folder, with the right headers, written once where they last."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.tlog import sequencer
from web.api.log_files import Keeps, LogFile
from web.cli import group
from web.commands.log import mirror
from web.commands.log_targets import bucket_target
from web.wiring import log_keys

DAY = timedelta(days=1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=0) as hall:
        await grown(hall, 300)
        yield hall


async def grown(hall: Hall, lines: int) -> None:
    async with hall.database.work(SYSTEM) as work:
        for number in range(lines):
            work.record(Event.NOTICE_PUBLISHED, f"notice-{number}", kind="tender-notice", title="甲", facts={})
    await sequencer.beat(hall.database, log_keys(hall.stack))
    await hall.poll_all()


async def exported(hall: Hall, bucket: str, retained: timedelta | None = None) -> tuple[int, int]:
    return await mirror(hall.stack, await bucket_target(hall.objects, bucket, "log", retained))


async def fetched(hall: Hall, bucket: str, folder: Path) -> set[str]:
    """Every object of the bucket as a file below the folder."""
    found = await hall.objects.list(bucket)
    for one in found:
        place = folder / one.key
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(await hall.objects.get(bucket, one.key))
    return {one.key for one in found}


async def test_the_bucket_holds_what_a_folder_holds_and_verifies(hall: Hall, tmp_path: Path) -> None:
    size, _ = await exported(hall, "mirror-whole")
    names = await fetched(hall, "mirror-whole", tmp_path)
    await mirror(hall.stack, tmp_path / "folder")
    files = {one.relative_to(tmp_path / "folder") for one in (tmp_path / "folder").rglob("*") if one.is_file()}
    assert {f"log/{one}" for one in files} == names and size > 256
    assert all((tmp_path / "log" / one).read_bytes() == (tmp_path / "folder" / one).read_bytes() for one in files)
    policy = str(tmp_path / "folder" / "policy.txt")
    told = CliRunner().invoke(group, ["verify", "log", str(tmp_path / "log"), "--policy", policy])
    assert told.exit_code == 0, told.output


async def test_what_never_changes_is_marked_so_and_written_once(hall: Hall) -> None:
    await exported(hall, "mirror-headers")
    before = {one.key: one.version for one in await hall.objects.list("mirror-headers")}
    for name, kept in (("tile/0/000", Keeps.EVER), ("checkpoint", Keeps.NOT), ("policy.txt", Keeps.NOT)):
        told = await hall.objects.stat("mirror-headers", f"log/{name}")
        assert told.headers["cache-control"] == kept.value, name
        assert told.headers["content-type"] == ("application/octet-stream" if name[:4] == "tile" else "text/plain")
    await grown(hall, 5)
    _, written = await exported(hall, "mirror-headers")
    after = {one.key: one.version for one in await hall.objects.list("mirror-headers")}
    assert written > 0 and after["log/checkpoint"] != before["log/checkpoint"]
    assert after["log/tile/0/000"] == before["log/tile/0/000"]
    assert await hall.objects.get("mirror-headers", "log/checkpoint")
    with pytest.raises(Problem, match=r"objects\.missing"):
        await hall.objects.get("mirror-headers", "log/checkpoint", before["log/checkpoint"])


async def test_exporting_again_writes_nothing_where_nothing_is_new(hall: Hall) -> None:
    await exported(hall, "mirror-again")
    assert (await exported(hall, "mirror-again"))[1] == 0


async def test_the_store_keeps_what_never_changes_for_the_time_asked(hall: Hall) -> None:
    await exported(hall, "mirror-kept", DAY)
    found = {one.key: one.version or "" for one in await hall.objects.list("mirror-kept")}
    assert await hall.objects.retained_until("mirror-kept", "log/tile/0/000", found["log/tile/0/000"]) is not None
    assert await hall.objects.retained_until("mirror-kept", "log/checkpoint", found["log/checkpoint"]) is None
    with pytest.raises(Problem, match=r"objects\.locked"):
        await hall.objects.delete("mirror-kept", "log/tile/0/000", found["log/tile/0/000"])


async def test_another_file_under_the_name_of_one_that_never_changes_is_refused(hall: Hall) -> None:
    await hall.objects.ensure_bucket("mirror-strange")
    target = await bucket_target(hall.objects, "mirror-strange", "log")
    await exported(hall, "mirror-strange")
    [tile] = [one for one in await hall.objects.list("mirror-strange") if one.key == "log/tile/0/000"]
    assert tile.version is not None and not target.has("tile/0/000")
    await hall.objects.put("mirror-strange", "log/tokens/1.own.tsr", b"another")
    late = await bucket_target(hall.objects, "mirror-strange", "log")
    with pytest.raises(Problem, match=r"log\.export-differs"):
        await late.write("tokens/1.own.tsr", LogFile(b"true", "application/timestamp-reply", Keeps.EVER))


@pytest.mark.parametrize("words", [[], ["folder", "--bucket", "b"], ["folder", "--retain", "3"]])
def test_one_place_is_named(words: list[str]) -> None:
    result = CliRunner().invoke(group, ["log", "export", *words])
    assert result.exit_code == 2 and "Name FOLDER or --bucket" in result.output
