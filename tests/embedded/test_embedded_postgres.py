"""The embedded database: fresh, kept, shared, crashed, foreign; as any user."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import asyncpg
import pytest

from infra.embedded.databases import create_database
from infra.embedded.places import is_held, need_room, short_socket_directory
from infra.embedded.postgres import ROLE, EmbeddedPostgres, binaries, lock_of
from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress
from tests.embedded.conftest import BOTH, DATABASE, ONE, alive, until

Script = Callable[..., subprocess.Popen[str]]
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
NO_NAMESPACE = ("setpriv", "--bounding-set=-setfcap", "--inh-caps=-setfcap")


async def asked(address: DatabaseAddress, question: str) -> object:
    connection = await asyncpg.connect(address.dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose server was started once and stopped."""
    home = tmp_path_factory.mktemp("made")
    begun(home).stop()
    return home


@pytest.fixture
def used(made: Path, tmp_path: Path) -> Path:
    """A home of one's own that has been used before."""
    return Path(shutil.copytree(made, tmp_path / "used"))


def begun(home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres.start(home, durable=False)


def postmaster(home: Path) -> int:
    return int((home / "postgres/data/postmaster.pid").read_text().split()[0])


async def test_the_product_is_no_superuser_of_its_database(postgres: EmbeddedPostgres) -> None:
    assert await asked(postgres.address, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


async def test_text_is_ordered_by_code_point_on_every_machine(postgres: EmbeddedPostgres) -> None:
    question = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"
    assert await asked(postgres.address, question) == "bC.UTF-8"


async def test_no_port_is_open(postgres: EmbeddedPostgres) -> None:
    assert await asked(postgres.admin, "SHOW listen_addresses") == ""


async def test_data_are_there_after_a_restart(used: Path) -> None:
    with begun(used) as server:
        await asked(server.address, "CREATE TABLE kept AS SELECT 7 AS n")
    with begun(used) as server:
        assert await asked(server.address, "SELECT n FROM kept") == 7


async def test_a_second_start_uses_the_running_server_and_its_stop_leaves_it_alone(
    postgres: EmbeddedPostgres, database_home: Path
) -> None:
    second = begun(database_home)
    second.stop()
    assert (second.started_here, second.address) == (False, postgres.address)
    assert await asked(second.address, "SELECT 1") == 1


@pytest.mark.soak
def test_of_two_that_start_at_once_one_starts_and_both_use_it(used: Path, script: Script) -> None:
    starters = [script(ONE, used) for _ in range(2)]
    said = [starter.stdout.readline() for starter in starters if starter.stdout]
    assert sorted(said) == ["started False\n", "started True\n"]


def test_after_stop_nothing_of_the_server_is_left_running(used: Path) -> None:
    with begun(used):
        number = postmaster(used)
    assert not is_held(lock_of(used))
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


async def test_a_crashed_server_starts_again_with_what_was_committed(used: Path) -> None:
    with begun(used) as server:
        await asked(server.address, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(postmaster(used), signal.SIGKILL)
        assert until(lambda: server.ended is not None)
    with begun(used) as server:
        assert await asked(server.address, "SELECT n FROM kept") == 7


async def test_a_stale_lock_whose_number_went_to_another_program_is_no_hindrance(used: Path) -> None:
    stale = f"{os.getpid()}\n{used}/postgres/data\n1\n5432\n/nowhere\n\n  1 1\nready\n"
    (used / "postgres/data/postmaster.pid").write_text(stale)
    with begun(used) as server:
        assert await asked(server.address, "SELECT 1") == 1


def test_a_server_that_somebody_else_runs_on_these_data_is_named(used: Path) -> None:
    data = used / "postgres/data"
    other = subprocess.Popen(["bash", "-c", "sleep 60; : postgres -D " + str(data)])
    try:
        (data / "postmaster.pid").write_text(f"{other.pid}\n{data}\n1\n5432\n\n\n\nready\n")
        with pytest.raises(Problem, match=r"store.in-use"):
            begun(used)
    finally:
        other.kill()
        other.wait()


def test_data_of_another_version_are_left_alone_and_the_version_is_told(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("13\n")
    with pytest.raises(Problem) as told:
        begun(tmp_path)
    assert (told.value.code, told.value.facts["found"]) == ("store.wrong-version", "13")


def test_a_data_folder_without_a_version_is_told_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(Problem, match=r"store.damaged"):
        begun(tmp_path)


@pytest.mark.soak
async def test_a_first_start_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.partial"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with begun(tmp_path) as server:
        assert await asked(server.address, "SELECT current_user::text") == ROLE


@pytest.mark.parametrize("name", ["a-long-name-of-a-folder-" * 5, "阳光, 交易: \"大厅\" 'x' %20"], ids=["deep", "odd"])
@pytest.mark.soak
async def test_a_home_whose_path_cannot_hold_a_socket_works(tmp_path: Path, name: str) -> None:
    deep = tmp_path / name
    with begun(deep) as server:
        assert await asked(server.address, "SELECT 1") == 1
        sockets = Path(server.address.host)
        assert sockets.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(sockets)


def test_a_socket_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    deep = tmp_path / ("a-long-name-of-a-folder-" * 5)
    trap = short_socket_directory(deep)
    trap.symlink_to(tmp_path)
    try:
        with pytest.raises(Problem, match=r"store.no-permission"):
            begun(deep)
    finally:
        trap.unlink()


def test_too_little_room_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"store.no-space"):
        need_room(tmp_path, 10**9)


def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Problem, match=r"store.no-permission"):
        begun(tmp_path / "home")


def test_a_missing_program_is_named(script: Script) -> None:
    code = """
import sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
from infra.embedded.postgres import binaries
binaries()
"""
    told, _ = script(code).communicate(timeout=30)
    assert "store.no-program: name=postgres" in told


@pytest.mark.soak
@pytest.mark.soak
def test_both_servers_end_when_their_starter_is_killed(tmp_path: Path, script: Script) -> None:
    starter = script(BOTH, tmp_path)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "ready\n"
    numbers = [int(line) for name in ("postgres", "objects") for line in lock_text(tmp_path, name).split()]
    starter.kill()
    starter.wait()
    assert until(lambda: not any(alive(number) for number in numbers))


def test_the_server_ends_when_its_guard_is_killed(used: Path, script: Script) -> None:
    starter = script(ONE, used)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "started True\n"
    guard, server = map(int, lock_text(used, "postgres").split())
    os.kill(guard, signal.SIGKILL)
    assert until(lambda: not alive(server))


@pytest.mark.soak
def test_ctrl_c_reaches_the_starter_first_and_the_database_shuts_down_in_order(used: Path, script: Script) -> None:
    starter = script(ONE, used)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "started True\n"
    os.killpg(starter.pid, signal.SIGINT)
    starter.wait(30)
    assert "database system is shut down" in (used / "logs/postgres.log").read_text().splitlines()[-1]


FULL = """
import asyncio, subprocess, sys
from pathlib import Path
import asyncpg
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.problems import Problem
home = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=420m", "none", home], check=True)
ROWS = "insert into kept select repeat(n::text, 2000) from generate_series(1, 1000) n"

async def asked(server, text):
    connection = await asyncpg.connect(server.dsn)
    try:
        return await connection.fetchval(text)
    finally:
        await connection.close()

def fill():
    try:
        with open(home / "ballast", "wb", 0) as file:
            while True:
                file.write(bytes(1 << 20))
    except OSError:
        pass

with EmbeddedPostgres.start(home, durable=False) as server:
    asyncio.run(asked(server, "create table kept (said text)"))
    fill()
    try:
        asyncio.run(asked(server, ROWS))
    except asyncpg.DiskFullError:
        print("refused", end=" ")
    (home / "ballast").unlink()
    asyncio.run(asked(server, ROWS))
    print(asyncio.run(asked(server, "select count(*) from kept")), server.ended, end=" ")
fill()
try:
    EmbeddedPostgres.start(home, durable=False)
except Problem as problem:
    print(problem.code)
"""


@as_root
@pytest.mark.soak
def test_a_full_disk_refuses_one_statement_and_the_next_is_taken_when_there_is_room_again(
    tmp_path: Path, script: Script
) -> None:
    told, _ = script(FULL, tmp_path, before=("unshare", "-m")).communicate(timeout=60)
    assert told.split() == ["refused", "1000", "None", "store.no-space"]


@as_root
@pytest.mark.parametrize("user", [65534, 54321], ids=["with an account", "without an account"])
@pytest.mark.soak
def test_an_ordinary_user_can_run_it(script: Script, user: int) -> None:
    if not all(folder.stat().st_mode & 0o001 for folder in binaries().parents):
        pytest.skip("other users cannot reach the database's programs here")
    home = Path(mkdtemp())
    os.chown(home, user, user)
    caps = "+dac_read_search"
    ordinary = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps", caps)
    told, _ = script(DATABASE, home, before=(*ordinary, "--ambient-caps", caps)).communicate(timeout=60)
    shutil.rmtree(home)
    assert told.split() == [str(user), "7"]


@as_root
@pytest.mark.soak
def test_root_without_namespaces_runs_it_as_nobody_even_in_a_closed_home(tmp_path: Path, script: Script) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    home = tmp_path / "closed" / "home"
    told, _ = script(DATABASE, home, before=NO_NAMESPACE).communicate(timeout=60)
    assert told.split() == ["0", "7"]
    assert (home / "postgres/data").stat().st_uid != 0


@as_root
@pytest.mark.soak
def test_data_that_root_made_in_a_namespace_are_handed_over_where_there_is_none(used: Path, script: Script) -> None:
    told, _ = script(DATABASE, used, before=NO_NAMESPACE).communicate(timeout=60)
    assert told.split() == ["0", "7"]


async def test_a_database_is_a_copy_of_its_template(
    postgres: EmbeddedPostgres, fresh_database: DatabaseAddress
) -> None:
    await asked(fresh_database, "CREATE TABLE kept AS SELECT 7 AS n")
    name = fresh_database.database + "_copy"
    await create_database(postgres.admin_dsn, name, fresh_database.database, ROLE)
    assert await asked(postgres.address.of(name), "SELECT n FROM kept") == 7


async def test_a_database_name_that_is_more_than_a_name_is_refused(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(Problem, match=r"database.bad-name"):
        await create_database(postgres.admin_dsn, 'x"; DROP DATABASE openhall; --')


def lock_text(home: Path, name: str) -> str:
    return (home / name / "server.lock").read_text()


def test_the_socket_is_closed_to_other_users(postgres: EmbeddedPostgres) -> None:
    folder = Path(postgres.address.host)
    assert folder.stat().st_mode & 0o077 == 0
    with socket.socket(socket.AF_UNIX) as here:
        here.connect(str(folder / ".s.PGSQL.5432"))
