"""`openhall run` as its user meets it: a first page, a city that fills, Ctrl-C in the middle of it, a second start."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from infra.embedded.children import openhall

pytestmark = pytest.mark.soak


def a_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hear_ctrl_c() -> None:
    """A shell's background job comes with Ctrl-C ignored; a terminal's does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(home: Path, port: int, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process group of its own, as a terminal starts it."""
    process = subprocess.Popen(
        openhall("run", "--port", str(port), *options),
        env={**os.environ, "OPENHALL_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def told_until(process: subprocess.Popen[str], words: str) -> str:
    """What it told up to the line with these words."""
    assert process.stderr is not None
    told = ""
    for line in process.stderr:
        told += line
        if words in line:
            return told
    raise AssertionError(told)


def interrupted(process: subprocess.Popen[str]) -> str:
    """Ctrl-C reaches every process of the terminal at once; what was told after it."""
    assert process.stderr is not None
    os.killpg(process.pid, signal.SIGINT)
    told = process.stderr.read()
    assert process.wait(30) == 0
    return told


def test_ctrl_c_ends_everything_quietly_and_frees_the_port(tmp_path: Path) -> None:
    port = a_port()
    with running(tmp_path, port, "--bare") as process:
        told_until(process, "serving")
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=10).status_code == 200
        told = interrupted(process)
    assert "stopping" in told
    assert "Traceback" not in told
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_ctrl_c_while_the_city_fills_ends_everything_quietly_and_the_next_start_serves_again(tmp_path: Path) -> None:
    port = a_port()
    page = f"http://127.0.0.1:{port}/"
    with running(tmp_path, port) as process:
        told_until(process, "three trustees asked")
        assert "云湖市" in httpx.get(page, trust_env=False, timeout=10).text
        told = interrupted(process)
    assert "stopping" in told
    assert "Traceback" not in told
    assert "Error" not in told
    with running(tmp_path, port, "--bare") as process:
        told_until(process, "serving")
        assert httpx.get(page, trust_env=False, timeout=10).status_code == 200
        interrupted(process)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
