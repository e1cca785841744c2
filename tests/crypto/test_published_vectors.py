"""Vectors that others published: C2SP's of chunked encryption, and those of the HPKE working group."""

import json
import zlib
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from infra.crypto import hpke
from infra.crypto.seal_payload import PROLOGUE, SALT, decrypt_chunks, payload_keys
from infra.crypto.seal_suite import X25519, find_suite
from infra.kernel.problems import Problem

FOLDER = Path(cryptography_vectors.__file__).parent
# The published vectors derive with SHA-256; a sealed bid does with its suite's hash, and is otherwise the same.
SUITE = replace(find_suite(X25519), algorithm=SHA256())
CHUNKED = [
    one
    for one in json.loads((FOLDER / "chunked-encryption/vectors.json").read_text("utf-8"))["vectors"]
    # An input key of another length cannot come about: it is derived with a fixed one.
    if one["aead"] == "AEAD_AES_256_GCM" and len(one["key"]) == 64
]
ENVELOPES = json.loads((FOLDER / "HPKE/hpke-pq-test-vectors.json").read_text("utf-8"))
HKDF_SHA256, X25519_KEM, KEY_SIZES = 1, 32, {1: 16, 2: 32, 3: 32}


def opened(vector: dict[str, Any]) -> bytes | None:
    """The plaintext of a vector; None where it is refused."""
    data = b64decode(vector["ciphertext"] or "")
    if vector.get("compressed"):
        data = zlib.decompress(data)
    if len(data) < PROLOGUE:
        return None
    keys = payload_keys(SUITE, bytes.fromhex(vector["key"]), data[:SALT], vector["context"].encode())
    if keys.commitment != data[SALT:PROLOGUE]:
        return None
    try:
        return b"".join(bytes(plain) for plain, _ in decrypt_chunks(BytesIO(data[PROLOGUE:]), keys))
    except Problem:
        return None


@pytest.mark.parametrize("vector", CHUNKED, ids=lambda one: one["name"])
def test_chunked_encryption_is_c2sps(vector: dict[str, Any]) -> None:
    plaintext = opened(vector)
    assert (plaintext is not None) is (vector["expect"] == "success")
    if plaintext is not None:
        assert (len(plaintext), sha256(plaintext).hexdigest()) == (vector["payload_length"], vector["payload_sha256"])


def test_chunked_encryption_is_tried_in_both_directions() -> None:
    expected = [one["expect"] for one in CHUNKED]
    assert (expected.count("success"), expected.count("failure")) == (9, 23)


@pytest.mark.parametrize("vector", [one for one in ENVELOPES if one["kem_id"] == X25519_KEM], ids=["X25519"])
def test_the_kem_is_that_of_the_hpke_vectors(vector: dict[str, Any]) -> None:
    own, public, enc = (bytes.fromhex(vector[name]) for name in ("skRm", "pkRm", "enc"))
    assert hpke.public_key(own) == public
    assert hpke.shared_secret(own, enc, enc + public) == bytes.fromhex(vector["shared_secret"])


@pytest.mark.parametrize(
    "vector", [one for one in ENVELOPES if one["kdf_id"] == HKDF_SHA256], ids=lambda one: f"KEM {one['kem_id']}"
)
def test_the_key_schedule_is_that_of_the_hpke_vectors(vector: dict[str, Any]) -> None:
    shared, info, suite = (bytes.fromhex(vector[name]) for name in ("shared_secret", "info", "suite_id"))
    key, nonce = hpke.key_schedule(shared, info, suite, KEY_SIZES[vector["aead_id"]])
    assert (key.hex(), nonce.hex()) == (vector["key"], vector["base_nonce"])
