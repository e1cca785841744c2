"""What `openhall seal` and `openhall open` share: one-line refusals, files that appear only when whole, progress."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from infra.edge import random_bytes
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from web.problems import explain

REFUSED = 2
INTERRUPTED = 130
_EVERY = 5.0


@contextmanager
def refusals() -> Iterator[None]:
    """A problem becomes one line `code: reason` on stderr and exit code 2; so does a file that cannot be used.

    An interrupted command (Ctrl-C, or told to end) clears away what it has written and ends with 130.
    """
    try:
        try:
            with _ending_as_interrupted():
                yield
        except OSError as error:
            raise Problem("seal.file", name=error.filename or "a file", why=error.strerror or error) from error
        except KeyboardInterrupt as error:
            raise Problem("seal.interrupted") from error
    except Problem as problem:
        _, happened, remedy = explain(problem, "en")
        code = problem.reason if problem.code.startswith("seal.") else problem.code
        click.echo(f"{code}: {happened} {remedy}".replace("\n", " "), err=True)
        sys.exit(INTERRUPTED if problem.code == "seal.interrupted" else REFUSED)


@contextmanager
def _ending_as_interrupted() -> Iterator[None]:
    """A terminating signal ends the block as Ctrl-C does; only a program's first thread hears signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its place when the block ends well and leaves nothing behind when it does not."""
    if path.exists() and not path.is_file():
        with naming(path), path.open("wb") as device:
            yield device
        return
    # The name comes before the file: wherever an interruption falls, what it left is found again.
    partial, file = path.with_name(f".{path.name}.{random_bytes(6).hex()}.part"), None
    try:
        with naming(path):
            file = os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        yield file
        with naming(path):
            file.close()
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            if file is not None:
                file.close()
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """An error that does not say which file it is about (no space left) is about this one."""
    try:
        yield
    except OSError as error:
        raise Problem("seal.file", name=error.filename or path, why=error.strerror or error) from error


def read_key(path: Path) -> bytes:
    """The bytes of a file that holds one base64 line."""
    try:
        return unb64(path.read_text("ascii").strip())
    except (Problem, UnicodeDecodeError) as error:
        raise Problem("seal.base64", field=path.name) from error


def read_passphrase(path: Path) -> bytes:
    """The first line of a file; `kit.passphrase` where it is empty."""
    first = path.read_bytes().partition(b"\n")[0].rstrip(b"\r")
    if not first:
        raise Problem("kit.passphrase")
    return first


class Bar:
    """Progress with MB/s on stderr: a bar on a terminal, otherwise a plain line now and then."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
            self._bar = Progress(*columns, console=Console(stderr=True))

    @contextmanager
    def over(self, name: str, size: int) -> Iterator["Counter"]:
        """Count one file of this many bytes."""
        counter = Counter(name, size, self._bar)
        if self._bar is None:
            yield counter
        else:
            with self._bar:
                yield counter
        counter.finish()


class Silence:
    """No progress at all: for programs that seal."""

    @contextmanager
    def over(self, name: str, size: int) -> Iterator[Callable[[int], None]]:
        """Count nothing."""
        yield lambda count: None


class Counter:
    """One file's progress; called with the number of bytes done since the last call."""

    def __init__(self, name: str, size: int, bar: Progress | None) -> None:
        self._name, self._size, self._bar = name, size, bar
        self._task: TaskID | None = None if bar is None else bar.add_task(name, total=size)
        self._done = 0
        self._began = self._told = time.perf_counter()

    def __call__(self, count: int) -> None:
        self._done += count
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=count)
        elif time.perf_counter() - self._told > _EVERY:
            self._told = time.perf_counter()
            self._line()

    def finish(self) -> None:
        """Tell the last figure where there is no bar."""
        if self._bar is None:
            self._line()

    def _line(self) -> None:
        seconds = max(time.perf_counter() - self._began, 1e-6)
        megabytes = self._done / 1e6
        click.echo(
            f"{self._name}: {megabytes:.1f} of {self._size / 1e6:.1f} MB, {megabytes / seconds:.0f} MB/s", err=True
        )
