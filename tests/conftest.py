"""What all tests share: one embedded database server, one embedded object store, the folder of shared data."""

import asyncio
import gc
import itertools
import os
import re
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from functools import cache
from pathlib import Path
from shutil import disk_usage, rmtree

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from section_story import Story, told
from xdist.scheduler import LoadFileScheduling

from infra.auth import passwords
from infra.db.migrate import migrate
from infra.db.work import Database
from infra.embedded.databases import create_database, drop_database
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import ROLE, EmbeddedPostgres
from infra.objects import Objects
from infra.settings import DatabaseAddress
from web.i18n import Language
from web.render import environment

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A run begun in the background ignores Ctrl-C, and so would every program that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)

NUMBERS = itertools.count(1)
settings.register_profile("soak", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.register_profile("suite", settings.get_profile("soak"), max_examples=40)
settings.load_profile("soak")
"""How quick an example is made tells of the machine, not of the rule."""
TEMPLATE = "openhall_template"
MEMORY, ROOM, IN_MEMORY = Path("/dev/shm"), 4 << 30, "openhall-tests-"
"""A file system in memory, the bytes that must be free there, and how the folder of a process is called."""
ROOT = Path(__file__).resolve().parents[1]


WAITING = ("browser", "chaos", "custody", "embedded")
"""Folders whose tests mostly wait: for a deadline, a page, another process."""
LONG = ("test_marks.py", "test_audit_export.py", "test_sealing_engine.py", "test_draw.py", "test_panel.py")
"""Files that take longest, and so begin first: at the end one process would work alone."""


LONG_RUNS_ONLY = re.compile(r"^pytestmark = .*pytest\.mark\.soak", re.MULTILINE)


def pytest_configure(config: pytest.Config) -> None:
    """Where long runs are left out, fewer examples of every property are made too."""
    if config.getoption("markexpr") == "not soak":
        settings.load_profile("suite")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file of long runs alone is not even imported where they are left out: half of all tests stand in such files."""
    if config.getoption("markexpr") != "not soak" or not collection_path.name.startswith("test_"):
        return None
    return True if LONG_RUNS_ONLY.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_pycollect_makeitem(collector: pytest.Module, name: str, obj: object) -> list[pytest.Item] | None:
    """A long run is not even made ready where long runs are left out: with all its cases that is half of the collecting."""
    if collector.config.getoption("markexpr") != "not soak" or not name.startswith("test"):
        return None
    return [] if any(mark.name == "soak" for mark in getattr(obj, "pytestmark", ())) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: nobody looks for garbage in it, neither now nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait take turns with files that compute, so that no core idles; the longest go first."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    rows = sorted(files, key=lambda path: LONG.index(path.name) if path.name in LONG else len(LONG))
    waiting = [path for path in rows if path.parent.name in WAITING]
    busy = [path for path in rows if path.parent.name not in WAITING]
    places = {path: (index + 0.5) / len(row) for row in (waiting, busy) for index, path in enumerate(row)}
    items[:] = [item for path in sorted(files, key=lambda path: places[path]) for item in files[path]]


STORIES = ("section_story", "from evaluated", "rescue_story")
"""How a file names the story that it looks at; telling one takes half a minute."""
SOURCES = "tests/architecture/"
"""The files here read all sources and texts of the project: once, in one process."""


class ByStory(LoadFileScheduling):  # type: ignore[misc]
    """One file at a time to each process, but all that look at one story to the same, where it is told once."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return SOURCES if file.startswith(SOURCES) else _story_of(file) or file


@cache
def _story_of(file: str) -> str | None:
    text = (ROOT / file).read_text(encoding="utf-8")
    return next((story for story in STORIES if story in text), None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByStory | None:
    """For `--dist loadfile`; other ways of sharing the work are left as they are."""
    return ByStory(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Argon2id with the least work: the suite signs in thousands of times. `tests/auth` asks for the real strength."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The processes of one run share what they compile of the templates; the next run compiles anew."""
    base = tmp_path_factory.getbasetemp()
    for language in Language:
        kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"templates-{language}"
        kept.mkdir(exist_ok=True)
        environment(language).bytecode_cache = FileSystemBytecodeCache(str(kept))


@pytest.fixture(scope="session")
def servers_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the servers keep their files: in memory where there is room.

    A database is a copy of some five hundred files; on a disk making and dropping it takes ten times as long.
    """
    if not MEMORY.is_dir() or disk_usage(MEMORY).free < ROOM:
        yield tmp_path_factory.mktemp("servers-home")
        return
    for left in MEMORY.glob(f"{IN_MEMORY}*"):
        if not Path("/proc", left.name.removeprefix(IN_MEMORY)).exists():
            rmtree(left, ignore_errors=True)
    home = MEMORY / f"{IN_MEMORY}{os.getpid()}"
    home.mkdir(mode=0o700)
    yield home
    rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def database_home(servers_home: Path) -> Path:
    """The database server's."""
    home = servers_home / "database"
    home.mkdir(mode=0o700)
    return home


@pytest.fixture(scope="session")
def postgres(database_home: Path) -> Iterator[EmbeddedPostgres]:
    """One server for the whole run; every test takes its own database from it."""
    with EmbeddedPostgres.start(database_home, durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of the migrated database that every test's own is copied from."""
    asyncio.run(_make_template(postgres))
    return TEMPLATE


async def _make_template(postgres: EmbeddedPostgres) -> None:
    await create_database(postgres.admin_dsn, TEMPLATE, None, ROLE)
    await migrate(postgres.address.of(TEMPLATE))


@pytest_asyncio.fixture
async def fresh_database(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[DatabaseAddress]:
    """A database for one test, owned by the product's role, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    await create_database(postgres.admin_dsn, name, template, ROLE)
    yield postgres.address.of(name)
    await drop_database(postgres.admin_dsn, name)


@pytest_asyncio.fixture
async def database(fresh_database: DatabaseAddress) -> AsyncIterator[Database]:
    """The product's database with every table, for one test."""
    opened = Database(fresh_database.sqlalchemy, mode="demo")
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def objects_server(servers_home: Path) -> Iterator[EmbeddedObjects]:
    """One S3 server for the whole run; every test takes its own bucket or prefix."""
    home = servers_home / "objects"
    home.mkdir(mode=0o700)
    with EmbeddedObjects.start(home) as server:
        yield server


@pytest.fixture(scope="session")
def objects(objects_server: EmbeddedObjects) -> Iterator[Objects]:
    """A client of that server."""
    client = Objects(objects_server.address)
    yield client
    client.close()


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The third-party vectors and data beside the project; tests that need them are left out where they are absent."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    if not beside.is_dir():
        pytest.skip("no folder of shared data beside the project")
    return beside


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def story(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Story]:
    """Four sections told once for every test that only looks: running, failed, opened, finished."""
    async with told(postgres, template, objects) as found:
        yield found
