"""Where a public log is read from: a site or a folder of files, never trusted: sizes and times are bounded."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import httpx

from infra.kernel.problems import Problem

PATIENCE = 30.0
"""Seconds one file may take, however slowly it drips."""
TRIES = 3
PAUSE = 0.5
LONGEST_PAUSE = 15.0
SMALL = 4_194_304
"""Bytes of the largest file but the notes: tiles have 8,704."""


class Source(Protocol):
    """A log's files by the paths of docs/formats/log.md."""

    def fetch(self, path: str, most: int = SMALL) -> bytes | None:
        """The file's bytes, None where there is none; `log.source…` where it cannot be had or is longer than `most`."""


def source_at(place: str, patience: float = PATIENCE) -> Source:
    """A folder, or the address under which `checkpoint` and `tile/…` stand; `log.source` for anything else."""
    if place.startswith(("http://", "https://")):
        return Site(place, patience)
    if Path(place).is_dir():
        return Folder(Path(place))
    raise Problem("log.source", source=place, why="neither a folder nor an address that begins with https://")


class Folder:
    """A static mirror on a disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, path: str, most: int = SMALL) -> bytes | None:
        """As `Source.fetch`."""
        try:
            with (self._folder / path).open("rb") as file:
                data = file.read(most + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise Problem("log.source", source=path, why=error.strerror) from error
        if len(data) > most:
            raise Problem("log.source-size", path=path, most=most)
        return data


class _BusyError(Exception):
    """The site asks for a pause; it gets a sensible one."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.seconds = min(LONGEST_PAUSE, max(1.0, float(told) if told.isascii() and told.isdigit() else 1.0))


class Site:
    """A log over HTTP(S): no redirects, no proxies of the environment, no answer longer or slower than is sensible."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self._patience, self._pause = patience, min(PAUSE, patience / 10)
        try:
            self._http = httpx.Client(
                base_url=address.rstrip("/") + "/", timeout=patience / 2, trust_env=False, follow_redirects=False
            )
        except httpx.InvalidURL as error:
            raise Problem("log.source", source=address, why=str(error)) from error

    def fetch(self, path: str, most: int = SMALL) -> bytes | None:
        """As `Source.fetch`; what may pass is tried three times."""
        for turn in range(TRIES):
            try:
                return self._once(path, most, time.monotonic)
            except _BusyError as busy:
                time.sleep(busy.seconds)
            except httpx.HTTPError as error:
                if turn == TRIES - 1:
                    raise Problem("log.source", source=path, why=str(error) or type(error).__name__) from error
                time.sleep(self._pause * 2**turn)
        raise Problem("log.source", source=path, why="too many requests")

    def _once(self, path: str, most: int, clock: Callable[[], float]) -> bytes | None:
        until = clock() + self._patience
        with self._http.stream("GET", path) as answer:
            if answer.status_code in (404, 410):
                return None
            if answer.status_code == 429:
                raise _BusyError(answer.headers.get("retry-after", ""))
            answer.raise_for_status()
            if answer.status_code != 200:
                raise Problem("log.source", source=path, why=f"status {answer.status_code}")
            found = bytearray()
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > most:
                    raise Problem("log.source-size", path=path, most=most)
                if clock() > until:
                    raise Problem("log.source", source=path, why=f"not whole after {self._patience:g} s")
        return bytes(found)
