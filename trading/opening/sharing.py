"""A bid whose shares do not fit together: all n are interpolated from the first t, and each released one compared."""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from infra.crypto.seal_header import Header
from infra.crypto.seal_key import unwrap_share
from infra.crypto.shares import extend
from infra.kernel.problems import Problem

DOUBTFUL = frozenset({"seal.share", "seal.wrap", "seal.commitment"})
"""What a share that is not the others' leads to."""
SOUND, DAMAGED, DIFFERS = "sound", "damaged", "differs"


def compared(header: Header, released: Mapping[int, bytes]) -> list[dict[str, Any]]:
    """[{custodian, state}] of each released key: its share does not unwrap, lies elsewhere than the first t say, or fits.

    With no more than t shares nothing but the commitment can contradict them: they are all called sound.
    """
    found: dict[int, bytes | None] = {}
    for index, private in sorted(released.items()):
        try:
            found[index] = unwrap_share(header, index, private)
        except Problem:
            found[index] = None
    known = [share for share in found.values() if share is not None]
    every = extend(known[: header.threshold], header.count) if len(known) >= header.threshold else None
    return [{"custodian": index, "state": _state(share, every)} for index, share in found.items()]


def _state(share: bytes | None, every: list[bytes] | None) -> str:
    if share is None:
        return DAMAGED
    return SOUND if every is None or compare_digest(every[share[-1] - 1], share) else DIFFERS
