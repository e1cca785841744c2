"""SM2, SM3, SM4 against the examples that stand in the standards, and every way in which an SM2 blob may be wrong."""

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing_scene import Stream

from infra.crypto import sm2
from infra.crypto.seal_suite import SM2, find_suite
from infra.crypto.sm4 import SM4GCM
from infra.kernel.problems import Problem

# GB/T 32918.5-2017, annexes A and C: one key pair and one random number for signature and encryption.
OWN = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
PUBLIC = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
K = bytes.fromhex("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21")
ENCRYPTED = bytes.fromhex(
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "21886ca989ca9c7d58087307ca93092d651efa"
)
SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def fixed(size: int) -> bytes:
    """Randomness that makes k the standard's: k is 1 + (what is drawn mod n − 2)."""
    return (int.from_bytes(K) - 1).to_bytes(size)


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_is_that_of_gb_t_32905_annex_a(message: bytes, digest: str) -> None:
    assert sm2.sm3(message).hex() == digest


def test_sm4_is_that_of_gb_t_32907_annex_a() -> None:
    encrypted = Cipher(SM4(SM4_KEY), ECB()).encryptor().update(SM4_KEY)
    assert encrypted.hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_is_that_of_rfc_8998_a_1() -> None:
    plain = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("aabbccddeeffeeaa"))
    nonce, data = bytes.fromhex("00001234567800000000abcd"), bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = bytearray(len(plain) + 16)
    SM4GCM(SM4_KEY).encrypt_into(nonce, memoryview(plain), data, memoryview(sealed))
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    opened = bytearray(len(plain))
    SM4GCM(SM4_KEY).decrypt_into(nonce, memoryview(sealed), data, memoryview(opened))
    assert opened == plain


def test_sm2_encrypts_as_in_gb_t_32918_5_annex_c() -> None:
    assert sm2.public_key(OWN) == PUBLIC
    assert sm2.encrypt(PUBLIC, b"encryption standard", fixed) == ENCRYPTED
    assert sm2.decrypt(OWN, ENCRYPTED) == b"encryption standard"


def test_sm2_verifies_the_signature_of_gb_t_32918_5_annex_a() -> None:
    za = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
    assert sm2.signer_digest(PUBLIC).hex() == za
    assert sm2.verify(PUBLIC, b"message digest", SIGNATURE)


@pytest.mark.parametrize(
    ("public", "message", "signature", "identity"),
    [
        (PUBLIC, b"message digest.", SIGNATURE, sm2.IDENTITY),
        (PUBLIC, b"message digest", SIGNATURE[:63] + b"\xab", sm2.IDENTITY),
        (PUBLIC, b"message digest", SIGNATURE[:-1], sm2.IDENTITY),
        (PUBLIC, b"message digest", SIGNATURE[32:] + SIGNATURE[:32], sm2.IDENTITY),
        (PUBLIC, b"message digest", bytes(32) + SIGNATURE[32:], sm2.IDENTITY),
        (PUBLIC, b"message digest", SIGNATURE[:32] + sm2.N.to_bytes(32), sm2.IDENTITY),
        (PUBLIC, b"message digest", SIGNATURE[:32] + (sm2.N - int.from_bytes(SIGNATURE[:32])).to_bytes(32), b""),
        (PUBLIC, b"message digest", SIGNATURE, b"somebody else"),
        (PUBLIC[:-1], b"message digest", SIGNATURE, sm2.IDENTITY),
        (sm2.public_key(K), b"message digest", SIGNATURE, sm2.IDENTITY),
    ],
    ids=["message", "s", "short", "exchanged", "r is 0", "s is n", "r + s is n", "identity", "cut key", "another key"],
)
def test_another_sm2_signature_is_not_this_ones(
    public: bytes, message: bytes, signature: bytes, identity: bytes
) -> None:
    assert not sm2.verify(public, message, signature, identity)


@pytest.mark.shared
def test_the_shared_known_answers_hold(shared_dir: Path) -> None:
    known = json.loads((shared_dir / "vectors/gm-kat.json").read_text("utf-8"))
    for one in known["sm3"]:
        assert sm2.sm3(bytes.fromhex(one["msg_hex"])).hex() == one["digest"]
    for one in known["sm4_ecb"]:
        cipher = Cipher(SM4(bytes.fromhex(one["key"])), ECB()).encryptor()
        assert cipher.update(bytes.fromhex(one["pt"])).hex() == one["ct"]
    gcm = {name: bytes.fromhex(value) for name, value in known["sm4_gcm_rfc8998"].items()}
    sealed = bytearray(len(gcm["pt"]) + 16)
    SM4GCM(gcm["key"]).encrypt_into(gcm["iv"], memoryview(gcm["pt"]), gcm["aad"], memoryview(sealed))
    assert bytes(sealed) == gcm["ct"] + gcm["tag"]
    signed = known["sm2_sign_gbt32918_5"]
    public, signature = bytes.fromhex(signed["pub"]), bytes.fromhex(signed["r"] + signed["s"])
    assert sm2.public_key(bytes.fromhex(signed["d"])) == public
    assert sm2.signer_digest(public, signed["uid"].encode()).hex() == signed["za"]
    assert sm2.verify(public, signed["msg"].encode(), signature, signed["uid"].encode())


