"""The private ground of one bench: stores in a temporary home, durable as in service, always stopped and removed."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.db.migrate import migrate
from infra.embedded.postgres import EmbeddedPostgres
from infra.settings import DatabaseAddress


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
