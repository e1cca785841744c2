"""A signer over a key file, for the command line and for demonstration people; optionally under a passphrase.

With a passphrase the file's `key` is `nonce(12) ‖ AES-256-GCM(private)` under argon2id (64 MiB, 3 passes) of the
passphrase's NFC form and the file's `salt`; the associated data is `signing-key/v1`.
"""

from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.auth.keyfile import read_key, write_key
from infra.crypto.sign import new_p256, p256_public, sign_p256
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem

KIND = "signing-key/v1"


class KeyFileSigner:
    """A `Signer` whose P-256 key stands in a file of mode 0600, its certificate beside it in `NAME.cer` (DER)."""

    def __init__(self, path: Path, private: bytes) -> None:
        self.path = path
        self._private = private

    @classmethod
    def create(cls, path: Path, random: Callable[[int], bytes], passphrase: str | None = None) -> "KeyFileSigner":
        """A new key in a new file; `key-file.exists` rather than overwriting one."""
        private, salt, nonce = new_p256(random), random(16), random(12)
        if passphrase is None:
            written = write_key(path, KIND, private)
        else:
            sealed = nonce + AESGCM(_stretched(passphrase, salt)).encrypt(nonce, private, KIND.encode())
            written = write_key(path, KIND, sealed, salt=b64(salt))
        if not written:
            raise Problem("key-file.exists", path=path)
        return cls(path, private)

    @classmethod
    def load(cls, path: Path, passphrase: str | None = None) -> "KeyFileSigner":
        """The signer of an existing file; `key-file.…`, `key-file.passphrase` when it is missing or wrong."""
        key, content = read_key(path, KIND)
        if "salt" in content:
            key = _unsealed(path, key, unb64(content["salt"]), passphrase)
        p256_public(key)
        return cls(path, key)

    @property
    def public_key(self) -> bytes:
        """65 bytes `04 ‖ x ‖ y`."""
        return p256_public(self._private)

    @property
    def certificate(self) -> bytes | None:
        """The DER certificate beside the key file, None until `keep_certificate`."""
        beside = self.path.with_suffix(".cer")
        return beside.read_bytes() if beside.exists() else None

    def keep_certificate(self, certificate: bytes) -> None:
        """Keep the DER certificate beside the key file."""
        self.path.with_suffix(".cer").write_bytes(certificate)

    def sign(self, message: bytes) -> bytes:
        """64 bytes r ‖ s over a 32-byte message; `signing.not-a-digest` for any other length."""
        if len(message) != 32:
            raise Problem("signing.not-a-digest", length=len(message))
        return sign_p256(self._private, message)


def _unsealed(path: Path, sealed: bytes, salt: bytes, passphrase: str | None) -> bytes:
    if passphrase is None:
        raise Problem("key-file.passphrase", path=path)
    try:
        return AESGCM(_stretched(passphrase, salt)).decrypt(sealed[:12], sealed[12:], KIND.encode())
    except InvalidTag as error:
        raise Problem("key-file.passphrase", path=path) from error


def _stretched(passphrase: str, salt: bytes) -> bytes:
    secret = normalize("NFC", passphrase).encode("utf-8", "replace")
    return hash_secret_raw(secret, salt, time_cost=3, memory_cost=65_536, parallelism=1, hash_len=32, type=Type.ID)
