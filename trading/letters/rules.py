"""What a letter on the result says, and the hash the log has of it: pure (docs/formats/result-letter.md)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

from infra.kernel.canonical import b64, canonical

FORMAT = "result-letter/v1"


class Outcome(StrEnum):
    """What became of a bid, as its bidder is told."""

    WON = "won"
    PASSED_OVER = "passed-over"
    OUTRANKED = "outranked"
    REJECTED = "rejected"
    UNOPENED = "unopened"


def rank_of(order: Sequence[str | Sequence[str]], bid: str) -> int | None:
    """The rank in an order whose ties may stand, None for a bid that was not ranked; tied bids share the best of theirs."""
    rank = 1
    for place in order:
        group = [place] if isinstance(place, str) else list(place)
        if bid in group:
            return rank
        rank += len(group)
    return None


def outcome_of(
    bid: str, winner: str, passed: Mapping[str, str], rejected: Mapping[str, str], rank: int | None
) -> Outcome:
    """Why this bid won or did not."""
    if bid == winner:
        return Outcome.WON
    if bid in passed:
        return Outcome.PASSED_OVER
    if bid in rejected:
        return Outcome.REJECTED
    return Outcome.UNOPENED if rank is None else Outcome.OUTRANKED


def written(salt: bytes, letter: Mapping[str, Any]) -> bytes:
    """The letter's file: canonical JSON of the letter with its salt."""
    return canonical({"format": FORMAT, "letter": dict(letter), "salt": b64(salt)})


def digest_of(file: bytes) -> bytes:
    """The hash the log has of it: SHA-256 of the file as it is, so that any tool can tell it."""
    return sha256(file).digest()
