"""HPKE against RFC 9180 appendix A.1 (key schedule, KEM) and against the library's own implementation."""

import pytest
from cryptography.hazmat.primitives import hpke as library
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from infra.crypto import hpke
from infra.kernel.problems import Problem

LIBRARY = library.Suite(library.KEM.X25519, library.KDF.HKDF_SHA256, library.AEAD.AES_256_GCM)
KEYS = st.binary(min_size=32, max_size=32)
INFO = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
SK_E = bytes.fromhex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736")
PK_E = bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431")
SK_R = bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
PK_R = bytes.fromhex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d")
SHARED = bytes.fromhex("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc")
AES_128 = b"HPKE\x00\x20\x00\x01\x00\x01"


def test_the_shared_secret_is_that_of_rfc_9180_a_1() -> None:
    assert hpke.public_key(SK_E) == PK_E
    assert hpke.public_key(SK_R) == PK_R
    assert hpke.shared_secret(SK_E, PK_R, PK_E + PK_R) == SHARED
    assert hpke.shared_secret(SK_R, PK_E, PK_E + PK_R) == SHARED


def test_the_key_schedule_is_that_of_rfc_9180_a_1() -> None:
    key, nonce = hpke.key_schedule(SHARED, INFO, AES_128, 16)
    assert key.hex() == "4531685d41d65f03dc48f6b8302c05b0"
    assert nonce.hex() == "56d890e5accaaf011cff4b7d"


@given(private=KEYS, ephemeral=KEYS, plaintext=st.binary(max_size=200), info=st.binary(max_size=300))
def test_the_library_opens_what_we_seal(private: bytes, ephemeral: bytes, plaintext: bytes, info: bytes) -> None:
    blob = hpke.seal_to(hpke.public_key(private), plaintext, info, lambda size: ephemeral)
    assert LIBRARY.decrypt(blob, X25519PrivateKey.from_private_bytes(private), info) == plaintext


@given(private=KEYS, plaintext=st.binary(max_size=200), info=st.binary(max_size=300))
def test_we_open_what_the_library_seals(private: bytes, plaintext: bytes, info: bytes) -> None:
    public = X25519PublicKey.from_public_bytes(hpke.public_key(private))
    assert hpke.open_from(private, LIBRARY.encrypt(plaintext, public, info), info) == plaintext


def sealed() -> bytes:
    return hpke.seal_to(PK_R, b"text", b"info", lambda size: SK_E)


@pytest.mark.parametrize("at", range(32 + 4 + 16))
def test_a_changed_byte_makes_an_envelope_unreadable(at: int) -> None:
    blob = bytearray(sealed())
    blob[at] ^= 1
    with pytest.raises(Problem, match=r"envelope\.unreadable"):
        hpke.open_from(SK_R, bytes(blob), b"info")


@pytest.mark.parametrize(
    ("private", "blob", "info"),
    [
        (SK_E, sealed(), b"info"),
        (SK_R, sealed(), b"other"),
        (SK_R, sealed()[:-1], b"info"),
        (SK_R, sealed()[:47], b"info"),
        (SK_R, b"", b"info"),
        (SK_R, bytes(32) + sealed()[32:], b"info"),
    ],
    ids=["another key", "other info", "cut", "too short", "empty", "small order"],
)
def test_what_was_not_sealed_so_is_unreadable(private: bytes, blob: bytes, info: bytes) -> None:
    with pytest.raises(Problem, match=r"envelope\.unreadable"):
        hpke.open_from(private, blob, info)


@pytest.mark.parametrize("public", [bytes(32), b"\1" + bytes(31), b"\2" * 31], ids=["zero", "one", "short"])
def test_nothing_is_sealed_to_a_key_of_small_order(public: bytes) -> None:
    with pytest.raises(Problem, match=r"envelope\.bad-key"):
        hpke.seal_to(public, b"text", b"", lambda size: SK_E)
