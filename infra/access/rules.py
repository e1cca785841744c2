"""What an access line says, the 32 bytes it is reduced to, and the padded tree whose root stands in the public log."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from infra.crypto.merkle import leaf_hash, node_hash, verify_inclusion
from infra.kernel.canonical import canonical
from infra.kernel.problems import Problem

SMALLEST = 64
"""So many leaves a tree has at least: an hour without a read looks like an hour with sixty."""


class Read(StrEnum):
    """`noun.past`: what was read, of all that is sealed or personal."""

    BID_FILE = "bid-file.read"
    OWN_MARKS = "own-marks.seen"
    SEAT_NAMES = "seat-names.seen"
    SLIPS = "slips.seen"
    REGISTRATION = "registration.seen"
    OWN_RESULT = "own-result.seen"
    RESULT_LETTER = "result-letter.seen"
    DOCUMENT_HOLDERS = "document-holders.seen"
    INVITED_BIDDERS = "invited-bidders.seen"
    ASKERS = "askers.seen"
    JOURNAL_SEARCHED = "audit.searched"
    SECTION_AUDITED = "audit.section-seen"
    READS_SEARCHED = "audit.reads-seen"
    PROOF_TAKEN = "audit.proof-taken"
    EXPORTED = "audit.exported"
    EXPERTS = "experts.seen"
    EXPERT = "expert.seen"
    EXPERTS_EXPORTED = "experts.exported"
    SEAT_LIST = "seat-list.seen"
    DECLINE_NOTES = "decline-notes.seen"
    FEES = "fees.seen"
    MACHINE_CHECKS = "machine-checks.seen"
    MANDATE = "mandate.read"
    CAMERA_PICTURE = "camera-picture.seen"
    RECORDING_WATCHED = "recording.watched"
    RECORDING_EXPORTED = "recording-export.taken"


class Outcome(StrEnum):
    """Whether what was asked for was shown."""

    GRANTED = "granted"
    REFUSED = "refused"


def told(line: Mapping[str, Any]) -> dict[str, Any]:
    """An access line as it is hashed and exported: what is empty is left out, the time to the microsecond in UTC."""
    at: datetime = line["at"]
    found = {
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": line["actor"],
        "role": str(line["role"]),
        "read": str(line["read"]),
        "subject": line["subject"],
        "outcome": str(line["outcome"]),
        "facts": dict(line["facts"]),
    }
    return found | {name: line[name] for name in ("section", "address") if line[name] is not None}


def entry(salt: bytes, line: Mapping[str, Any]) -> bytes:
    """SHA-256("openhall access/v1\\n" ‖ salt32 ‖ canonical line), 32 bytes; `line` is what `told` gives."""
    if len(salt) != 32:
        raise Problem("log.size", bytes=len(salt))
    return sha256(b"openhall access/v1\n" + salt + canonical(dict(line))).digest()


def width(reads: int) -> int:
    """How many leaves the tree over so many reads has: the next power of two, never below `SMALLEST`."""
    return max(SMALLEST, 1 << max(reads - 1, 0).bit_length())


class Tree:
    """The perfect tree over the entries in their order and then dummies HMAC-SHA256(blind, label ‖ u64be index)."""

    def __init__(self, entries: Sequence[bytes], blind: bytes) -> None:
        dummies = (
            hmac.digest(blind, b"access/v1 dummy\n" + index.to_bytes(8, "big"), "sha256")
            for index in range(len(entries), width(len(entries)))
        )
        self._rows = [[leaf_hash(one) for one in (*entries, *dummies)]]
        while len(row := self._rows[-1]) > 1:
            self._rows.append([node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)])

    @property
    def size(self) -> int:
        """How many leaves there are, a power of two."""
        return len(self._rows[0])

    @property
    def root(self) -> bytes:
        """The root, 32 bytes."""
        return self._rows[-1][0]

    def path(self, index: int) -> list[bytes]:
        """The audit path of the entry at this place (RFC 9162), as long as the tree is high."""
        return [row[(index >> level) ^ 1] for level, row in enumerate(self._rows[:-1])]


def verify(line_entry: bytes, index: int, path: Sequence[bytes], expected: bytes) -> None:
    """`log.inclusion` unless the entry stands at `index` of a padded tree with this root."""
    verify_inclusion(index, 1 << len(path), leaf_hash(line_entry), path, expected)
