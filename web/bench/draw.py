"""A draw of seven from long lists, each in a process of its own, beside as many bare HMAC-SHA512.

Freezing the list and reading its evidence again are timed apart, and their memory is not counted to the draw's.
"""

import gc
import hmac
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from expertpool.draw import rules
from expertpool.draw.evidence import recompute
from expertpool.draw.rules import Frozen, Record, Request
from infra.crypto import lottery
from infra.edge import random_bytes
from infra.kernel.canonical import read
from web.bench.budgets import Budget, Figures, Tell

LISTED = 1_000_000
MIDDLE = 100_000
SMALL = 10_000
STATUS = Path("/proc/self/status")
ALONE = "import json, sys; from web.bench.draw import draw_of; print(json.dumps(draw_of(int(sys.argv[1]))))"
SEATS, ALTERNATES, SPECIALTY = 7, 3, "A08"
EMPLOYEES = 20
BUDGETS = (
    Budget("seconds_1m", 4),
    Budget("seconds_10k", 0.1),
    Budget("peak_mb_1m", 1024),
    Budget("linear", 1.3),
)

T = TypeVar("T")


def measure(tell: Tell, *, listed: int = LISTED, small: int = SMALL) -> Figures:
    """Seconds and megabytes to draw from the long and the short list; the keys keep their names when those are scaled.

    `linear` is how much longer a line takes in the long list than in one a tenth as long.
    """
    middle = max(listed * MIDDLE // LISTED, EMPLOYEES * (SEATS + ALTERNATES + 1))
    short, medium, long = (_apart(tell, count) for count in (small, middle, listed))
    return {
        "seconds_1m": long["draw"],
        "seconds_10k": short["draw"],
        "seconds_100k": medium["draw"],
        "linear": round(long["draw"] / max(medium["draw"], 1e-4) * middle / listed, 3),
        "peak_mb_1m": round(long["draw_mb"], 1),
        "peak_mb_10k": round(short["draw_mb"], 1),
        "evidence_peak_mb_1m": round(long["recompute_mb"], 1),
        "freeze_seconds_1m": long["freeze"],
        "freeze_seconds_10k": short["freeze"],
        "read_seconds_1m": long["read"],
        "recompute_seconds_1m": long["recompute"],
        "ratio_to_hmac": round(long["draw"] / long["hmac"], 3),
        "listed": listed,
        "listed_10k": small,
        "note": None if (listed, small) == (LISTED, SMALL) else "scaled: the lists are shorter than the keys say",
    }


def _apart(tell: Tell, count: int) -> dict[str, float]:
    """One size in a fresh process, so that no list's memory is counted to another's."""
    done = subprocess.run([sys.executable, "-c", ALONE, str(count)], stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    tell(f"{count:,} listed: " + ", ".join(f"{name} {value:g}" for name, value in found.items()))
    return found


def draw_of(count: int) -> dict[str, float]:
    """Seconds and greatest memory of each part for a list of so many, in this process."""
    timed = _Timed()
    frozen = timed("freeze", lambda: rules.freeze(_request(), _pool(count), random_bytes))
    r = [random_bytes(32) for _ in lottery.PARTIES]
    seed = lottery.seed_of(_request().draw_id, frozen.commit, r)
    timed("hmac", lambda: _bare(frozen, seed))
    selection = timed("draw", lambda: rules.draw(frozen, seed))
    document = timed("read", partial(read, json.dumps(rules.disclose(frozen, r)).encode()))
    again = timed("recompute", lambda: recompute(document))
    if again["out"] != rules.told(selection)["out"]:
        raise AssertionError("the evidence recomputes to another draw")
    return timed.seconds


class _Timed:
    """Calls that are timed, with the process's greatest memory by their end."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        gc.collect()
        began = perf_counter()
        done = work()
        self.seconds[name] = round(perf_counter() - began, 4)
        self.seconds[f"{name}_mb"] = _peak()
        return done


def _peak() -> float:
    """The most memory this process has held, in megabytes."""
    if STATUS.exists():
        line = next(one for one in STATUS.read_text().splitlines() if one.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _bare(frozen: Frozen, seed: bytes) -> None:
    for row in frozen.lists[SPECIALTY]:
        hmac.digest(seed, row.leaf, "sha512")


def _pool(count: int) -> Iterator[Record]:
    for number in range(count):
        employer = f"91429900MA{number // EMPLOYEES:08d}"
        yield Record(f"resident:BENCH{number:08d}", employer, (SPECIALTY,), number % 9)


def _request() -> Request:
    avoid = ("91429900MA00000000",)
    return Request("BENCH/01/1", {SPECIALTY: SEATS}, ALTERNATES, avoid, sha256(b"bench").digest(), "bench")
