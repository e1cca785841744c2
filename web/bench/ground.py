"""The private ground of one bench: stores in a temporary home, durable as in service, always stopped and removed."""

import asyncio
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from infra.db.migrate import migrate
from infra.embedded.children import Children, openhall
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.problems import Problem
from infra.settings import DatabaseAddress, ObjectAddress, Settings
from web.stage import PATIENCE, Stage

NOWHERE = ObjectAddress("127.0.0.1:9", "none", "none")
"""For a web process that will never be asked for an object."""


@contextmanager
def private_home() -> Iterator[Path]:
    """A home that nobody else uses."""
    home = Path(tempfile.mkdtemp(prefix="openhall-bench-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def private_database(home: Path) -> Iterator[DatabaseAddress]:
    """A migrated database of its own server; every commit reaches the disk."""
    with EmbeddedPostgres.start(home) as server:
        asyncio.run(migrate(server.address))
        yield server.address


@contextmanager
def private_stores(home: Path) -> Iterator[Settings]:
    """Both stores, and the settings of a platform in mode demo that stands on them."""
    with private_database(home) as database, EmbeddedObjects.start(home) as objects:
        yield settings_of(home, database, objects.address)


def settings_of(home: Path, database: DatabaseAddress, objects: ObjectAddress = NOWHERE) -> Settings:
    """The settings of a platform in mode demo at a free port of this machine."""
    port = free_port()
    return Settings(home, database, objects, "demo", "127.0.0.1", port, f"http://127.0.0.1:{port}")


@contextmanager
def web_process(settings: Settings) -> Iterator[int]:
    """One web process of the product, as `openhall serve` starts it; its port."""
    with _process(settings.home, "web", openhall("serve"), settings.port, Stage(settings).environ()):
        yield settings.port


@contextmanager
def bare_process(settings: Settings) -> Iterator[int]:
    """The process that a web process is compared with (`web.bench.bare`); its port."""
    assert settings.database is not None
    port = free_port()
    # The first word, as `openhall` gives it, is this interpreter.
    command = [openhall()[0], "-m", "web.bench.bare", str(port), settings.database.dsn]
    with _process(settings.home, "bare", command, port, None):
        yield port


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _process(
    home: Path, name: str, command: Sequence[str], port: int, environ: Mapping[str, str] | None
) -> Iterator[None]:
    with Children(home) as children:
        children.start(name, command, environ)
        _wait_until_ready(children, port)
        yield


def _wait_until_ready(children: Children, port: int) -> None:
    origin, until = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    while time.monotonic() < until:
        children.check()
        try:
            if httpx.get(f"{origin}/healthz", trust_env=False, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Problem("platform.silent", origin=origin, seconds=PATIENCE)
