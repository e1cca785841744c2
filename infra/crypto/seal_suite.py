"""The cipher suites of `sealed-bid/v1`: what differs between them, as one table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from infra.crypto import hpke
from infra.kernel.problems import Problem

Random = Callable[[int], bytes]
X25519 = "X25519-AES256GCM-SHA512"


class Aead(Protocol):
    """An AEAD with 12-byte nonces and 16-byte tags that writes into a given buffer."""

    def encrypt_into(self, nonce: bytes, data: memoryview, associated_data: None, buf: memoryview) -> int:
        """Ciphertext and tag into `buf`, which is exactly 16 bytes longer than `data`."""
        ...

    def decrypt_into(self, nonce: bytes, data: memoryview, associated_data: None, buf: memoryview) -> int:
        """Plaintext into `buf`; raises InvalidTag."""
        ...


@dataclass(frozen=True)
class Suite:
    """One suite. `wrapped` is the size of a wrapped 33-byte share, `private_of` takes the 40 derived bytes."""

    name: str
    algorithm: HashAlgorithm
    aead: Callable[[bytes], Aead]
    aead_name: bytes
    aead_key: int
    public: int
    private: int
    wrapped: int
    wrap: Callable[[bytes, bytes, bytes, Random], bytes]
    unwrap: Callable[[bytes, bytes, bytes], bytes]
    private_of: Callable[[bytes], bytes]
    public_of: Callable[[bytes], bytes]
    usable: Callable[[bytes], bool]

    def extract(self, salt: bytes, material: bytes) -> bytes:
        """HKDF-Extract (RFC 5869) with the suite's hash."""
        return HKDF.extract(self.algorithm, salt, material)

    def expand(self, key: bytes, info: bytes, size: int) -> bytes:
        """HKDF-Expand (RFC 5869) with the suite's hash."""
        return HKDFExpand(self.algorithm, size, info).derive(key)


def _x25519_usable(public: bytes) -> bool:
    """Neither malformed nor of small order: any private key shows it."""
    return hpke.shared_secret(bytes(32), public, b"") is not None


SUITES = {
    suite.name: suite
    for suite in [
        Suite(
            name=X25519,
            algorithm=SHA512(),
            aead=AESGCM,
            aead_name=b"AEAD_AES_256_GCM",
            aead_key=32,
            public=32,
            private=32,
            wrapped=hpke.ENC + 33 + hpke.TAG,
            wrap=hpke.seal_to,
            unwrap=hpke.open_from,
            private_of=lambda derived: derived[:32],
            public_of=hpke.public_key,
            usable=_x25519_usable,
        )
    ]
}


def find_suite(name: str) -> Suite:
    """The suite of this name; `seal.suite` for a name that is unknown or not supported here."""
    suite = SUITES.get(name)
    if suite is None:
        raise Problem("seal.suite", suite=name)
    return suite
