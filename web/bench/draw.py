"""A draw of seven from long lists, each part in a process of its own, beside as many bare HMAC-SHA512.

The pool lies on the disk in the sealed pieces that a real one has: freezing seals them, the draw opens them. Freezing
through database and store is timed apart (`web.bench.freezing`), as are reading and recomputing the evidence.
"""

import gc
import hmac
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from expertpool.draw import rules
from expertpool.draw.audit import Auditing, make_request
from expertpool.draw.entries import PIECE, Entry, packed, unpacked
from expertpool.draw.evidence_file import canonical_file
from expertpool.draw.freezing import with_lines
from expertpool.draw.halves import tickets
from expertpool.draw.listing import Listing, list_entries, listings
from infra.crypto.chunks import open_chunk, seal_chunk
from infra.edge import random_bytes
from web.bench.budgets import Budget, Figures, Tell
from web.bench.ground import private_home

LISTED = 1_000_000
MIDDLE = 100_000
SMALL = 10_000
STATUS = Path("/proc/self/status")
ALONE = "import json, sys; from web.bench.draw import part; print(json.dumps(part(sys.argv[1], sys.argv[2], int(sys.argv[3]))))"
SEATS, ALTERNATES, SPECIALTY, REGION = 7, 3, "A08", "990100"
EMPLOYEES = 20
DRAW, KEY, SECRET = "BENCH/01/1", bytes(32), bytes(range(32))
REQUEST: dict[str, Any] = {
    "quota": {SPECIALTY: SEATS}, "alternates": ALTERNATES, "avoid": ["91429900MA00000000"], "region": REGION
}  # fmt: skip
HEAD = {"request": REQUEST, "secret": SECRET.hex()}
BUDGETS = (
    Budget("seconds_1m", 4),
    Budget("seconds_10k", 0.1),
    Budget("peak_mb_1m", 1024),
    Budget("recompute_peak_mb_1m", 1024),
    Budget("linear", 1.3),
)
R = [bytes([number]) * 32 for number in (1, 2, 3)]

T = TypeVar("T")


