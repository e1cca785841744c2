"""Run a program under a guard that stops it when this process is gone, even by SIGKILL."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infra.embedded import guard
from infra.embedded.places import is_held, last_lines
from infra.kernel.problems import Problem


@dataclass(frozen=True)
class Program:
    """What to run and how to end it: a stop signal, after `grace` seconds SIGKILL; `litter` is removed afterwards."""

    name: str
    command: Sequence[str | Path]
    log: Path
    lock: Path | None = None
    identity: str = "plain"
    stop: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    environ: Mapping[str, str] | None = None
    directory: Path | None = None
    litter: tuple[Path, ...] = ()


class Kept:
    """A running program and its guard. It ends with `stop`, or by itself as soon as this process has ended."""

    def __init__(self, program: Program, feed: int | None = None) -> None:
        self.program = program
        near, far = os.pipe()
        self._life: int | None = far
        try:
            with open(program.log, "ab") as log:
                os.fchmod(log.fileno(), 0o600)
                self.guard = subprocess.Popen(
                    _guarded(program, near, feed is not None),
                    stdin=subprocess.DEVNULL if feed is None else feed,
                    stdout=log,
                    stderr=log,
                    pass_fds=(near,),
                    start_new_session=True,
                    env=None if program.environ is None else dict(program.environ),
                    cwd=program.directory,
                )
        except BaseException:
            os.close(far)
            raise
        finally:
            os.close(near)

    @property
    def ended(self) -> int | None:
        """None while it runs, then its exit code (128 + signal); `guard.LOCKED` and its neighbours are the guard's."""
        return self.guard.poll()

    def stop(self) -> None:
        """Ask it to end, wait, and make it end; nothing happens the second time."""
        if self._life is not None:
            os.close(self._life)
            self._life = None
        try:
            self.guard.wait(self.program.grace + 5)
        except subprocess.TimeoutExpired:
            self.guard.kill()
            self.guard.wait()

    def failed(self) -> Problem:
        """Why it did not start, with the end of its log."""
        return Problem(
            "store.did-not-start",
            name=self.program.name,
            exit_code=self.ended,
            log=self.program.log,
            lines=last_lines(self.program.log),
        )


def run(program: Program, text: str = "") -> int:
    """Run a short program to its end with `text` as its input; its exit code. It too ends when this process does."""
    feed, ours = os.pipe()
    try:
        kept = Kept(program, feed)
    finally:
        os.close(feed)
    try:
        with suppress(BrokenPipeError), open(ours, "w", encoding="utf-8") as file:
            file.write(text)
        return kept.guard.wait()
    finally:
        kept.stop()


def stop_holder(lock: Path, seconds: float = 30.0) -> bool:
    """Stop the program that holds this lock, whoever started it; False where none does, `store.busy` if it stays."""
    if not is_held(lock):
        return False
    numbers = [int(line) for line in lock.read_text().split()]
    _signal(numbers[:1], signal.SIGTERM, lock)
    until = time.monotonic() + seconds
    while is_held(lock):
        if time.monotonic() > until:
            raise Problem("store.busy", path=lock.parent)
        if numbers and not _alive(numbers[0]):
            _signal(numbers[1:], signal.SIGTERM, lock)
        time.sleep(0.05)
    return True


def plain_environment(**more: str) -> dict[str, str]:
    """An environment in which nothing of the caller's steers a server: no locale, no PG* or AWS_* variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", **more}


def _guarded(program: Program, life: int, feed: bool) -> list[str]:
    options = [f"--life={life}", f"--identity={program.identity}"]
    options += [f"--stop={int(program.stop)}", f"--grace={program.grace}"]
    options += [f"--lock={program.lock}"] if program.lock else []
    options += ["--feed"] if feed else []
    options += [f"--litter={path}" for path in program.litter]
    return [sys.executable, "-I", "-S", guard.__file__, *options, "--", *map(str, program.command)]


def _signal(numbers: Sequence[int], number: signal.Signals, lock: Path) -> None:
    for process in numbers:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue
        except PermissionError as error:
            raise Problem("store.no-permission", path=lock.parent, why=error.strerror) from error


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
