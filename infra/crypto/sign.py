"""Signatures and sealed envelopes on raw keys: P-256 for bidders and judges, Ed25519 for trustees, X25519 envelopes."""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.crypto.hpke import open_from, seal_to
from infra.kernel.problems import Problem

__all__ = [
    "ed25519_public",
    "labelled",
    "new_p256",
    "open_from",
    "p256_public",
    "seal_to",
    "sign_ed25519",
    "sign_p256",
    "verify_ed25519",
    "verify_p256",
]

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def labelled(label: str, digest: bytes) -> bytes:
    """`label ‖ 00 ‖ digest`: a message that no other purpose can produce; `digest` is 32 bytes."""
    if "\0" in label or len(digest) != 32:
        raise Problem("signature.label", label=label)
    return label.encode() + b"\0" + digest


def new_p256(random: Callable[[int], bytes]) -> bytes:
    """A private P-256 key, 32 bytes big-endian, from 40 random bytes (so that no value is noticeably likelier)."""
    return (1 + int.from_bytes(random(40)) % (_ORDER - 1)).to_bytes(32)


def p256_public(private: bytes) -> bytes:
    """The public key of a private P-256 key: 65 bytes `04 ‖ x ‖ y`; `signature.bad-key` for no private key."""
    public = _p256(private).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign_p256(private: bytes, message: bytes) -> bytes:
    """64 bytes r ‖ s over SHA-256 of the message, deterministic (RFC 6979); `signature.bad-key`."""
    der = _p256(private).sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(der)
    return r.to_bytes(32) + s.to_bytes(32)


def verify_p256(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether r ‖ s (64 bytes) is a signature by this 65-byte public key; a malformed key or signature is not."""
    if len(public) != 65 or len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True


def ed25519_public(private: bytes) -> bytes:
    """The 32-byte public key of a 32-byte Ed25519 private key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign_ed25519(private: bytes, message: bytes) -> bytes:
    """64 bytes (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is this 32-byte public key's; a malformed key or signature is not."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def _p256(private: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        return ec.derive_private_key(int.from_bytes(private), _CURVE)
    except ValueError as error:
        raise Problem("signature.bad-key") from error
