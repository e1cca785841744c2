"""What a trustee knows: its identity, the seeds of its epochs, the pinned policy, what it has signed; one file holds it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.crypto.hpke import public_key
from infra.crypto.keyset import Keyset, custodian_private_key
from infra.crypto.keyset import public_key as keyset_key
from infra.crypto.sign import ed25519_public
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from infra.tlog.note import COSIGNATURE, SignerKey
from infra.trustee.statefile import Lock

Known = dict[str, Any]


@dataclass
class State:
    """What the program knows.

    `identity` gives the long-term keys, each under its own label. `epochs` holds the custody seeds by name, oldest first;
    the last one gives new keys unless it stands in `paper`: epochs rebuilt from paper only release. `keysets` knows each
    signed keyset by the base64 of its digest: its id, epoch, section, deadline (text) and when its key was released.
    `record_key` is the supervising body's (`name`, `key`) once it was shown, `records` the keys that reached this trustee as
    records, by keyset and custodian (`key`, `at`), `misfits` the releases of others that did not fit.
    `time_authority` is what the program was last started with: `url` and `root_sha256`, or nothing.
    """

    name: str
    body: str
    identity: bytes = field(repr=False)
    epochs: dict[str, bytes] = field(repr=False)
    begun: dict[str, str] = field(default_factory=dict)
    paper: list[str] = field(default_factory=list)
    administrator: str = ""
    custody: str = ""
    policy: str = ""
    policy_hash: str = ""
    size: int = 0
    root: bytes = b""
    note: str = ""
    keysets: dict[str, Known] = field(default_factory=dict)
    extended: dict[str, str] = field(default_factory=dict)
    draws: dict[str, int] = field(default_factory=dict)
    audits: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    forks: list[str] = field(default_factory=list)
    backup: Known = field(default_factory=dict)
    rehearsed_at: str = ""
    restored_at: str = ""
    time_authority: Known = field(default_factory=dict)
    record_key: dict[str, str] = field(default_factory=dict)
    records: dict[str, dict[str, Known]] = field(default_factory=dict, repr=False)
    misfits: list[Known] = field(default_factory=list)
    lock: Lock | None = field(default=None, repr=False, compare=False)

    @property
    def epoch(self) -> str:
        """The name of the epoch that gives new keys."""
        return list(self.epochs)[-1]

    @property
    def seed(self) -> bytes:
        """The custody seed of the current epoch."""
        return self.epochs[self.epoch]

    @property
    def signer(self) -> bytes:
        """The long-term Ed25519 key that signs keysets and releases."""
        return self.derived("signer")

    @property
    def sealing(self) -> bytes:
        """The X25519 private key for what is sent to this trustee alone."""
        return self.derived("sealing")

    @property
    def witness(self) -> SignerKey:
        """The key that co-signs checkpoints."""
        return SignerKey(self.name, COSIGNATURE, self.derived("witness"))

    @property
    def beacon(self) -> bytes:
        """The Ed25519 key that only says that the program waits for its passphrase; it stands open in the file."""
        return self.derived("beacon")

    @property
    def recorded(self) -> Known:
        """How many keys of others are kept as records, and when the last one came ("" for none)."""
        times = [one["at"] for kept in self.records.values() for one in kept.values()]
        return {"count": len(times), "last": max(times, default="")}

    @property
    def backed_up(self) -> bool:
        """Whether the newest paper backup holds every epoch's seed."""
        return bool(self.backup) and list(self.epochs) == self.backup["epochs"]

    def new_key(self, keyset_id: bytes, section: str, round_: str, suite: str) -> bytes:
        """The one-time private key for a keyset yet to be made; `trustee.epoch-paper` where no epoch gives new keys."""
        if self.epoch in self.paper:
            raise Problem("trustee.epoch-paper", epoch=self.epoch)
        return custodian_private_key(self.seed, keyset_id, section, round_, suite)

    def key_of(self, keyset: Keyset) -> tuple[str, bytes] | None:
        """Epoch and one-time private key of this trustee's own place in a keyset; None where no epoch gives the listed key."""
        mine = next((one for one in keyset.custodians if one.name == self.name), None)
        for epoch, private in self._candidates(keyset):
            if mine is not None and keyset_key(private, keyset.suite) == mine.key:
                return epoch, private
        return None

    def enrolment(self) -> dict[str, str]:
        """The public half, to be enrolled by the platform."""
        return {
            "name": self.name,
            "body": self.body,
            "signer": b64(ed25519_public(self.signer)),
            "sealing": b64(public_key(self.sealing)),
            "vkey": self.witness.verifier.encode(),
            "beacon": b64(ed25519_public(self.beacon)),
        }

    def derived(self, label: str) -> bytes:
        """32 bytes of the identity under a label of their own."""
        return HKDF(SHA256(), 32, b"openhall trustee/v1", label.encode()).derive(self.identity)

    def _candidates(self, keyset: Keyset) -> Iterator[tuple[str, bytes]]:
        for epoch in reversed(self.epochs):
            seed = self.epochs[epoch]
            yield epoch, custodian_private_key(seed, keyset.id, keyset.section, keyset.round, keyset.suite)
