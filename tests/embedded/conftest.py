"""Scenes for stores and processes: scripts that run in a process of their own, as this or another user."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOTH = """
import sys, time
from pathlib import Path
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import EmbeddedPostgres
home = Path(sys.argv[1])
with EmbeddedPostgres.start(home, durable=False), EmbeddedObjects.start(home):
    print("ready", flush=True)
    time.sleep(600)
"""
# A run started in the background hands its children an ignored SIGINT; the starter takes Python's own handler back.
ONE = """
import signal, sys, time
from pathlib import Path
from infra.embedded.postgres import EmbeddedPostgres
signal.signal(signal.SIGINT, signal.default_int_handler)
with EmbeddedPostgres.start(Path(sys.argv[1]), durable=False) as server:
    print("started", server.started_here, flush=True)
    time.sleep(600)
"""
DATABASE = """
import os, subprocess, sys
from pathlib import Path
from infra.embedded.postgres import EmbeddedPostgres, binaries
home = Path(sys.argv[1])
for text in ("create table kept (n int); insert into kept values (7)", "select n from kept"):
    with EmbeddedPostgres.start(home, durable=False) as server:
        said = subprocess.run([binaries() / "psql", server.dsn, "-Atc", text], capture_output=True, text=True)
print(os.geteuid(), said.stdout.strip(), said.stderr.strip())
"""


@pytest.fixture
def script() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a Python script with the project importable, in a process group of its own."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str | Path, before: Sequence[str] = ()) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*before, sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether it becomes true; gives up after a while, so that a broken promise fails instead of hanging."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(process: int) -> bool:
    """Whether a process of this number exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
