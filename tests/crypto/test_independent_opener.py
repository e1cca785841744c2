"""An opener written from docs/formats/sealed-bid.md alone: no line of the product's code opens these containers."""

import json
from base64 import b64decode
from collections.abc import Callable
from functools import reduce
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA512, SM3, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from sealing_vectors import FILE

OPENS = {one["name"]: one for one in json.loads(FILE.read_text("utf-8"))["opens"]}
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
Point = tuple[int, int]


def sm3(data: bytes) -> bytes:
    state = Hash(SM3())
    state.update(data)
    return state.finalize()


def plus(one: Point | None, other: Point | None) -> Point | None:
    """The sum of two points in the plainest way; None at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(number: int, point: Point) -> Point:
    total = None
    for bit in f"{number:b}":
        total = plus(plus(total, total), point if bit == "1" else None)
    assert total is not None
    return total


def from_sm2(own: bytes, wrapped: bytes, info: bytes) -> bytes:
    c1, c3, c2 = wrapped[1:65], wrapped[65:97], wrapped[97:]
    x, y = times(int.from_bytes(own), (int.from_bytes(c1[:32]), int.from_bytes(c1[32:])))
    shared = x.to_bytes(32) + y.to_bytes(32)
    stream = b"".join(sm3(shared + number.to_bytes(4)) for number in (1, 2, 3))
    plain = bytes(a ^ b for a, b in zip(c2, stream, strict=False))
    assert sm3(shared[:32] + plain + shared[32:]) == c3
    assert plain[33:] == sm3(info)
    return plain[:33]


def from_hpke(own: bytes, wrapped: bytes, info: bytes) -> bytes:
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    return suite.decrypt(wrapped, X25519PrivateKey.from_private_bytes(own), info)


Unwrap = Callable[[bytes, bytes, bytes], bytes]
SUITES: dict[str, tuple[Unwrap, Any, Any, str, int]] = {
    "X25519-AES256GCM-SHA512": (from_hpke, SHA512(), AES, "AEAD_AES_256_GCM", 32),
    "SM2-SM4GCM-SM3": (from_sm2, SM3(), SM4, "AEAD_SM4_GCM", 16),
}


def product(a: int, b: int) -> int:
    """In GF(2^8) with polynomial 0x11b."""
    total = 0
    for bit in range(8):
        total ^= (a << bit) * (b >> bit & 1)
    for bit in range(14, 7, -1):
        total ^= (0x11B << bit - 8) * (total >> bit & 1)
    return total


def secret_of(shares: list[bytes]) -> bytes:
    """Lagrange's value at 0; the inverse of a is a^254."""
    secret = bytes(32)
    for share in shares:
        weight = 1
        for x in (other[-1] for other in shares if other is not share):
            weight = product(weight, product(x, reduce(product, [x ^ share[-1]] * 254)))
        secret = bytes(a ^ product(b, weight) for a, b in zip(secret, share, strict=False))
    return secret


def opened(container: bytes, keys: dict[int, bytes], factor: bytes) -> bytes:
    """The plaintext of a sound container."""
    end = container.index(b"\n---\n") + 5
    lines = container[:end].split(b"\n")
    unwrap, digest, cipher, aead, size = SUITES[lines[1].removeprefix(b"suite ").decode()]
    pre = b"".join(line + b"\n" for line in lines[:7])
    wrapped = [b64decode(line.split(b" ")[2]) for line in lines[7:-2]]
    shares = [unwrap(own, wrapped[number - 1], pre + b"share %d" % number) for number, own in keys.items()]
    prk = HKDF.extract(digest, b"sealed-bid/v1", secret_of(shares) + factor)
    key = HKDFExpand(digest, size, b"input key").derive(prk)
    salt, commitment, body = container[end : end + 24], container[end + 24 : end + 56], container[end + 56 :]
    label = f"c2sp.org/chunked-encryption@v1+{aead}".encode() + b"\0"
    derived = HKDFExpand(digest, size + 44, label + salt + sha256(container[:end]).digest()).derive(key)
    assert derived[size + 12 :] == commitment
    plain = b""
    for number, at in enumerate(range(0, len(body), 16400)):
        chunk = body[at : at + 16400]
        nonce = (int.from_bytes(derived[size : size + 12]) ^ number).to_bytes(12)
        opener = Cipher(cipher(derived[:size]), GCM(nonce, chunk[-16:])).decryptor()
        plain += opener.update(chunk[:-16]) + opener.finalize()
    return plain


@pytest.mark.parametrize("bid", OPENS.values(), ids=OPENS.keys())
def test_who_has_read_the_page_can_open_a_container(bid: dict[str, Any]) -> None:
    keys = {number: b64decode(bid["keys"][str(number)]) for number in bid["released"]}
    plain = opened(b64decode(bid["container"]), keys, b64decode(bid["factor"] or ""))
    assert {"size": len(plain), "sha256": sha256(plain).hexdigest()} == bid["plaintext"]
