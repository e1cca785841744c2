"""A draw of seven from a long list, beside as many bare HMAC-SHA512; freezing and reading the evidence timed apart."""

import gc
import hmac
import json
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
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
SMALL = 10_000
SEATS, ALTERNATES, SPECIALTY = 7, 3, "A08"
EMPLOYEES = 20
BUDGETS = (Budget("seconds_1m", 4), Budget("seconds_10k", 0.1))

T = TypeVar("T")


def measure(tell: Tell, *, listed: int = LISTED, small: int = SMALL) -> Figures:
    """Seconds to draw from the long and the short list; the keys keep their names when the lists are scaled."""
    short, long = _draw(tell, small), _draw(tell, listed)
    return {
        "seconds_1m": long["draw"],
        "seconds_10k": short["draw"],
        "freeze_seconds_1m": long["freeze"],
        "freeze_seconds_10k": short["freeze"],
        "read_seconds_1m": long["read"],
        "recompute_seconds_1m": long["recompute"],
        "ratio_to_hmac": round(long["draw"] / long["hmac"], 3),
        "listed": listed,
        "listed_10k": small,
        "note": None if (listed, small) == (LISTED, SMALL) else "scaled: the lists are shorter than the keys say",
    }


def _draw(tell: Tell, count: int) -> dict[str, float]:
    timed = _Timed(tell, count)
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
    """Calls that are timed and told of."""

    def __init__(self, tell: Tell, count: int) -> None:
        self.seconds: dict[str, float] = {}
        self._tell = tell
        self._count = count

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        gc.collect()
        began = perf_counter()
        done = work()
        self.seconds[name] = round(perf_counter() - began, 4)
        self._tell(f"{self._count:,} listed: {name} {self.seconds[name]} s")
        return done


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
