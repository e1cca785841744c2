"""Offline receipts (C2SP tlog-proof): where an entry stands, its audit path and the cosigned checkpoint in one text."""

import re
from dataclasses import dataclass

from infra.crypto.merkle import leaf_hash, verify_inclusion
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import MOST_LEAVES, Checkpoint
from infra.tlog.policy import Policy

HEADER = "c2sp.org/tlog-proof@v1"

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Proof:
    """A proof taken apart; `checkpoint` is the signed note verbatim, `extra` is never authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


def format_proof(proof: Proof) -> str:
    """The proof as text (extension `.tlog-proof`)."""
    extra = [] if proof.extra is None else [f"extra {b64(proof.extra)}"]
    lines = [HEADER, *extra, f"index {proof.index}", *map(b64, proof.hashes), ""]
    return "".join(f"{line}\n" for line in lines) + proof.checkpoint


def parse_proof(data: str | bytes) -> Proof:
    """Read a proof strictly, its checkpoint still unverified; `proof.malformed` otherwise."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
    except UnicodeError as error:
        raise Problem("proof.malformed", why="not UTF-8") from error
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise Problem("proof.malformed", why="not a proof of this version")
    extra = _base64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None or int(index[1]) > MOST_LEAVES or len(lines) > 63:
        raise Problem("proof.malformed", why="no index, or more hashes than a tree is high")
    return Proof(int(index[1]), tuple(_base64(line, 32) for line in lines), checkpoint, extra)


def verify_proof(
    proof: Proof, entry: bytes, policy: Policy, earliest: int | None = None, *, strict: bool = False
) -> Checkpoint:
    """The checkpoint under which the entry is proven to stand at the proof's index; `log.…` says what does not hold."""
    checkpoint = policy.check(proof.checkpoint, earliest, strict=strict)
    verify_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.hashes, checkpoint.root)
    return checkpoint


def _base64(text: str, size: int | None = None) -> bytes:
    try:
        return unb64(text, size)
    except Problem as problem:
        raise Problem("proof.malformed", why="a line is not the base64 it should be") from problem
