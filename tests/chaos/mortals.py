"""A whole platform of real processes, any of which can be killed by SIGKILL and is started again, as a machine would."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from infra.embedded.children import Children
from infra.embedded.keeping import Kept, Program
from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.problems import Problem
from infra.settings import Settings
from web.stage import Stage

UNTIL_BACK = 60.0


@dataclass
class Mortal:
    """One process that dies and comes back; `start` is its whole start, and is tried until it succeeds."""

    name: str
    start: Callable[[], Kept]
    kept: Kept
    deaths: int = 0

    def die(self) -> None:
        """SIGKILL to the program itself, not to its guard; returns when it is gone."""
        for process in _offspring(self.kept.guard.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.kept.guard.wait(30)
        self.deaths += 1

    def come_back(self) -> None:
        """Start it again; a server whose last breath still holds its memory is tried again."""
        until = time.monotonic() + UNTIL_BACK
        while True:
            try:
                self.kept = self.start()
                return
            except Problem:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


@dataclass
class City:
    """Everything that runs, by name, and what the log's watchers remember of it."""

    settings: Settings
    mortals: dict[str, Mortal] = field(default_factory=dict)
    remembered: dict[int, str] = field(default_factory=dict)
    forks: list[str] = field(default_factory=list)

    def deaths(self) -> Counter[str]:
        """How often each was killed."""
        return Counter({one.name: one.deaths for one in self.mortals.values()})


class Reaper(threading.Thread):
    """Kills one of them at a time, at random moments, so many times in all; `error` is what kept one from coming back."""

    def __init__(self, city: City, times: int, chance: random.Random, pause: tuple[float, float]) -> None:
        super().__init__(daemon=True)
        self._city, self._times, self._chance, self._pause = city, times, chance, pause
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            for turn in range(self._times):
                time.sleep(self._chance.uniform(*self._pause))
                names = sorted(self._city.mortals)
                # Everybody dies equally often; who is next within a round is chance.
                if turn % len(names) == 0:
                    round_ = self._chance.sample(names, len(names))
                mortal = self._city.mortals[round_[turn % len(names)]]
                mortal.die()
                time.sleep(self._chance.uniform(0.0, 1.0))
                mortal.come_back()
        except Exception as error:
            self.error = error


class Watcher(threading.Thread):
    """Somebody outside who keeps every checkpoint that the platform ever showed."""

    def __init__(self, city: City) -> None:
        super().__init__(daemon=True)
        self._city = city
        self._over = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self._city.settings.origin, trust_env=False, timeout=5) as client:
            while not self._over.wait(0.1):
                try:
                    answer = client.get("/log/checkpoint")
                except httpx.HTTPError:
                    continue
                if answer.status_code == 200:
                    self._keep(answer.text)

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()

    def _keep(self, note: str) -> None:
        _origin, size, root = note.split("\n")[:3]
        if self._city.remembered.setdefault(int(size), root) != root:
            self._city.forks.append(note)


def a_city(home: Path, port: int) -> tuple[Stage, City]:
    """Start all of it on a home of its own with durable stores; `Stage.close` ends what stands then.

    On a machine that is busy with something else, one patience more is had.
    """
    settings = Settings(home=home, mode="demo", port=port, origin=f"http://127.0.0.1:{port}")
    stage = Stage(settings)
    stage.open()
    with suppress(Problem):
        stage.wait_until_ready()
    stage.wait_until_ready()
    return stage, _made_mortal(stage)


def _made_mortal(stage: Stage) -> City:
    city, children = City(stage.settings), stage.children
    started = {kept.program.name: kept for kept in children._kept}
    for name, kept in started.items():
        city.mortals[name] = Mortal(name, lambda one=kept.program: _again(children, one), kept)
    for store, name in zip(stage._stores, ("postgres", "objects"), strict=True):
        kind = EmbeddedPostgres if name == "postgres" else EmbeddedObjects
        assert store._kept is not None
        city.mortals[name] = Mortal(name, lambda k=kind: _store(stage, k), store._kept)
    return city


def _again(children: Children, program: Program) -> Kept:
    return children.start(program.name, program.command, program.environ)


def _store(stage: Stage, kind: type[EmbeddedPostgres] | type[EmbeddedObjects]) -> Kept:
    store = kind.start(stage.settings.home)
    if store._kept is None:
        raise Problem("store.did-not-start", name=kind.__name__, exit_code=None, log="", lines="")
    stage._stores.append(store)
    return store._kept


def _offspring(guard: int) -> list[int]:
    """Every process below the guard, the deepest last."""
    found, waiting = [], [guard]
    while waiting:
        process = waiting.pop()
        with suppress(OSError):
            text = Path(f"/proc/{process}/task/{process}/children").read_text()
            below = [int(one) for one in text.split()]
            found += below
            waiting += below
    return found
