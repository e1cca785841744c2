"""What people said of a recording, by the standard library alone: their signatures, and the tree that binds them all."""

import hashlib
import json
from typing import Any, NamedTuple

try:
    from trading.recordings.signed_chunks import p256_verify
except ImportError:  # in an export the files stand beside this one
    from signed_chunks import p256_verify  # type: ignore[import-not-found, no-redef]

REASON = b"recording-reason/v1"


class Said(NamedTuple):
    """How many reasons for gaps there are, how many of them are signed, and the number of the first that is signed wrongly."""

    reasons: int
    signed: int
    wrong: int | None = None


def reason_message(recording: str, stream: str, seq: int, words: str) -> bytes:
    """The 32 bytes that are signed under the reason for a gap: SHA-256 of the label, a zero byte and H(JCS(...))."""
    told = {"recording": recording, "seq": seq, "stream": stream, "words": words}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(REASON + b"\0" + hashlib.sha256(text.encode()).digest()).digest()


def check_said(document: dict[str, Any]) -> Said:
    """Check the signature under every reason that has one; those of recordings before reasons were signed have none."""
    reasons = signed = 0
    for number, one in enumerate(document["said"], 1):
        if one.get("about") != "gap":
            continue
        reasons += 1
        if "signature" not in one:
            continue
        try:
            message = reason_message(document["recording"], one["stream"], one["seq"], one["words"])
            good = p256_verify(bytes.fromhex(one["key"]), message, bytes.fromhex(one["signature"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            good = False
        if not good:
            return Said(reasons, signed, number)
        signed += 1
    return Said(reasons, signed)


def tree_root(leaves: list[bytes]) -> str:
    """The root of a Merkle tree over these leaves (RFC 9162), in hexadecimal."""
    row = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    if not row:
        return hashlib.sha256(b"").hexdigest()
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\1" + row[at] + row[at + 1]).digest() for at in range(0, len(row) - 1, 2)]
        row = pairs + (row[-1:] if len(row) & 1 else [])
    return row[0].hex()
