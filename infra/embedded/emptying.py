"""Empty a home: stop what runs there and remove what the embedded stores wrote, and nothing else."""

import os
import shutil
from pathlib import Path

from infra.embedded import objects, postgres
from infra.embedded.keeping import stop_holder
from infra.embedded.places import short_socket_directory
from infra.kernel.problems import Problem

OURS = ("postgres", "objects", "run", "logs")


def empty(home: Path) -> list[Path]:
    """Stop this home's stores and remove their folders; the folders that were there, none where there were none."""
    for lock in (objects.lock_of(home), postgres.lock_of(home)):
        stop_holder(lock)
    removed = []
    for path in (*(home / name for name in OURS), short_socket_directory(home)):
        if os.path.lexists(path):
            _remove(path)
            removed.append(path)
    return removed


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise Problem("store.no-permission", path=path, why=error.strerror or str(error)) from error
