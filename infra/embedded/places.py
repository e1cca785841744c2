"""The places of an embedded store under OPENHALL_HOME: private directories, locks, log files, room on the disk."""

import errno
import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from infra.kernel.problems import Problem

SOCKET_PATH_LIMIT = 103  # bytes of a Unix socket's path that macOS and Linux both take (sun_path)
LOG_LIMIT = 10_000_000


def private_directory(path: Path, owner: int | None = None) -> Path:
    """The directory, made when missing, open to its owner only."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    if owner is not None and path.stat().st_uid != owner:
        os.chown(path, owner, -1)
    return path


@contextmanager
def starting(home: Path, name: str) -> Iterator[Path]:
    """`home/NAME`, held by one starter at a time; what the system refuses meanwhile becomes a `store.…`.

    The rights of an existing home are left alone: it may be a directory that others use as well.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = private_directory(home / name)
        with exclusively(place / "starting.lock"):
            yield place
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Problem("store.no-space", path=home, free=0, needed=1) from error
        raise Problem("store.no-permission", path=error.filename or home, why=error.strerror) from error


def private_file(path: Path, text: str) -> Path:
    """Write a file that only its owner may read, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return partial.replace(path)


def need_room(path: Path, megabytes: int) -> None:
    """`store.no-space` unless this many megabytes are free where `path` is."""
    free = shutil.disk_usage(path).free // 1_000_000
    if free < megabytes:
        raise Problem("store.no-space", path=path, free=free, needed=megabytes)


def socket_directory(home: Path, owner: int) -> Path:
    """A private directory for the database's socket: `home/run`, or one under /tmp where clients cannot take that."""
    near = home / "run"
    short_enough = len(os.fsencode(near / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    if short_enough and not set(str(near)) & set(',:"'):  # which clients read as lists of hosts
        return private_directory(near, owner)
    short = short_socket_directory(home)
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.getuid(), owner}:
        raise Problem("store.no-permission", path=short, why="it belongs to somebody else")
    return private_directory(short, owner)


def short_socket_directory(home: Path) -> Path:
    """Where a home's socket is when the home's own path cannot hold one."""
    return Path("/tmp") / f"openhall-{os.getuid()}-{sha256(os.fsencode(home)).hexdigest()[:16]}"


def log_file(home: Path, name: str) -> Path:
    """`home/logs/NAME.log`; one older file is kept aside once it has grown past 10 MB."""
    log = private_directory(home / "logs") / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    return log


def last_lines(log: Path, count: int = 8) -> str:
    """The last lines of a log file, for a problem's facts; empty where there is none."""
    if not log.exists():
        return ""
    with open(log, "rb") as file:
        file.seek(max(0, log.stat().st_size - 20_000))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return "\n".join(line[:300] for line in lines[-count:])


@contextmanager
def exclusively(lock: Path, seconds: float = 60.0) -> Iterator[None]:
    """Hold a lock file while two commands might start the same store; `store.busy` after that many seconds."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + seconds
        while not _locked(handle):
            if time.monotonic() > until:
                raise Problem("store.busy", path=lock.parent)
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def is_held(lock: Path) -> bool:
    """Whether a living process holds the lock; a lock file left over by a crash is never held."""
    if not lock.exists():
        return False
    handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    try:
        return not _locked(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
