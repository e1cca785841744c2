"""The witness's duty: co-sign a checkpoint only if it extends the last one co-signed, and keep the proof of any other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from infra.crypto import merkle
from infra.kernel.canonical import unb64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import Checkpoint, parse_checkpoint
from infra.tlog.cosignature import cosign
from infra.tlog.note import format_note, parse_note, verify_note
from infra.tlog.policy import Policy, parse_policy
from infra.trustee.state import State
from infra.trustee.statefile import put

CONFLICT = "log.consistency"
FRESH = timedelta(hours=1)
"""How old the co-signatures may be on which a witness begins anew that was rebuilt from paper."""
MOST_FORKS = 50

pinned = lru_cache(1)(parse_policy)
"""A policy's text as a policy; the one in use is kept."""


def pin(state: State, offered: str) -> bool:
    """Pin the platform's policy at first contact; whether that happened. It is never replaced from outside.

    `trustee.other-policy` where paper remembers another one.
    """
    if state.policy or not offered:
        return False
    if state.policy_hash and sha256(offered.encode()).hexdigest() != state.policy_hash:
        raise Problem("trustee.other-policy", expected=state.policy_hash)
    state.policy, state.policy_hash = offered, sha256(offered.encode()).hexdigest()
    return True


def witness(state: State, reply: Mapping[str, Any], ctx: Context) -> dict[str, Any] | None:
    """The co-signature for the checkpoint shown, None where there is nothing new; `log.consistency` for a conflict.

    The first checkpoint after a restore from paper is taken from the other witnesses, not co-signed.
    """
    if not reply.get("checkpoint"):
        return None
    policy = pinned(state.policy)
    note, checkpoint = _logged(reply["checkpoint"], policy)
    if state.restored_at and not state.size:
        _begin_anew(state, str(reply.get("cosigned") or ""), policy, ctx)
        return None
    if checkpoint.size == state.size and checkpoint.root == state.root:
        return None
    _check_consistency(state, checkpoint, reply["consistency"])
    line = format_note(note, [cosign(note, state.witness, int(ctx.now.timestamp()))])[len(note) + 1 :]
    state.size, state.root, state.note = checkpoint.size, checkpoint.root, reply["checkpoint"] + line
    return {"size": checkpoint.size, "line": line}


def keep_conflict(state: State, folder: Path, reply: Mapping[str, Any], ctx: Context) -> bool:
    """Keep both signed checkpoints in `fork-….txt` beside the state; whether it is a new one.

    The file is proof against the log: it signed both. A full folder of them takes no more.
    """
    shown = str(reply["checkpoint"])
    size = parse_checkpoint(parse_note(shown).text).size
    name = f"fork-{size}-{sha256(shown.encode()).hexdigest()[:8]}.txt"
    if name in state.forks or len(state.forks) >= MOST_FORKS:
        return False
    put(folder / name, _told(state, shown, size, reply.get("consistency", ()), ctx).encode())
    state.forks.append(name)
    return True


def begin_from(state: State, text: str, policy: Policy) -> None:
    """Take over the checkpoint that a person brings from another body's witness, once the log's signature holds."""
    _, checkpoint = _logged(text, policy)
    state.size, state.root, state.note = checkpoint.size, checkpoint.root, text


def _logged(text: str, policy: Policy) -> tuple[str, Checkpoint]:
    """Note text and checkpoint, once the pinned log has signed it under its own name."""
    note = parse_note(text)
    verify_note(note, policy.log)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != policy.log.name:
        raise Problem("log.origin", origin=checkpoint.origin, expected=policy.log.name)
    return note.text, checkpoint


def _begin_anew(state: State, cosigned: str, policy: Policy, ctx: Context) -> None:
    """The newest checkpoint that a quorum of the others has co-signed within the hour; `trustee.no-others` without."""
    others = {name: key for name, key in policy.witnesses.items() if name != state.name}
    try:
        checkpoint = replace(policy, witnesses=others).check(cosigned, int((ctx.now - FRESH).timestamp()))
    except Problem as problem:
        raise Problem("trustee.no-others", why=problem.code) from problem
    state.size, state.root, state.note = checkpoint.size, checkpoint.root, cosigned


def _check_consistency(state: State, checkpoint: Checkpoint, proof: Sequence[str]) -> None:
    if checkpoint.size < state.size:
        raise Problem(CONFLICT, first=state.size, size=checkpoint.size)
    if state.size:
        steps = [unb64(step) for step in proof]
        merkle.verify_consistency(state.size, checkpoint.size, state.root, checkpoint.root, steps)


def _told(state: State, shown: str, size: int, proof: Sequence[str], ctx: Context) -> str:
    steps = "".join(f"{step}\n" for step in proof) or "(none)\n"
    return (
        f"{_verdict(state, size)}\n"
        f"Kept by {state.name} on {ctx.now:%Y-%m-%dT%H:%M:%SZ} by its own clock. Both are signed by the log.\n\n"
        f"--- last co-signed here ---\n{state.note}\n--- shown then ---\n{shown}\n"
        f"--- consistency proof that came with it ---\n{steps}"
    )


def _verdict(state: State, size: int) -> str:
    if size == state.size:
        return "FORK 分叉: the log has signed two different trees of one size. No explanation is possible but a second log."
    if size < state.size:
        return "ROLLBACK 回退: the log shows fewer entries than this witness has co-signed."
    return "CONFLICT 不一致: a larger log was shown, but no proof that it holds what this witness has co-signed."
