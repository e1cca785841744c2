"""The product's own processes on one machine: each under a guard, none restarted, all ended together."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from infra.embedded.keeping import Kept, Program
from infra.embedded.places import last_lines, log_file
from infra.kernel.problems import Problem

Ended = Callable[[], int | None]


class Children:
    """Processes that end when this one does, even by SIGKILL. Each writes to `home/logs/NAME.log`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._kept: list[Kept] = []
        self._watched: list[tuple[str, Path, Ended]] = []

    def start(self, name: str, command: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> Kept:
        """Run a command; with `environ` in exactly that environment, else in this process's own."""
        kept = Kept(Program(name, command, log_file(self.home, name), environ=environ))
        self._kept.append(kept)
        self.watch(name, lambda: kept.ended)
        return kept

    def watch(self, name: str, ended: Ended) -> None:
        """Treat the end of something else, such as an embedded store, like the end of a child."""
        self._watched.append((name, self.home / "logs" / f"{name}.log", ended))

    def check(self) -> None:
        """`process.ended`, with the end of its log, if one of them has ended by itself."""
        for name, log, ended in self._watched:
            code = ended()
            if code is not None:
                raise Problem("process.ended", name=name, exit_code=code, log=log, lines=last_lines(log))

    def run_until_interrupted(self, tick: float = 0.2) -> None:
        """Wait for SIGINT (Ctrl-C), SIGTERM or SIGHUP; `process.ended` if a child ends before. Main thread only."""
        with interruption() as interrupted:
            while not interrupted.wait(tick):
                self.check()

    def stop(self) -> None:
        """End all, the last one started first: SIGTERM, after ten seconds SIGKILL."""
        self._watched.clear()
        while self._kept:
            self._kept.pop().stop()

    def __enter__(self) -> "Children":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def openhall(*arguments: str) -> list[str]:
    """The command that runs `openhall …` with this interpreter."""
    return [sys.executable, "-c", "import sys; from web.cli import main; sys.exit(main())", *arguments]


@contextmanager
def interruption() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and SIGHUP set instead of breaking in; the old handlers return afterwards."""
    interrupted = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: interrupted.set()) for number in signals}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
