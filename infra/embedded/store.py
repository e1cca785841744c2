"""What both embedded servers share: used where they run already, launched under a guard, ended by who started them."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.embedded.keeping import Kept, Program
from infra.embedded.places import is_held, last_lines
from infra.kernel.problems import Problem

PATIENCE = 60.0
PAUSE = 0.02


class Store:
    """A running server. It ends with `stop` if it was started here, or as soon as the process that started it has."""

    def __init__(self, kept: Kept | None) -> None:
        self._kept = kept

    @property
    def started_here(self) -> bool:
        """Whether this object started the server and `stop` will end it."""
        return self._kept is not None

    @property
    def ended(self) -> int | None:
        """The exit code of a server started here that has ended by itself, else None."""
        return self._kept.ended if self._kept else None

    def stop(self) -> None:
        """End the server if it was started here; what it has answered for is kept."""
        if self._kept:
            self._kept.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def launched(program: Program, answers: Callable[[], bool]) -> Kept:
    """Start a program and wait until it answers, or has ended (`ended` then tells); `store.not-ready` after a minute."""
    kept = Kept(program)
    try:
        _wait(program.name, program.log, answers, lambda: kept.ended is None)
    except BaseException:
        kept.stop()
        raise
    if kept.ended is not None:
        kept.stop()
    return kept


def runs_already(name: str, lock: Path, log: Path, answers: Callable[[], bool]) -> bool:
    """Whether somebody else's server holds the lock, and answers; `store.not-ready` if it does not within a minute."""
    return is_held(lock) and _wait(name, log, answers, lambda: is_held(lock))


def _wait(name: str, log: Path, answers: Callable[[], bool], alive: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while alive():
        if answers():
            return True
        if time.monotonic() > until:
            raise Problem("store.not-ready", name=name, seconds=int(PATIENCE), log=log, lines=last_lines(log))
        time.sleep(PAUSE)
    return False