def measure(tell: Tell, *, listed: int = LISTED, small: int = SMALL, freeze: int = MIDDLE) -> Figures:
    """Seconds and megabytes to draw from the long and the short list; the keys keep their names when those are scaled.

    `linear` is how much longer a line takes in the long list than in one a tenth as long.
    """
    middle = max(listed * MIDDLE // LISTED, EMPLOYEES * (SEATS + ALTERNATES + 1))
    short, medium, long = (_parts(tell, count) for count in (small, middle, listed))
    from web.bench.freezing import freeze_through  # what the parts in their own processes need not load

    through = freeze_through(tell, freeze)
    return {
        "seconds_1m": long["draw"],
        "cpu_seconds_1m": long["draw_cpu"],
        "seconds_10k": short["draw"],
        "seconds_100k": medium["draw"],
        "linear": round(long["draw"] / max(medium["draw"], 1e-4) * middle / listed, 3),
        "peak_mb_1m": round(long["draw_mb"], 1),
        "peak_mb_10k": round(short["draw_mb"], 1),
        "freeze_seconds_1m": long["freeze"],
        "freeze_peak_mb_1m": round(long["freeze_mb"], 1),
        "open_seconds_1m": long["open"],
        "audit_seconds_1m": long["audit"],
        "audit_peak_mb_1m": round(long["audit_mb"], 1),
        "evidence_seconds_1m": long["evidence"],
        "evidence_peak_mb_1m": round(long["evidence_mb"], 1),
        "recompute_seconds_1m": long["recompute"],
        "recompute_peak_mb_1m": round(long["recompute_mb"], 1),
        "ratio_to_hmac": round(long["draw"] / long["hmac"], 3),
        **through,
        "listed": listed,
        "listed_10k": small,
        "note": None if (listed, small) == (LISTED, SMALL) else "scaled: the lists are shorter than the keys say",
    }


def _parts(tell: Tell, count: int) -> dict[str, float]:
    """One size, each part in a fresh process, so that no part's memory is counted to another's."""
    found: dict[str, float] = {}
    with private_home() as home:
        for name in PARTS:
            done = subprocess.run(
                [sys.executable, "-c", ALONE, name, str(home), str(count)], stdout=subprocess.PIPE, check=True
            )
            found |= json.loads(done.stdout)
    tell(f"{count:,} listed: " + ", ".join(f"{name} {value:g}" for name, value in found.items()))
    return found


def part(name: str, folder: str, count: int) -> dict[str, float]:
    """Seconds and greatest memory of one part for a pool of so many, in this process; pool and evidence lie in the folder."""
    timed = _Timed()
    PARTS[name](timed, Path(folder), count)
    return timed.seconds


def _freeze(timed: "_Timed", folder: Path, count: int) -> None:
    freezing = rules.Freezing(make_request(DRAW, REQUEST), SECRET)

    def freeze() -> dict[str, Any]:
        for number, first in enumerate(range(0, count, PIECE)):
            batch = [_person(one) for one in range(first, min(first + PIECE, count))]
            data = packed(with_lines(freezing, REQUEST, batch, random_bytes))
            (folder / f"{number:06d}").write_bytes(seal_chunk(KEY, DRAW, number, data))
        return freezing.facts()

    (folder / "facts.json").write_text(json.dumps(timed("freeze", freeze)))


def _draw(timed: "_Timed", folder: Path, _: int) -> None:
    facts = _facts(folder)
    lists = timed("open", lambda: _opened(folder))
    rows, seed = lists[SPECIALTY].rows, rules.seed_from(facts, R)
    timed("hmac", lambda: [hmac.digest(seed, leaf, "sha512") and None for leaf in rows.each_leaf()])
    selection = timed("draw", lambda: rules.selected(facts, seed, {SPECIALTY: rows}, tickets))
    timed("evidence", lambda: _write(folder, rules.disclosed(facts, R, seed, selection), lists))


def _audit(timed: "_Timed", folder: Path, _: int) -> None:
    auditing, facts = Auditing(DRAW, HEAD), _facts(folder)

    def audit() -> None:
        for batch in _pieces(folder):
            for entry in batch:
                auditing.take(entry)
        auditing.compare(facts)

    timed("audit", audit)


def _recompute(timed: "_Timed", folder: Path, _: int) -> None:
    """By the command itself; it exits with 0 only where the evidence states what it recomputes to."""
    file = folder / "evidence.json"
    openhall = [sys.executable, "-c", "from web.cli import main; main()", "recompute", "draw", str(file)]

    def run() -> float:
        with subprocess.Popen(openhall, stdout=subprocess.DEVNULL) as running:
            _, status, used = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            raise AssertionError("the evidence recomputes to another draw")
        return used.ru_maxrss / 1024

    timed.seconds["recompute_mb"] = timed("recompute", run)


PARTS: dict[str, Callable[["_Timed", Path, int], None]] = {
    "freeze": _freeze, "audit": _audit, "draw": _draw, "recompute": _recompute
}  # fmt: skip


class _Timed:
    """Calls that are timed, with the process's greatest memory by their end."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        gc.collect()
        began, spent = perf_counter(), _spent()
        done = work()
        self.seconds[name] = round(perf_counter() - began, 4)
        self.seconds[f"{name}_cpu"] = round(_spent() - spent, 4)
        self.seconds[f"{name}_mb"] = _peak()
        return done


def _spent() -> float:
    """Processor time of this process and of those it has started and waited for."""
    return sum(os.times()[:4])


def _peak() -> float:
    """The most memory this process has held, in megabytes."""
    if STATUS.exists():
        line = next(one for one in STATUS.read_text().splitlines() if one.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _facts(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "facts.json").read_text())
    return found


def _pieces(folder: Path) -> Iterator[list[Entry]]:
    for number, path in enumerate(sorted(folder.glob("[0-9]*"))):
        yield unpacked(open_chunk(KEY, DRAW, number, path.read_bytes()))


def _opened(folder: Path) -> dict[str, Listing]:
    lists, place = listings([SPECIALTY]), 0
    for batch in _pieces(folder):
        list_entries(lists, batch, place)
        place += len(batch)
    return lists


def _write(folder: Path, head: dict[str, Any], lists: dict[str, Listing]) -> None:
    with ExitStack() as opened:
        file = opened.enter_context((folder / "evidence.json").open("wb"))
        file.writelines(canonical_file(head, lists))


def _person(number: int) -> Entry:
    employer = f"91429900MA{number // EMPLOYEES:08d}"
    return Entry(f"expert-{number:032d}", f"resident:BENCH{number:08d}", employer, ("A0804",), REGION, number % 9, None)
