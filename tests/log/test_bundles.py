"""The published sealing code: logged once a version, recomputed by anybody, and never a ground to refuse a bid."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner, Result
from portal import served
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from web.announcing import announce, announce_served, published_bundle, served_bundle
from web.bundle import LIST, digest_of, read_bundle
from web.commands.log import mirror
from web.commands.verify import command
from web.static import ROOT


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=0) as opened:
        stop = asyncio.Event()
        running = asyncio.create_task(announce_served(opened.database, stop))
        while not await opened.lines(Event.BUNDLE_PUBLISHED):
            await asyncio.sleep(0.01)
        stop.set()
        await running
        for _ in range(2):
            await opened.beat()
            await opened.poll_all()
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mirrored(hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    await mirror(hall.stack, folder)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path / "static"))


def verify(source: object, *options: object) -> Result:
    return CliRunner().invoke(command, ["bundle", str(source), *map(str, options)])


async def test_a_bundle_is_logged_once_and_the_next_version_again(hall: Hall) -> None:
    bundle = served_bundle()
    async with hall.database.work(SYSTEM) as work:
        assert await announce(work, bundle) is None
    [line] = await hall.lines(Event.BUNDLE_PUBLISHED)
    assert [one["name"] for one in line.facts["files"]] == list(bundle.files)
    async with hall.database.reading() as session:
        found = await published_bundle(session, bundle.digest)
        assert found is not None and found.leaf is not None
        assert await published_bundle(session, bytes(32)) is None


def test_a_checkout_gives_the_published_hash(mirrored: Path, checkout: Path) -> None:
    result = verify(checkout, "--log", mirrored, "--policy", mirrored / "policy.txt")
    assert result.exit_code == 0 and served_bundle().digest.hex() in result.stdout, result.output
    assert verify(checkout, "--log", mirrored).exit_code == 3
    assert verify(checkout).exit_code == 3


def test_a_platform_gives_the_published_hash_too(hall: Hall, mirrored: Path) -> None:
    address = hall.stack.settings.database
    assert address is not None
    with served(address, keys=hall.keys) as origin:
        assert verify(origin, "--policy", mirrored / "policy.txt").exit_code == 0


@pytest.mark.parametrize("name", [LIST, "js/seal/container.js", "vendor/tweetnacl/nacl-fast.min.js"])
def test_one_changed_byte_is_another_bundle(mirrored: Path, checkout: Path, name: str) -> None:
    with (checkout / name).open("ab") as file:
        file.write(b"\n")
    result = verify(checkout, "--log", mirrored, "--policy", mirrored / "policy.txt")
    assert result.exit_code == 1 and result.stderr.startswith("bundle.differs")


@pytest.mark.parametrize("name", [LIST, "js/seal/container.js"])
def test_a_missing_file_is_no_verdict(mirrored: Path, checkout: Path, name: str) -> None:
    (checkout / name).unlink()
    result = verify(checkout, "--log", mirrored)
    assert result.exit_code == 2 and result.stderr.startswith("bundle.source")


def test_a_list_that_names_nothing_is_refused() -> None:
    with pytest.raises(Problem, match=r"bundle\.source"):
        read_bundle(lambda _: b'const VERSION = "x 1";\nconst FILES = [];')


def test_the_hash_depends_on_names_order_and_contents() -> None:
    files = {"a.js": bytes(32), "b.js": bytes(32)}
    others = [{"b.js": bytes(32), "a.js": bytes(32)}, {"a.js": bytes(32)}, {**files, "b.js": b"x" * 32}]
    assert len({digest_of(one) for one in (files, *others)}) == 4
