"""The cipher suites of `sealed-bid/v1`: what differs between them, as one table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512, SM3, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from infra.crypto import hpke, sm2
from infra.crypto.sm4 import SM4GCM
from infra.kernel.problems import Problem

Random = Callable[[int], bytes]
X25519 = "X25519-AES256GCM-SHA512"
SM2 = "SM2-SM4GCM-SM3"


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
    """One suite: sizes in bytes, and what is done with keys.

    `wrapped` is the size of a wrapped 33-byte share; `private_of` takes the 40 derived bytes, `public_of` a private key
    that `is_private` accepts; `usable` says whether a public key may be sealed to; `ends_earlier` whether a prefix shorter
    than the whole authenticates under a nonce.
    """

    name: str
    algorithm: HashAlgorithm
    aead: Callable[[bytes], Aead]
    aead_name: bytes
    aead_key: int
    public: int
    wrapped: int
    wrap: Callable[[bytes, bytes, bytes, Random], bytes]
    unwrap: Callable[[bytes, bytes, bytes], bytes]
    private_of: Callable[[bytes], bytes]
    public_of: Callable[[bytes], bytes]
    is_private: Callable[[bytes], bool]
    usable: Callable[[bytes], bool]
    ends_earlier: Callable[[Aead, bytes, bytes], bool]

    def extract(self, salt: bytes, material: bytes) -> bytes:
        """HKDF-Extract (RFC 5869) with the suite's hash."""
        return HKDF.extract(self.algorithm, salt, material)

    def expand(self, key: bytes, info: bytes, size: int) -> bytes:
        """HKDF-Expand (RFC 5869) with the suite's hash."""
        return HKDFExpand(self.algorithm, size, info).derive(key)


def _x25519_usable(public: bytes) -> bool:
    """Neither malformed nor of small order: any private key shows it."""
    return hpke.shared_secret(bytes(32), public, b"") is not None


def _one_opens(aead: Aead, nonce: bytes, sealed: bytes) -> bool:
    view, room = memoryview(sealed), memoryview(bytearray(len(sealed)))
    for size in range(hpke.TAG, len(sealed)):
        try:
            aead.decrypt_into(nonce, view[:size], None, room[: size - hpke.TAG])
        except InvalidTag:
            continue
        return True
    return False


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
            wrapped=hpke.ENC + 33 + hpke.TAG,
            wrap=hpke.seal_to,
            unwrap=hpke.open_from,
            private_of=lambda derived: derived[:32],
            public_of=hpke.public_key,
            is_private=lambda data: len(data) == 32,
            usable=_x25519_usable,
            ends_earlier=_one_opens,
        ),
        Suite(
            name=SM2,
            algorithm=SM3(),
            aead=SM4GCM,
            aead_name=b"AEAD_SM4_GCM",
            aead_key=16,
            public=sm2.PUBLIC,
            wrapped=sm2.PUBLIC + sm2.DIGEST + 33 + sm2.DIGEST,
            wrap=sm2.wrap,
            unwrap=sm2.unwrap,
            private_of=sm2.private_of,
            public_of=sm2.public_key,
            is_private=sm2.is_private,
            usable=sm2.is_public,
            ends_earlier=lambda aead, nonce, sealed: cast(SM4GCM, aead).ends_earlier(nonce, sealed),
        ),
    ]
}


def find_suite(name: str) -> Suite:
    """The suite of this name; `seal.suite` for a name that is unknown or not supported here."""
    suite = SUITES.get(name)
    if suite is None:
        raise Problem("seal.suite", suite=name)
    return suite
