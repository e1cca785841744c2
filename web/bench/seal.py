"""Sealing to nowhere, beside `openssl speed` and, where it is installed, `age`: each measured in turn, the best of each."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from infra.crypto.keyset import Custodian, Keyset, Release, public_key
from infra.crypto.seal import seal_stream, write_container
from infra.crypto.seal_header import Header, Readable
from infra.crypto.seal_key import new_header
from infra.crypto.seal_suite import X25519
from infra.edge import random_bytes
from infra.kernel.problems import Problem
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_home

MEBIBYTES = 1024
ROUNDS = 3
CHUNK = 16384
BUDGETS = (Budget("ratio_to_openssl", 0.6, least=True), Budget("ratio_to_age", 2.5, least=True))
# A recipient whose identity nobody kept: what is encrypted to it goes to /dev/null.
RECIPIENT = "age1ph7agnzfcvjgjdulzmm7rllcynvxzyf5hpe0lrk5vuvdhf5gluxs3m48d0"


def measure(tell: Tell, *, mebibytes: int = MEBIBYTES, rounds: int = ROUNDS, seconds: int = 2) -> Figures:
    """Bytes per second of `write_container` from memory, which both ratios are of; from a file; with both roots."""
    size = mebibytes << 20
    header, key = new_header(a_keyset(), "technical", random_bytes(32), None, random_bytes)
    best: dict[str, float] = {}

    def note(name: str, rate: float | None) -> None:
        if rate is not None:
            best[name] = max(rate, best.get(name, 0.0))
            tell(f"{name}: {rate / 1e6:,.0f} MB/s")

    with private_home() as home:
        file = home / "zeros"
        with file.open("wb") as zeros:
            zeros.truncate(size)
        for _ in range(rounds):
            note("openssl", openssl_speed(seconds))
            note("sealed", _rate(size, lambda: write_container(Zeros(size), Null(), header, key, random_bytes)))
            note("with roots", _rate(size, lambda: seal_stream(Zeros(size), Null(), header, key, random_bytes)))
            note("from a file", _rate(size, lambda: _from_file(file, header, key)))
            note("age", _age(file, size))
    return _figures(best, mebibytes)


def openssl_speed(seconds: int) -> float | None:
    """Bytes per second of one core's AES-256-GCM over 16 KiB, as `openssl speed` tells it; None where there is none."""
    program = shutil.which("openssl")
    if program is None:
        return None
    command = [program, "speed", "-elapsed", "-mr", "-seconds", str(seconds), "-bytes", str(CHUNK)]
    told = subprocess.run([*command, "-evp", "aes-256-gcm"], capture_output=True, text=True, check=False).stdout
    lines = [line for line in told.splitlines() if line.startswith("+F:")]
    if not lines:
        raise Problem("bench.openssl", told=told[-300:])
    return float(lines[-1].rpartition(":")[2])


def a_keyset() -> Keyset:
    """A keyset of three custodians, two of whom suffice; nobody keeps its private keys."""
    people = tuple(Custodian(name, public_key(random_bytes(32)), random_bytes(32)) for name in ("a", "b", "c"))
    release = Release("section.closed", 3)
    return Keyset(random_bytes(32), "BENCH/1", "1", "2030-01-01T00:00:00Z", X25519, 2, release, people)


class Zeros(Readable):
    """A stream of `size` bytes that costs nothing to read: the buffer is left as it is."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readinto(self, buffer: memoryview, /) -> int:
        """As many bytes as there is room for."""
        size = min(len(buffer), self._left)
        self._left -= size
        return size

    def readline(self, size: int, /) -> bytes:
        """There are no lines in it."""
        return b""


class Null:
    """A stream that forgets."""

    def write(self, data: bytes | memoryview, /) -> None:
        """Take it and drop it."""


def _from_file(file: Path, header: Header, key: bytes) -> None:
    with file.open("rb", buffering=0) as source:
        write_container(source, Null(), header, key, random_bytes)


def _age(file: Path, size: int) -> float | None:
    program = shutil.which("age")
    if program is None:
        return None

    def encrypt() -> None:
        with file.open("rb") as source:
            subprocess.run([program, "-r", RECIPIENT], stdin=source, stdout=subprocess.DEVNULL, check=True)

    return _rate(size, encrypt)


def _rate(size: int, work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return size / (perf_counter() - began)


def _figures(best: dict[str, float], mebibytes: int) -> Figures:
    openssl, age = best.get("openssl"), best.get("age")
    notes = [f"{name} is not on PATH" for name, rate in (("openssl", openssl), ("age", age)) if rate is None]
    return {
        "ratio_to_openssl": round(best["sealed"] / openssl, 3) if openssl else None,
        "ratio_to_age": round(best["sealed"] / age, 3) if age else None,
        "ratio_from_file_to_age": round(best["from a file"] / age, 3) if age else None,
        "ratio_with_roots_to_openssl": round(best["with roots"] / openssl, 3) if openssl else None,
        "ratio_with_roots_to_age": round(best["with roots"] / age, 3) if age else None,
        "mebibytes": mebibytes,
        **{f"{name.replace(' ', '_')}_mb_s": round(rate / 1e6) for name, rate in best.items()},
        "note": "; ".join(notes) or None,
    }