@settings(max_examples=20, deadline=None)
@given(drawn=st.binary(min_size=40, max_size=40), plaintext=st.binary(max_size=100), label=st.text(max_size=5))
def test_what_is_encrypted_to_a_key_is_decrypted_by_it(drawn: bytes, plaintext: bytes, label: str) -> None:
    own = sm2.private_of(drawn)
    assert sm2.decrypt(own, sm2.encrypt(sm2.public_key(own), plaintext, Stream(label))) == plaintext


def test_a_private_key_is_one_more_than_the_drawn_number_modulo_n_less_two() -> None:
    assert sm2.private_of(bytes(40)) == (1).to_bytes(32)
    assert sm2.private_of((sm2.N - 3).to_bytes(40)) == (sm2.N - 2).to_bytes(32)
    assert sm2.private_of((sm2.N - 2).to_bytes(40)) == (1).to_bytes(32)


@pytest.mark.parametrize("own", [bytes(32), (sm2.N - 1).to_bytes(32), sm2.N.to_bytes(32), b"\xff" * 32, OWN[:-1], b""])
def test_a_number_out_of_range_is_no_private_key(own: bytes) -> None:
    assert not sm2.is_private(own)
    with pytest.raises(Problem, match=r"envelope\.bad-key"):
        sm2.public_key(own)
    with pytest.raises(Problem, match=r"envelope\.unreadable"):
        sm2.decrypt(own, ENCRYPTED)


@pytest.mark.parametrize(
    "public",
    [
        PUBLIC[:-1] + bytes([PUBLIC[-1] ^ 1]),
        PUBLIC[1:],
        b"\x02" + PUBLIC[1:33],
        b"\x06" + PUBLIC[1:],
        b"\4" + bytes(64),
        b"\4" + sm2.P.to_bytes(32) + PUBLIC[33:],
        PUBLIC + b"\0",
        b"",
    ],
    ids=["off the curve", "unmarked", "compressed", "hybrid", "zero", "x is p", "long", "empty"],
)
def test_nothing_is_encrypted_to_what_is_no_point_of_the_curve(public: bytes) -> None:
    assert not sm2.is_public(public)
    with pytest.raises(Problem, match=r"envelope\.bad-key"):
        sm2.encrypt(public, b"text", fixed)


@pytest.mark.parametrize("at", range(0, len(ENCRYPTED), 3))
def test_a_changed_byte_makes_an_sm2_blob_unreadable(at: int) -> None:
    blob = ENCRYPTED[:at] + bytes([ENCRYPTED[at] ^ 1]) + ENCRYPTED[at + 1 :]
    with pytest.raises(Problem, match=r"envelope\.unreadable"):
        sm2.decrypt(OWN, blob)


@pytest.mark.parametrize(("own", "info"), [(OWN, b"other"), (K, b"info")], ids=["other info", "another key"])
def test_a_share_is_unwrapped_only_with_its_key_and_what_it_is_bound_to(own: bytes, info: bytes) -> None:
    wrapped = sm2.wrap(PUBLIC, b"share", b"info", fixed)
    assert sm2.unwrap(OWN, wrapped, b"info") == b"share"
    with pytest.raises(Problem, match=r"envelope\.unreadable"):
        sm2.unwrap(own, wrapped, info)


def test_the_least_share_multiplies_by_every_small_number() -> None:
    """d·G by repeated addition: each step of the window is met."""
    points = [sm2.public_key(number.to_bytes(32)) for number in range(1, 40)]
    assert len(set(points)) == 39 and all(map(sm2.is_public, points))
    mirrored = sm2.public_key((sm2.N - 2).to_bytes(32))
    assert mirrored[:33] == points[1][:33] and mirrored != points[1]


def test_the_suite_has_the_sizes_of_the_format() -> None:
    suite = find_suite(SM2)
    assert (suite.public, suite.aead_key, suite.wrapped) == (65, 16, 162)


SIZES = st.sampled_from([0, 1, 15, 16, 17, 31, 32, 100])


@settings(max_examples=25, deadline=None)
@given(size=SIZES, more=st.binary(min_size=1, max_size=40), at=st.integers(0, 15))
def test_a_longer_sm4_chunk_is_known_to_end_earlier_and_a_damaged_one_not(size: int, more: bytes, at: int) -> None:
    aead, nonce, sealed = SM4GCM(SM4_KEY), bytes(range(12)), bytearray(size + 16)
    aead.encrypt_into(nonce, memoryview(bytes(size)), None, memoryview(sealed))
    assert aead.ends_earlier(nonce, bytes(sealed) + more)
    assert not aead.ends_earlier(nonce, bytes(sealed))
    sealed[at] ^= 1
    assert not aead.ends_earlier(nonce, bytes(sealed) + more)
    with pytest.raises(InvalidTag):
        aead.decrypt_into(nonce, memoryview(sealed), None, memoryview(bytearray(size)))
