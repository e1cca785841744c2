"""Epochs: the seed that gives keys lives for a year; the one before stays until its sections are archived, then goes."""

from datetime import datetime

from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.trustee.keeping import BEFORE_EPOCHS
from infra.trustee.paper import Kept
from infra.trustee.state import State


def begin(state: State, ctx: Context) -> str:
    """A fresh seed gives new keys from now on; returns the epoch's name: the year, with a number where it is the second."""
    year = f"{ctx.now:%Y}"
    known = {one for one in (*state.epochs, *state.begun) if one.partition("-")[0] == year}
    name = f"{year}-{len(known) + 1}" if known else year
    state.epochs[name], state.begun[name] = ctx.random(32), ctx.now.isoformat()
    return name


def open_keysets(state: State, epoch: str) -> list[str]:
    """The sections under this epoch whose keys have never been released: they could not be opened without it."""
    return sorted(
        {one["section"] for one in state.keysets.values() if one["epoch"] == epoch and not one["released_at"]}
    )


def destroy(state: State, epoch: str, now: datetime) -> None:
    """Forget an epoch's seed for good, and the keysets it gave keys for, with the records of others' keys of these.

    `trustee.epoch-unknown`, `trustee.epoch-current`; `trustee.epoch-identity` for the seed that is the identity too;
    `trustee.epoch-needed` while a section's deadline under it is still to come.
    """
    if epoch not in state.epochs:
        raise Problem("trustee.epoch-unknown", epoch=epoch)
    if epoch == state.epoch:
        raise Problem("trustee.epoch-current", epoch=epoch)
    if epoch == BEFORE_EPOCHS:
        raise Problem("trustee.epoch-identity", epoch=epoch)
    for digest, one in state.keysets.items():
        deadline = datetime.fromisoformat(state.extended.get(digest) or one["deadline"])
        if one["epoch"] == epoch and deadline > now:
            raise Problem("trustee.epoch-needed", epoch=epoch, section=one["section"], deadline=deadline)
    del state.epochs[epoch]
    state.paper = [name for name in state.paper if name != epoch]
    state.keysets = {digest: one for digest, one in state.keysets.items() if one["epoch"] != epoch}
    state.records = {digest: kept for digest, kept in state.records.items() if digest in state.keysets}
    state.extended = {digest: deadline for digest, deadline in state.extended.items() if digest in state.keysets}


def restored(kept: Kept, ctx: Context) -> State:
    """A state rebuilt from paper: the epochs on it only release, a new one gives new keys; the log is to be found anew."""
    state = State(
        kept.name, kept.body, kept.identity, dict(kept.epochs), paper=list(kept.epochs), policy_hash=kept.policy_hash,
        restored_at=ctx.now.isoformat(),
    )  # fmt: skip
    begin(state, ctx)
    return state


def rehearse(state: State, kept: Kept) -> None:
    """Whether paper would rebuild this very state: `paper.other-trustee`, `paper.outdated` with the epoch it lacks."""
    if (kept.name, kept.body, kept.identity) != (state.name, state.body, state.identity):
        raise Problem("paper.other-trustee", name=kept.name)
    for epoch, seed in state.epochs.items():
        if kept.epochs.get(epoch) != seed:
            raise Problem("paper.outdated", epoch=epoch)
    if state.policy_hash and kept.policy_hash != state.policy_hash:
        raise Problem("paper.outdated", epoch="policy")
