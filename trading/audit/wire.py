"""An audit file, `audit/v1`: JSON lines with their proofs, one signature under all of them (docs/formats/audit.md)."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from infra.kernel.canonical import b64, canonical
from infra.tlog import note

FORMAT = "audit/v1"


class Writer:
    """Writes the lines of one file, numbering and hashing them as they come; `end` must be the last."""

    def __init__(self, key: note.SignerKey) -> None:
        self._key = key
        self._digest = sha256()
        self._lines = 0

    def head(self, **facts: Any) -> bytes:
        """The first line: what was asked for, the checkpoint everything is proven under, the policy."""
        return self._out({"audit": FORMAT, **facts})

    def line(self, kind: str, **facts: Any) -> bytes:
        """One numbered line of a kind: `event`, `pending`, `inner`, `sealed` or `read`."""
        self._lines += 1
        return self._out({"n": self._lines, "kind": kind, **facts})

    def end(self) -> bytes:
        """The last line: how many lines there are, the SHA-256 over all bytes before it, signed by the log's key."""
        digest = self._digest.digest()
        text = signed_text(self._lines, digest)
        signed = note.format_note(text, [note.sign(text, self._key)])
        return canonical({"end": {"lines": self._lines, "sha256": b64(digest)}, "note": signed}) + b"\n"

    def _out(self, told: Mapping[str, Any]) -> bytes:
        data = canonical(dict(told)) + b"\n"
        self._digest.update(data)
        return data


def signed_text(lines: int, digest: bytes) -> str:
    """The note's text under a whole file; no checkpoint looks like it, for it names no tree."""
    return f"openhall {FORMAT}\n{lines}\n{b64(digest)}\n"
