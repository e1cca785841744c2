"""A person's word before a key leaves: kept in files beside the state, authenticated by it; nothing listens on a network."""

import hmac
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from infra.kernel.canonical import b64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.trustee.state import State
from infra.trustee.statefile import put


class Waiting(NamedTuple):
    """A release that waits for a person: the keyset (base64 of its digest) and its section."""

    keyset: str
    section: str


def waiting(path: Path) -> list[Waiting]:
    """What the running program of this state file holds back, as it last wrote it down."""
    try:
        return [Waiting(*one) for one in json.loads(_beside(path, "waiting").read_bytes())]
    except (OSError, ValueError, TypeError):
        return []


def keep_waiting(path: Path, held: Sequence[Waiting]) -> None:
    """Write down what is held back, for `confirm` to show."""
    if held != waiting(path):
        put(_beside(path, "waiting"), json.dumps([list(one) for one in held]).encode() + b"\n")


def confirm(path: Path, state: State, keyset: str, ctx: Context) -> None:
    """Let the key of this keyset leave as soon as everything else holds; `release.unknown-keyset` for a strange one."""
    if keyset not in state.keysets and keyset not in {one.keyset for one in waiting(path)}:
        raise Problem("release.unknown-keyset", keyset=keyset)
    lines = _lines(path)
    if not any(line.partition(" ")[0] == keyset for line in lines):
        lines.append(f"{keyset} {_word(state, keyset)} {ctx.now:%Y-%m-%dT%H:%M:%SZ}")
        put(_beside(path, "confirmed"), "".join(f"{line}\n" for line in lines).encode())


def is_confirmed(path: Path, state: State, keyset: str) -> bool:
    """Whether somebody who could open this state has confirmed the keyset."""
    words = [line.split(" ") for line in _lines(path)]
    return any(
        len(one) == 3 and one[0] == keyset and hmac.compare_digest(one[1], _word(state, keyset)) for one in words
    )


def confirmed_at(path: Path) -> float:
    """When the confirmations were last written (POSIX seconds), 0 where there are none: what the program watches."""
    try:
        return _beside(path, "confirmed").stat().st_mtime
    except OSError:
        return 0.0


def _lines(path: Path) -> list[str]:
    try:
        return _beside(path, "confirmed").read_text("ascii", "replace").splitlines()
    except OSError:
        return []


def _word(state: State, keyset: str) -> str:
    """Nobody but who has opened the state can say it."""
    return b64(hmac.digest(state.derived("confirmation"), keyset.encode(), sha256))


def _beside(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}.{name}")
