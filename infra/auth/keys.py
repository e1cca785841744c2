"""The platform's own secret keys, one file each under `<home>/keys`, made on first use.

They are the log's signing key (Ed25519), the opening service's key (X25519), the DEMO authority's key (P-256) and the
key service's master key (AES-256), which wraps field keys and input keys: `salt(16) ‖ AES-256-GCM`, key and nonce by
HKDF-SHA-256 from master and salt under `key-service/v1 ‖ 00 ‖ label ‖ 00 ‖ context`, which is the associated data too.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.auth.authority import Authority, found_authority
from infra.auth.keyfile import read_key, write_key
from infra.auth.time_stamps import read_anchors
from infra.crypto.sign import ed25519_public, new_p256
from infra.edge import random_bytes, utc_now
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem

SALT = 16


@dataclass(frozen=True)
class KeyService:
    """Wraps small secrets under the master key; a wrapped secret opens only under its own label and context."""

    master: bytes = field(repr=False)

    def wrap(self, label: str, context: str, secret: bytes, random: Callable[[int], bytes]) -> bytes:
        """The wrapped secret: 32 bytes longer. `label` names the purpose, `context` the row or object it belongs to."""
        salt = random(SALT)
        key, nonce, info = self._derived(label, context, salt)
        return salt + AESGCM(key).encrypt(nonce, secret, info)

    def unwrap(self, label: str, context: str, wrapped: bytes) -> bytes:
        """The secret; `key-service.refused` when label, context, master key or bytes are not those of the wrapping."""
        key, nonce, info = self._derived(label, context, wrapped[:SALT])
        try:
            return AESGCM(key).decrypt(nonce, wrapped[SALT:], info)
        except InvalidTag as error:
            raise Problem("key-service.refused", label=label) from error

    def tag(self, label: str, context: str, data: bytes) -> bytes:
        """32 bytes that only the holder of the master key can make of `data`: to find a sealed value again, or as a token."""
        key, _, info = self._derived(label, context, b"")
        return hmac.digest(key, info + b"\0" + data, "sha256")

    def _derived(self, label: str, context: str, salt: bytes) -> tuple[bytes, bytes, bytes]:
        if "\0" in label:
            raise ValueError("a label holds no NUL")
        info = f"key-service/v1\0{label}\0{context}".encode()
        derived = HKDF(SHA256(), 44, salt, info).derive(self.master)
        return derived[:32], derived[32:], info


@dataclass(frozen=True)
class PlatformKeys:
    """Every secret the platform itself holds. Raw private keys are 32 bytes; no representation shows them.

    `time_stamps` is no secret: the root certificates of the time-stamp authorities that its policy names.
    """

    log_signing: bytes = field(repr=False)
    opening: bytes = field(repr=False)
    authority: Authority
    service: KeyService = field(repr=False)
    time_stamps: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def log_public(self) -> bytes:
        """The log's Ed25519 public key, 32 bytes."""
        return ed25519_public(self.log_signing)

    @property
    def opening_public(self) -> bytes:
        """The opening service's X25519 public key, 32 bytes."""
        return X25519PrivateKey.from_private_bytes(self.opening).public_key().public_bytes_raw()

    @classmethod
    def load_or_create(
        cls,
        home: Path,
        random: Callable[[int], bytes] = random_bytes,
        clock: Callable[[], datetime] = utc_now,
    ) -> "PlatformKeys":
        """The keys under `home/keys`, missing ones made; safe for two processes at once; `key-file.…` when unusable."""
        folder = home / "keys"
        return cls(
            log_signing=_kept(folder, "log-signing", lambda: random(32)),
            opening=_kept(folder, "opening", lambda: random(32)),
            authority=_authority(folder, random, clock),
            service=KeyService(_kept(folder, "master", lambda: random(32))),
            time_stamps=read_anchors(home / "time-stamps"),
        )


def _kept(folder: Path, kind: str, make: Callable[[], bytes]) -> bytes:
    path = folder / f"{kind}.json"
    if not path.exists():
        write_key(path, kind, make())
    key, _ = read_key(path, kind)
    if len(key) != 32:
        raise Problem("key-file.damaged", path=path, why="not 32 bytes")
    return key


def _authority(folder: Path, random: Callable[[int], bytes], clock: Callable[[], datetime]) -> Authority:
    path = folder / "authority.json"
    if not path.exists():
        made = found_authority(new_p256(random), clock(), random)
        write_key(path, "authority", made.private, certificate=b64(made.certificate))
    key, content = read_key(path, "authority")
    try:
        return Authority(key, unb64(content["certificate"]))
    except (KeyError, Problem) as error:
        raise Problem("key-file.damaged", path=path, why="the certificate is missing") from error
