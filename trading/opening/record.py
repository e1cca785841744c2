"""The opening record 开标记录表 `opening-record/v1`: what bidders confirm, as bytes that anybody makes again from the log."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from infra.crypto.sign import labelled
from infra.kernel.canonical import canonical

FORMAT = "opening-record/v1"
LABEL = "openhall opening record/v1"
LONGEST = 2000
MOST_OBJECTIONS = 5
"""How long a reason, an answer or a note may be, in characters; how often one bidder objects to one record."""


def record_document(section: str, closing: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The record as canonical JSON, from the facts of `section.closed` and the rows of `section.opened`."""
    return canonical(
        {
            "format": FORMAT,
            "section": section,
            "deadline": closing["deadline"],
            "keyset": closing["keyset"],
            "minimum": closing["minimum"],
            "listed": closing["bids"],
            "record": list(rows),
        }
    )


def record_digest(document: bytes) -> bytes:
    """SHA-256 of the record, by which a printed one is known."""
    return sha256(document).digest()


def confirmation_message(digest: bytes) -> bytes:
    """The 32 bytes that a bidder signs to confirm the record of this digest."""
    return sha256(labelled(LABEL, digest)).digest()
