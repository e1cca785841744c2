"""The product's own processes: logs, ends, interruption."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.embedded.children import Children, openhall
from infra.embedded.keeping import Kept, Program, run
from infra.kernel.problems import Problem
from tests.embedded.conftest import alive, until

SLEEPS = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)"]
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
RUNS = f"""
import sys
from pathlib import Path
from infra.embedded.children import Children
with Children(Path(sys.argv[1])) as children:
    for name in ("web", "worker"):
        children.start(name, {SLEEPS!r})
    children.watch("waiting", lambda: print("waiting", flush=True))
    children.run_until_interrupted()
print("stopped", flush=True)
"""


def told(home: Path, name: str) -> str:
    return (home / "logs" / f"{name}.log").read_text()


def test_a_child_writes_to_its_log_and_ends_when_asked(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        child = children.start("web", SLEEPS)
        assert until(lambda: "here" in told(tmp_path, "web"))
    assert child.ended == 128 + signal.SIGTERM


def test_children_end_in_reverse_order(tmp_path: Path) -> None:
    code = (
        "import signal, sys; print(end='', flush=True); signal.sigwait([15]); open(sys.argv[1], 'a').write(sys.argv[2])"
    )
    prepared = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [15]); print('here', flush=True);" + code
    with Children(tmp_path) as children:
        for name in "abc":
            children.start(name, [sys.executable, "-c", prepared, tmp_path / "ends", name])
            assert until(lambda name=name: "here" in told(tmp_path, name))  # type: ignore[misc]
    assert (tmp_path / "ends").read_text() == "cba"


def test_a_child_that_does_not_listen_is_made_to_end(tmp_path: Path) -> None:
    kept = Kept(Program("deaf", [sys.executable, "-c", STUBBORN], tmp_path / "deaf.log", grace=0.2))
    assert until(lambda: "here" in (tmp_path / "deaf.log").read_text())
    kept.stop()
    assert kept.ended == 128 + signal.SIGKILL


def test_a_child_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("worker", [sys.executable, "-c", "import sys; sys.exit('no more work')"])
        with pytest.raises(Problem, match=r"process.ended") as problem:
            children.run_until_interrupted()
    assert (problem.value.facts["exit_code"], problem.value.facts["lines"]) == (1, "no more work")


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert run(Program("absent", [tmp_path / "absent"], tmp_path / "log")) == 96
    assert "absent: No such file" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_all_in_order(
    tmp_path: Path, script: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    starter = script(RUNS, tmp_path)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "waiting\n"
    starter.send_signal(number)
    assert starter.communicate(timeout=60)[0].endswith("stopped\n")


def test_children_end_when_their_starter_is_killed(
    tmp_path: Path, script: Callable[..., subprocess.Popen[str]]
) -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    starter = script(RUNS.replace(SLEEPS[2], code), tmp_path)
    assert starter.stdout is not None
    assert starter.stdout.readline() == "waiting\n"
    assert until(lambda: all(told(tmp_path, name).endswith("\n") for name in ("web", "worker")))
    numbers = [int(told(tmp_path, name)) for name in ("web", "worker")]
    starter.kill()
    starter.wait()
    assert until(lambda: not any(alive(number) for number in numbers))


def test_the_products_command_runs_with_this_interpreter(tmp_path: Path) -> None:
    assert run(Program("help", openhall("--help"), tmp_path / "log")) == 0
