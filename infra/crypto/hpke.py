"""HPKE base mode (RFC 9180), one message without associated data: X25519, HKDF-SHA256, AES-256-GCM.

Written here because the sender's randomness must come in as an argument; tests hold it to the library's own HPKE.
"""

from collections.abc import Callable
from hmac import digest as hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.kernel.problems import Problem

KEM = b"KEM\x00\x20"
SUITE = b"HPKE\x00\x20\x00\x01\x00\x02"
KEY = ENC = 32
NONCE = 12
TAG = 16


def seal_to(public: bytes, plaintext: bytes, info: bytes, random: Callable[[int], bytes]) -> bytes:
    """`enc ‖ ciphertext ‖ tag` for the holder of an X25519 key; `envelope.bad-key` for a public key of no use."""
    private = random(KEY)
    enc = public_key(private)
    shared = shared_secret(private, public, enc + public)
    if shared is None:
        raise Problem("envelope.bad-key")
    key, nonce = key_schedule(shared, info)
    return enc + AESGCM(key).encrypt(nonce, plaintext, None)


def open_from(private: bytes, blob: bytes, info: bytes) -> bytes:
    """The plaintext of `seal_to`; `envelope.unreadable` for a wrong key, other info or a changed byte alike."""
    enc = blob[:ENC]
    if len(blob) < ENC + TAG or (shared := shared_secret(private, enc, enc + public_key(private))) is None:
        raise Problem("envelope.unreadable")
    key, nonce = key_schedule(shared, info)
    try:
        return AESGCM(key).decrypt(nonce, blob[ENC:], None)
    except InvalidTag as error:
        raise Problem("envelope.unreadable") from error


def public_key(private: bytes) -> bytes:
    """The 32-byte X25519 public key of a 32-byte private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def shared_secret(private: bytes, public: bytes, kem_context: bytes) -> bytes | None:
    """DHKEM's 32-byte secret (RFC 9180 §4.1); None where the public key is malformed or of small order (§7.1.4)."""
    try:
        peer = X25519PublicKey.from_public_bytes(public)
        dh = X25519PrivateKey.from_private_bytes(private).exchange(peer)
    except ValueError:
        return None
    return _expand(KEM, _extract(KEM, b"", b"eae_prk", dh), b"shared_secret", kem_context, 32)


def key_schedule(shared: bytes, info: bytes, suite: bytes = SUITE, key_size: int = KEY) -> tuple[bytes, bytes]:
    """(key, nonce of message 0) in base mode, RFC 9180 §5.1."""
    context = b"\0" + _extract(suite, b"", b"psk_id_hash", b"") + _extract(suite, b"", b"info_hash", info)
    secret = _extract(suite, shared, b"secret", b"")
    key = _expand(suite, secret, b"key", context, key_size)
    return key, _expand(suite, secret, b"base_nonce", context, NONCE)


def _extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac(salt, b"HPKE-v1" + suite + label + ikm, "sha256")


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, size: int) -> bytes:
    # One block of HKDF-Expand suffices: no size asked for exceeds the 32 bytes of SHA-256.
    labelled = size.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return hmac(prk, labelled + b"\1", "sha256")[:size]
