"""Signatures on raw keys."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from sealing_scene import Stream

from infra.crypto import sign
from infra.kernel.problems import Problem

# RFC 6979 appendix A.2.5, curve P-256, SHA-256, message "sample".
RFC_6979_KEY = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
RFC_6979_SIGNATURE = bytes.fromhex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_a_p256_signature_is_that_of_rfc_6979() -> None:
    assert sign.sign_p256(RFC_6979_KEY, b"sample") == RFC_6979_SIGNATURE


def test_a_p256_signature_verifies_in_any_other_program() -> None:
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sign.p256_public(RFC_6979_KEY))
    der = ec.derive_private_key(int.from_bytes(RFC_6979_KEY), ec.SECP256R1()).sign(b"m", ec.ECDSA(SHA256()))
    r, s = decode_dss_signature(der)
    assert sign.verify_p256(sign.p256_public(RFC_6979_KEY), b"m", r.to_bytes(32) + s.to_bytes(32))
    assert public.public_numbers().x == int.from_bytes(sign.p256_public(RFC_6979_KEY)[1:33])


@pytest.mark.parametrize(
    "signature",
    [
        RFC_6979_SIGNATURE[:-1],
        RFC_6979_SIGNATURE + b"\0",
        bytes(64),
        RFC_6979_SIGNATURE[:32] + bytes(32),
        ORDER.to_bytes(32) + RFC_6979_SIGNATURE[32:],
        RFC_6979_SIGNATURE[32:] + RFC_6979_SIGNATURE[:32],
        b"",
    ],
    ids=["cut", "longer", "zero", "s zero", "r is the order", "swapped", "empty"],
)
def test_a_malformed_p256_signature_does_not_verify(signature: bytes) -> None:
    assert not sign.verify_p256(sign.p256_public(RFC_6979_KEY), b"sample", signature)


@pytest.mark.parametrize(
    "public",
    [
        b"",
        sign.p256_public(RFC_6979_KEY)[:-1],
        sign.p256_public(RFC_6979_KEY)[:64] + b"\0",
        b"\2" + sign.p256_public(RFC_6979_KEY)[1:33],
        bytes(65),
        sign.p256_public(bytes(31) + b"\1"),
    ],
    ids=["empty", "cut", "off the curve", "compressed", "zero", "another key"],
)
def test_a_malformed_or_foreign_p256_key_does_not_verify(public: bytes) -> None:
    assert not sign.verify_p256(public, b"sample", RFC_6979_SIGNATURE)


@pytest.mark.parametrize("private", [bytes(32), ORDER.to_bytes(32), b"\xff" * 33], ids=["zero", "order", "long"])
def test_no_private_key_is_refused(private: bytes) -> None:
    with pytest.raises(Problem, match=r"signature\.bad-key"):
        sign.sign_p256(private, b"sample")


def test_a_new_p256_key_signs() -> None:
    private = sign.new_p256(Stream("p256"))
    assert sign.verify_p256(sign.p256_public(private), b"m", sign.sign_p256(private, b"m"))


def test_an_ed25519_signature_is_that_of_rfc_8032() -> None:
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = sign.ed25519_public(private)
    assert public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert sign.sign_ed25519(private, b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065")


@pytest.mark.parametrize("part", ["public", "message", "signature", "short key"])
def test_a_changed_ed25519_signature_does_not_verify(part: str) -> None:
    private = bytes(range(32))
    public, message, signature = sign.ed25519_public(private), b"m", sign.sign_ed25519(private, b"m")
    changed = {
        "public": (sign.ed25519_public(bytes(32)), message, signature),
        "message": (public, b"n", signature),
        "signature": (public, message, signature[:-1] + bytes([signature[-1] ^ 1])),
        "short key": (public[:-1], message, signature),
    }
    assert sign.verify_ed25519(public, message, signature)
    assert not sign.verify_ed25519(*changed[part])


def test_a_labelled_message_is_label_zero_digest() -> None:
    digest = sha256(b"x").digest()
    assert sign.labelled("a/v1", digest) == b"a/v1\0" + digest


@pytest.mark.parametrize(("label", "digest"), [("a\0b", bytes(32)), ("a", bytes(31))])
def test_a_label_or_digest_that_could_be_read_twice_is_refused(label: str, digest: bytes) -> None:
    with pytest.raises(Problem, match=r"signature\.label"):
        sign.labelled(label, digest)
