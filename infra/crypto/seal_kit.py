"""The bid kit `bid-kit/v1`: what the bidder keeps for the remedy (salts, commit salts, B), under a passphrase."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Never

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.crypto.seal_header import PART, ROUND, SECTION
from infra.crypto.seal_suite import Random
from infra.kernel.canonical import b64, canonical
from infra.kernel.fields import Fields, parse_document
from infra.kernel.problems import Problem

_OPEN = re.compile(r"bid-kit/v1")
_LOCKED = re.compile(r"bid-kit/v1 locked")
_CODE = re.compile(r"[0-9A-Za-z-]{1,64}")
# RFC 9106 §4, second recommended option: 64 MiB, three passes, four lanes.
_MEMORY, _PASSES, _LANES = 1 << 16, 3, 4


@dataclass(frozen=True)
class BidKit:
    """`bidder` is the credit code, `factor` B (None where the policy has no bidder), `commit_salts` by part."""

    section: str
    round: str
    bidder: str
    bidder_salt: bytes
    factor: bytes | None
    manifest: bytes
    commit_salts: Mapping[str, bytes]

    def encode(self) -> bytes:
        """The canonical document, readable by anyone."""
        parts = [{"part": part, "commit_salt": b64(self.commit_salts[part])} for part in sorted(self.commit_salts)]
        factor = {} if self.factor is None else {"bidder_factor": b64(self.factor)}
        return canonical(
            {
                "format": "bid-kit/v1",
                "section": self.section,
                "round": self.round,
                "bidder": self.bidder,
                "bidder_salt": b64(self.bidder_salt),
                "manifest": b64(self.manifest),
                "parts": parts,
                **factor,
            }
        )


def lock_kit(kit: BidKit, passphrase: bytes, random: Random) -> bytes:
    """The kit under a passphrase: argon2id, AES-256-GCM; `box` is nonce ‖ ciphertext ‖ tag."""
    salt, nonce = random(16), random(12)
    box = AESGCM(_key(passphrase, salt)).encrypt(nonce, kit.encode(), b"bid-kit/v1 locked")
    return canonical({"format": "bid-kit/v1 locked", "salt": b64(salt), "box": b64(nonce + box)})


def is_locked(data: bytes) -> bool:
    """Whether a kit file needs a passphrase."""
    return b'"bid-kit/v1 locked"' in data


def read_kit(data: bytes, passphrase: bytes | None = None) -> BidKit:
    """A kit file, locked or not; `kit.passphrase` for a wrong or missing passphrase, `kit.bad` for another file."""
    if is_locked(data):
        data = _unlock(data, passphrase)
    names = "format section round bidder bidder_salt manifest parts"
    top = Fields(parse_document(data, _refuse), _refuse, names, "bidder_factor")
    top.text("format", _OPEN)
    parts = top.objects("parts", "part commit_salt")
    return BidKit(
        section=top.text("section", SECTION),
        round=top.text("round", ROUND),
        bidder=top.text("bidder", _CODE),
        bidder_salt=top.raw("bidder_salt", 32),
        factor=top.raw("bidder_factor", 32) if top.has("bidder_factor") else None,
        manifest=top.raw("manifest", 32),
        commit_salts={row.text("part", PART): row.raw("commit_salt", 32) for row in parts},
    )


def _unlock(data: bytes, passphrase: bytes | None) -> bytes:
    top = Fields(parse_document(data, _refuse), _refuse, "format salt box")
    top.text("format", _LOCKED)
    salt, box = top.raw("salt", 16), top.raw("box")
    if passphrase is None or len(box) < 28:
        raise Problem("kit.passphrase")
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(box[:12], box[12:], b"bid-kit/v1 locked")
    except InvalidTag as error:
        raise Problem("kit.passphrase") from error


def _key(passphrase: bytes, salt: bytes) -> bytes:
    return hash_secret_raw(passphrase, salt, _PASSES, _MEMORY, _LANES, 32, Type.ID)


def _refuse(field: str) -> Never:
    raise Problem("kit.bad", field=field)
