"""Checkpoints (C2SP tlog-checkpoint): the log's name, its size and its root as a note text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem

MOST_LEAVES = 2**63 - 1

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """A tree head. `times` (witness to POSIX seconds) is filled by `Policy.check` with the cosignatures it counted."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    times: Mapping[str, int] = field(default_factory=dict, compare=False)

    def text(self) -> str:
        """The note text, ending in a newline; reads back as the same checkpoint."""
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), b64(self.root), *self.extensions))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's note text; extension lines are kept; `checkpoint.malformed` otherwise."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or "" in lines:
        raise Problem("checkpoint.malformed", why="fewer than three lines, or an empty one")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > MOST_LEAVES:
        raise Problem("checkpoint.malformed", why="the size is not a plain decimal number")
    try:
        return Checkpoint(origin, int(size), unb64(root, 32), tuple(extensions))
    except Problem as problem:
        raise Problem("checkpoint.malformed", why="the root is not 32 bytes of standard base64") from problem
