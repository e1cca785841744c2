"""The tickets of a long list, the second half in a process of its own: the same numbers in half the time."""

import os
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, SubprocessError

from infra.crypto.lottery import LEAF, Rows, tickets_in, tickets_of

LONG = 50_000
"""A shorter list is done before a process has started."""
SEED = 32
_WORD = 8
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from expertpool.draw.halves import serve; serve()"
HELPER = (sys.executable, "-I", "-S", "-c", _PROGRAM, str(Path(__file__).parents[2]))


def tickets(seed: bytes, rows: Rows) -> "array[int]":
    """`tickets_of`, shared by two processes where the list is long, two cores are there and a process can be started."""
    if len(rows) < LONG or len(seed) != SEED or (os.cpu_count() or 1) < 2:
        return tickets_of(seed, rows)
    return halved(seed, rows)


def halved(seed: bytes, rows: Rows, helper: Sequence[str] = HELPER) -> "array[int]":
    """`tickets_of`: this process does the first half, the helper the second; this one both, should the helper fail."""
    half = len(rows) // 2
    leaves, weights = memoryview(rows.leaves), memoryview(rows.weights)
    try:
        with Popen(helper, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as process:
            assert process.stdin and process.stdout
            with process.stdin as given:
                for part in (seed, weights[half:].nbytes.to_bytes(_WORD, "big"), weights[half:], leaves[half * LEAF :]):
                    given.write(part)
            found = tickets_in(seed, leaves[: half * LEAF], weights[:half])
            told = process.stdout.read()
    except (OSError, SubprocessError):
        return tickets_of(seed, rows)
    if process.returncode or len(told) != (len(rows) - half) * _WORD:
        return tickets_of(seed, rows)
    found.frombytes(told)
    return found


def serve() -> None:
    """The helper: seed, weights and leaves from stdin, their tickets to stdout; it asks for nothing else."""
    given, seed = sys.stdin.buffer, sys.stdin.buffer.read(SEED)
    count = int.from_bytes(given.read(_WORD), "big")
    weights, leaves = given.read(count), given.read(count * LEAF)
    sys.stdout.buffer.write(tickets_in(seed, leaves, weights).tobytes())
