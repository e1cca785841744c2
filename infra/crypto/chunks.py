"""Pieces of one long secret, each sealed under a key of its own: what was shuffled, exchanged or cut does not open."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.crypto.lottery import lp
from infra.kernel.problems import Problem

LABEL = b"draw/v1 chunk\n"


def seal_chunk(key: bytes, draw_id: str, number: int, data: bytes) -> bytes:
    """AES-256-GCM of one piece, 16 bytes longer; `key` is 32 random bytes for one freezing, `number` counts from 0."""
    derived, nonce, info = _derived(key, draw_id, number)
    return AESGCM(derived).encrypt(nonce, data, info)


def open_chunk(key: bytes, draw_id: str, number: int, sealed: bytes) -> bytes:
    """The piece; `draw.chunk` where a byte, the key, the draw or the number is not that of the sealing."""
    derived, nonce, info = _derived(key, draw_id, number)
    try:
        return AESGCM(derived).decrypt(nonce, sealed, info)
    except InvalidTag as error:
        raise Problem("draw.chunk", draw=draw_id, number=number) from error


def _derived(key: bytes, draw_id: str, number: int) -> tuple[bytes, bytes, bytes]:
    info = LABEL + lp(draw_id) + number.to_bytes(4, "big")
    derived = HKDF(SHA256(), 44, b"", info).derive(key)
    return derived[:32], derived[32:], info
