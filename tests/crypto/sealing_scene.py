"""Scenes for sealed bids: three custodians, a keyset and everything made from fixed randomness."""

from dataclasses import replace
from hashlib import sha256

from infra.crypto.keyset import (
    Custodian,
    Keyset,
    Release,
    custodian_private_key,
    public_key,
    sign_keyset,
    with_signatures,
)
from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import SealedPart, seal_bytes
from infra.crypto.seal_suite import SM2, X25519
from infra.crypto.sign import ed25519_public

SUITES = (X25519, SM2)
NAMES = ("agent", "centre", "supervisor")
SECTION = "YH-2026-001/S1"
DEADLINE = "2026-12-01T01:30:00Z"
CODE = "91420500MA4900001X"
ENTITY = "12420500MA4900099K"
FACTOR = sha256(b"factor").digest()


class Stream:
    """Fixed randomness: SHA-256(label ‖ u32 counter), block after block."""

    def __init__(self, label: str) -> None:
        self._label = label.encode()
        self._counter = 0
        self._left = b""

    def __call__(self, size: int) -> bytes:
        blocks = range(self._counter, self._counter + -(-max(size - len(self._left), 0) // 32))
        self._counter = blocks.stop
        data = self._left + b"".join(sha256(self._label + number.to_bytes(4)).digest() for number in blocks)
        self._left = data[size:]
        return data[:size]


class Custody:
    """n custodians with seeds and signer keys, and the keyset they make for a section, round and suite."""

    def __init__(
        self,
        threshold: int = 2,
        count: int = 3,
        section: str = SECTION,
        round_: str = "1",
        suite: str = X25519,
        event: str = "section.closed",
    ) -> None:
        self.names = [NAMES[index] if count == 3 else f"body {index + 1}" for index in range(count)]
        self.seeds = [sha256(f"seed {name}".encode()).digest() for name in self.names]
        self.signers = [sha256(f"signer {name}".encode()).digest() for name in self.names]
        self.id = sha256(f"id {section} {round_}".encode()).digest()
        pairs = enumerate(self.seeds, 1)
        self.private = {number: custodian_private_key(seed, self.id, section, round_, suite) for number, seed in pairs}
        people = tuple(
            Custodian(name, public_key(self.private[number], suite), ed25519_public(self.signers[number - 1]))
            for number, name in enumerate(self.names, 1)
        )
        unsigned = Keyset(self.id, section, round_, DEADLINE, suite, threshold, Release(event, 3), people)
        self.keyset = self.sign(unsigned)
        self.pinned = {one.name: one.signer for one in people}

    def sign(self, keyset: Keyset) -> Keyset:
        return with_signatures(keyset, [sign_keyset(keyset, signer) for signer in self.signers])

    def keys(self, *numbers: int) -> dict[int, bytes]:
        return {number: self.private[number] for number in numbers}


def bidder_salt(code: str = CODE) -> bytes:
    return sha256(b"salt " + code.encode()).digest()


def a_bid(
    plaintext: bytes = b"offer", custody: Custody | None = None, part: str = "technical", factor: bytes | None = None
) -> tuple[bytes, SealedPart]:
    """A container and its measurements, the same bytes each time."""
    keyset = (custody or Custody()).keyset
    return seal_bytes(plaintext, keyset, part, bidder_line(bidder_salt(), CODE), factor, Stream("bid"))


def a_manifest(sealed: SealedPart, part: str = "technical") -> Manifest:
    return Manifest(SECTION, "1", bidder_salt(), (sealed.entry(part),), Client("test 1", bytes(32)))


def changed(keyset: Keyset, **fields: object) -> Keyset:
    return replace(keyset, **fields)  # type: ignore[arg-type]
