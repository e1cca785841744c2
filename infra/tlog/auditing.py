"""Walking a whole public log as a stranger: every tile, the root, what was remembered, dummies and time tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from infra.crypto import merkle
from infra.kernel.canonical import read
from infra.kernel.fields import array_at, count_at, members_at, text_at
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import MOST_LEAVES, Checkpoint, parse_checkpoint
from infra.tlog.memory import Memory, Tally
from infra.tlog.note import MOST_BYTES as LONGEST_NOTE
from infra.tlog.note import parse_note, verify_note
from infra.tlog.policy import Policy
from infra.tlog.source import Source
from infra.tlog.tiles import node_reader
from infra.tlog.time_tokens import MOST_BYTES, check_token, stamped
from infra.tlog.walk import Walk, fetch_tile, fetched

Keep = Callable[[Memory], None]
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Token:
    """A time token that holds: the size of the checkpoint it is about, whose it is, its time."""

    size: int
    authority: str
    at: datetime


@dataclass(frozen=True)
class Findings:
    """What holds of a log; `since` is the size that was remembered, `waiting` the leaves of periods not opened yet."""

    checkpoint: Checkpoint
    since: int
    walked: int
    tiles: int
    periods: int
    tally: Tally
    waiting: int
    tokens: tuple[Token, ...] = field(default=())


def audit_log(source: Source, policy: Policy, memory: Memory, keep: Keep, tell: Tell) -> tuple[Findings, Memory]:
    """What was found, and what to remember; the first thing that does not hold raises its Problem.

    `log.rolled-back` and `log.fork` carry both notes, which together convict the log. `keep` is given what a walk that is
    broken off goes on from, `tell` (leaves done, leaves in all).
    """
    shown = source.fetch("checkpoint", LONGEST_NOTE)
    if shown is None:
        raise Problem("log.source", source="checkpoint", why="there is none")
    note = shown.decode(errors="replace")
    checkpoint = policy.check(note, strict=True)
    known = _remembered(memory, policy, note, checkpoint)
    try:
        walk = _walked(source, checkpoint, memory, known, keep, tell)
    except _MissedError:
        walk = _walked(source, checkpoint, memory.again(), known, keep, tell, last=True)
    if walk.forked and known is not None:
        raise Problem("log.fork", size=known.size, kept=memory.note, shown=note)
    tokens = _tokens(source, policy, checkpoint)
    remembered = replace(walk.memory, note=note)
    keep(remembered)
    return _found(checkpoint, known, walk, tokens), remembered


class _MissedError(Exception):
    """The leaves do not lead from what is remembered to the checkpoint."""


def _remembered(memory: Memory, policy: Policy, note: str, checkpoint: Checkpoint) -> Checkpoint | None:
    if memory.log != policy.log.encode():
        raise Problem("log.memory", where="log")
    if not memory.note:
        return None
    parsed = parse_note(memory.note)
    verify_note(parsed, policy.log)
    known = parse_checkpoint(parsed.text)
    if checkpoint.size < known.size:
        raise Problem("log.rolled-back", first=known.size, size=checkpoint.size, kept=memory.note, shown=note)
    if checkpoint.size == known.size and checkpoint.root != known.root:
        raise Problem("log.fork", size=known.size, kept=memory.note, shown=note)
    return known


def _walked(
    source: Source, checkpoint: Checkpoint, memory: Memory, known: Checkpoint | None, keep: Keep, tell: Tell,
    *, last: bool = False,
) -> Walk:  # fmt: skip
    """The walk from what is remembered; if that leads elsewhere, once more from the first leaf."""
    walk = Walk(source, checkpoint.size, memory, known)
    last = last or walk.start.size == 0
    try:
        walk.go(keep, tell)
        if walk.root != checkpoint.root:
            raise Problem("log.root", size=checkpoint.size)
    except Problem as problem:
        if last or problem.code not in ("log.root", "log.tile-differs"):
            raise
        raise _MissedError from problem
    return walk


def _tokens(source: Source, policy: Policy, checkpoint: Checkpoint) -> tuple[Token, ...]:
    """Every listed token about a checkpoint that this one extends, by the policy's authorities."""
    listed = source.fetch("tokens.json") if policy.timestamps else None
    if listed is None:
        return ()
    nodes = node_reader(checkpoint.size, lambda tile: fetch_tile(source, tile))
    found = []
    for row in array_at(read(listed), "$"):
        size, name = _token_row(row)
        if size <= checkpoint.size and name in policy.timestamps:
            found.append(_token(source, policy, checkpoint, nodes, size, name))
    return tuple(found)


def _token(
    source: Source, policy: Policy, checkpoint: Checkpoint, nodes: merkle.ReadNode, size: int, name: str
) -> Token:
    note = fetched(source, f"checkpoints/{size}", LONGEST_NOTE)
    parsed = parse_note(note)
    verify_note(parsed, policy.log)
    earlier = parse_checkpoint(parsed.text)
    if earlier.origin != policy.log.name or earlier.size != size:
        raise Problem("log.time-token", why=f"checkpoint {size} is another")
    try:
        proof = merkle.prove_consistency(size, checkpoint.size, nodes)
        merkle.verify_consistency(size, checkpoint.size, earlier.root, checkpoint.root, proof)
    except Problem as problem:
        raise Problem(
            "log.fork", size=size, kept=note.decode(), shown=fetched(source, "checkpoint").decode()
        ) from problem
    token = fetched(source, f"tokens/{size}.{name}.tsr", MOST_BYTES)
    whose, at = check_token(token, stamped(note, policy.log.name), {name: policy.timestamps[name]})
    return Token(size, whose, at)


def _token_row(row: Any) -> tuple[int, str]:
    found = members_at(row, "$", ("size", "name", "at"))
    return count_at(found["size"], "$.size", 1, MOST_LEAVES), text_at(found["name"], "$.name")


def _found(checkpoint: Checkpoint, known: Checkpoint | None, walk: Walk, tokens: tuple[Token, ...]) -> Findings:
    told: Mapping[str, Any] = {"walked": checkpoint.size - walk.start.size, "tiles": walk.tiles}
    opened = sum(span.checked for span in walk.memory.spans)
    tally = walk.memory.tally
    counted = tally.dummies + tally.shown + tally.hidden
    return Findings(
        checkpoint, 0 if known is None else known.size, **told, periods=opened, tally=tally,
        waiting=checkpoint.size - counted, tokens=tokens,
    )  # fmt: skip
