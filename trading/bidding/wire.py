"""What a bidder's program and the platform agree on without a database: blocks, a receipt, a withdrawal."""

from hashlib import sha256

from infra.crypto.seal_blocks import CONTAINER_BLOCK
from infra.crypto.sign import labelled

BLOCK = CONTAINER_BLOCK
RECEIPT = "receipt/v1"
SECOND_MANIFEST = "second-manifest.json"
"""The file of a sealed folder that makes it a bid in two envelopes 双信封."""
WITHDRAWAL_LABEL = "openhall withdrawal/v1"


def block_count(size: int) -> int:
    """How many 8 MiB blocks a container of `size` bytes has."""
    return -(-size // BLOCK)


def withdrawal_message(manifest_digest: bytes) -> bytes:
    """The 32 bytes a bidder signs to withdraw the bid of this manifest."""
    return sha256(labelled(WITHDRAWAL_LABEL, manifest_digest)).digest()
