"""The process in which one strange file is read: its bytes come on standard input, what it tells goes out as JSON.

It has little memory and little time, writes no file, and knows no key, no database and no other bid.
"""

import json
import sys
from contextlib import suppress

from infra.kernel.problems import Problem
from trading.checks.file_facts import facts_of

MEMORY = 1 << 30
SECONDS = 60
"""Of processor time; whoever starts this process also looks at the clock."""


def main() -> None:
    """`python -m trading.checks.reader PART`: exit 0 with the facts or with `{"refused": …, "facts": …}`."""
    _limit()
    try:
        told = facts_of(sys.stdin.buffer.read(), sys.argv[1])
    except Problem as problem:
        told = {"refused": problem.code, "facts": {key: str(value) for key, value in problem.facts.items()}}
    except (MemoryError, RecursionError):
        told = {"refused": "check-file.too-large", "facts": {"most": str(MEMORY >> 20)}}
    sys.stdout.write(json.dumps(told))


def _limit() -> None:
    """No more memory, time, files or processes than reading takes; where the system has no such limits, the clock remains."""
    with suppress(ImportError):
        import resource

        for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
            with suppress(ValueError, OSError):
                resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
