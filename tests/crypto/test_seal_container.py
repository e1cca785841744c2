"""Whole containers: what was sealed opens to the same bytes, and nothing that was changed opens at all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA512, SM3
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given, settings
from hypothesis import strategies as st
from sealing_scene import CODE, FACTOR, Custody, Stream, a_bid, bidder_salt, changed

from infra.crypto.merkle import leaf_hash, root
from infra.crypto.seal import open_bytes, open_stream, read_container, seal_bytes, seal_stream
from infra.crypto.seal_blocks import BlockRoot, block_root
from infra.crypto.seal_header import parse_header, read_header
from infra.crypto.seal_key import check_keyset, new_header, recover
from infra.crypto.seal_suite import SM2, SUITES, X25519
from infra.kernel.problems import Problem

CUSTODY = Custody()
KEYS = CUSTODY.keys(1, 3)
SIZES = [0, 1, 16383, 16384, 16385, 65535, 65536, 65537, 200_000]
PLAIN = Stream("plaintext")(3 * 16384 + 100)
CONTAINER, SEALED = a_bid(PLAIN, CUSTODY)
BODY = len(parse_header(CONTAINER).encode()) + 56
CHUNK = 16400


def refusal(container: bytes, keys: dict[int, bytes] = KEYS, factor: bytes | None = None) -> str:
    """The code with which a container is refused; it must be refused."""
    with pytest.raises(Problem) as caught:
        open_bytes(container, keys, factor)
    return caught.value.reason


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens(size: int, suite: str) -> None:
    custody, plaintext = Custody(suite=suite), Stream("size")(size)
    container, _ = a_bid(plaintext, custody)
    assert open_bytes(container, custody.keys(1, 3), None, custody.keyset) == plaintext


@settings(max_examples=30, deadline=None)
@given(plaintext=st.binary(max_size=70_000), factor=st.none() | st.binary(min_size=32, max_size=32))
def test_any_bytes_open_to_themselves(plaintext: bytes, factor: bytes | None) -> None:
    container, _ = a_bid(plaintext, CUSTODY, factor=factor)
    assert open_bytes(container, KEYS, factor, CUSTODY.keyset) == plaintext


@pytest.mark.parametrize(("threshold", "count"), [(1, 1), (1, 3), (2, 3), (3, 3), (3, 5)])
def test_any_t_custodians_open_a_bid(threshold: int, count: int) -> None:
    custody = Custody(threshold, count)
    container, _ = a_bid(b"offer", custody)
    for numbers in combinations(range(1, count + 1), threshold):
        assert open_bytes(container, custody.keys(*numbers), None, custody.keyset) == b"offer"


def test_more_keys_than_needed_open_too() -> None:
    assert open_bytes(CONTAINER, CUSTODY.keys(1, 2, 3)) == PLAIN


def test_a_payload_is_chunked_encryption_as_c2sp_writes_it() -> None:
    """Decrypted here with nothing but HKDF and AES-GCM from the input key."""
    header = parse_header(CONTAINER)
    key, payload = recover(header, KEYS), CONTAINER[len(header.encode()) :]
    context = sha256(header.encode()).digest()
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + payload[:24] + context
    derived = HKDFExpand(SHA512(), 76, info).derive(key)
    base, commitment, rest = int.from_bytes(derived[32:44]), derived[44:], payload[56:]
    chunks = [rest[at : at + CHUNK] for at in range(0, len(rest), CHUNK)]
    opened = [
        AESGCM(derived[:32]).decrypt((base ^ number).to_bytes(12), one, None) for number, one in enumerate(chunks)
    ]
    assert payload[24:56] == commitment
    assert b"".join(opened) == PLAIN


def test_an_sm4_payload_is_chunked_encryption_with_sm3_and_sm4_gcm() -> None:
    """Decrypted here with nothing but HKDF over SM3 and the library's SM4-GCM from the input key."""
    custody = Custody(suite=SM2)
    container, _ = a_bid(PLAIN, custody)
    header = parse_header(container)
    key, payload = recover(header, custody.keys(1, 2)), container[len(header.encode()) :]
    info = b"c2sp.org/chunked-encryption@v1+AEAD_SM4_GCM\0" + payload[:24] + sha256(header.encode()).digest()
    derived = HKDFExpand(SM3(), 60, info).derive(key)
    base, rest, plain = int.from_bytes(derived[16:28]), payload[56:], b""
    for number, at in enumerate(range(0, len(rest), CHUNK)):
        chunk = rest[at : at + CHUNK]
        mode = GCM((base ^ number).to_bytes(12), chunk[-16:])
        opener = Cipher(SM4(derived[:16]), mode).decryptor()
        plain += opener.update(chunk[:-16]) + opener.finalize()
    assert (len(key), payload[24:56], plain) == (16, derived[28:], PLAIN)


def test_a_plaintext_of_whole_chunks_ends_with_an_empty_chunk() -> None:
    container, _ = a_bid(bytes(2 * 16384), CUSTODY)
    assert len(container) == BODY + 2 * CHUNK + 16


def test_the_measurements_are_the_roots_of_the_blocks() -> None:
    plaintext = bytes(3 << 20) + b"end"
    container, sealed = a_bid(plaintext, CUSTODY)
    blocks = [plaintext[at : at + (1 << 20)] for at in range(0, len(plaintext), 1 << 20)]
    commit = sha256(b"sealed-bid/v1 commit" + sealed.commit_salt + root(map(leaf_hash, blocks))).digest()
    assert (sealed.size, sealed.root, sealed.commit) == (len(container), leaf_hash(container), commit)


def test_an_empty_plaintext_commits_to_the_hash_of_nothing() -> None:
    _, sealed = a_bid(b"", CUSTODY)
    digest = sha256(b"sealed-bid/v1 commit" + sealed.commit_salt + sha256(b"").digest()).digest()
    assert sealed.commit == digest


def test_the_opener_measures_what_the_sealer_measured() -> None:
    plaintext = Stream("large")(9 << 20)
    container, sealed = a_bid(plaintext, CUSTODY)
    source, sink = BytesIO(container), BytesIO()
    header = read_header(source)
    assert open_stream(source, sink, header, recover(header, KEYS)) == sealed
    assert sink.getvalue() == plaintext
    assert block_root([container[:5], container[5:]]) == sealed.root


class Trickle(BytesIO):
    """A source that gives a few bytes at a time, as a socket may."""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return super().readinto(buffer[:1000])


def test_a_source_that_trickles_is_sealed_whole() -> None:
    header, key = new_header(CUSTODY.keyset, "technical", bytes(32), None, Stream("t"))
    sink = BytesIO()
    seal_stream(Trickle(PLAIN), sink, header, key, Stream("s"))
    assert open_bytes(sink.getvalue(), KEYS) == PLAIN


@given(st.lists(st.binary(max_size=40)), st.integers(1, 16))
def test_a_block_root_does_not_depend_on_the_pieces(pieces: list[bytes], block: int) -> None:
    tree, whole = BlockRoot(block), b"".join(pieces)
    for piece in pieces:
        tree.feed(piece)
    assert tree.root() == root(leaf_hash(whole[at : at + block]) for at in range(0, len(whole), block))


HEADER_CODES = {
    "version", "suite", "line", "crlf", "base64", "policy", "wrap", "commitment", "too-few", "bidder", "key",
    "truncated",
}  # fmt: skip


@pytest.mark.parametrize(
    ("suite", "bits", "step"),
    [
        pytest.param(X25519, range(8), 1, id="X25519"),
        pytest.param(SM2, (0, 5), 21, id="SM2"),
        pytest.param(SM2, range(8), 1, id="SM2, all", marks=pytest.mark.soak),
    ],
)
def test_no_bit_of_the_header_can_change(suite: str, bits: Sequence[int], step: int) -> None:
    custody = Custody(suite=suite)
    container, _ = a_bid(b"offer", custody)
    keys = custody.keys(1, 3)
    for at in range(0, len(parse_header(container).encode()), step):
        for bit in bits:
            damaged = container[:at] + bytes([container[at] ^ 1 << bit]) + container[at + 1 :]
            assert refusal(damaged, keys) in HEADER_CODES


@pytest.mark.parametrize("suite", SUITES)
def test_no_byte_of_prologue_or_chunk_can_change(suite: str) -> None:
    custody = Custody(suite=suite)
    container, _ = a_bid(b"offer", custody)
    header = parse_header(container)
    head, key = len(header.encode()), recover(header, custody.keys(1, 3))
    for at in range(head, len(container)):
        damaged = container[:at] + bytes([container[at] ^ 0x10]) + container[at + 1 :]
        source = BytesIO(damaged)
        with pytest.raises(Problem) as caught:
            read_container(source, BytesIO(), read_header(source), key)
        assert caught.value.reason == ("commitment" if at < head + 56 else "chunk")


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, BODY - 57), value=st.integers(0, 255))
def test_no_other_header_byte_opens(at: int, value: int) -> None:
    damaged = CONTAINER[:at] + bytes([value]) + CONTAINER[at + 1 :]
    if damaged != CONTAINER:
        assert refusal(damaged)


def test_a_damaged_share_of_a_custodian_who_did_not_release_is_noticed() -> None:
    header = parse_header(CONTAINER)
    other = replace(header, shares=(header.shares[0], bytes(81), header.shares[2]))
    assert refusal(other.encode() + CONTAINER[BODY - 56 :]) == "commitment"


EDITS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "salt changed": (lambda c: flipped(c, BODY - 56), "commitment"),
    "commitment changed": (lambda c: flipped(c, BODY - 1), "commitment"),
    "first chunk changed": (lambda c: flipped(c, BODY), "chunk"),
    "tag of the second chunk changed": (lambda c: flipped(c, BODY + 2 * CHUNK - 1), "chunk"),
    "last chunk changed": (lambda c: flipped(c, BODY + 3 * CHUNK + 50), "chunk"),
    "last tag changed": (lambda c: flipped(c, len(c) - 1), "chunk"),
    "two chunks exchanged": (
        lambda c: c[:BODY] + c[BODY + CHUNK : BODY + 2 * CHUNK] + c[BODY : BODY + CHUNK] + c[BODY + 2 * CHUNK :],
        "chunk",
    ),
    "a chunk left out": (lambda c: c[: BODY + CHUNK] + c[BODY + 2 * CHUNK :], "chunk"),
    "a chunk twice": (lambda c: c[: BODY + CHUNK] + c[BODY:], "chunk"),
    "cut in the prologue": (lambda c: c[: BODY - 1], "truncated"),
    "no payload": (lambda c: c[: BODY - 56], "truncated"),
    "no chunks": (lambda c: c[:BODY], "truncated"),
    "the last chunk missing": (lambda c: c[: BODY + 3 * CHUNK], "truncated"),
    "cut between chunks": (lambda c: c[: BODY + CHUNK], "truncated"),
    "15 bytes of the last chunk left": (lambda c: c[: BODY + 3 * CHUNK + 15], "truncated"),
    "the last byte missing": (lambda c: c[:-1], "truncated"),
    "twelve bytes missing": (lambda c: c[:-12], "truncated"),
    "a whole chunk cut by a byte": (lambda c: c[: BODY + 2 * CHUNK - 1], "truncated"),
    "cut in the middle of a chunk": (lambda c: c[: BODY + CHUNK + 5000], "chunk"),
    "a byte appended": (lambda c: c + b"\0", "extended"),
    "a chunk appended": (lambda c: c + c[-CHUNK:], "extended"),
    "another container appended": (lambda c: c + c, "extended"),
}


def flipped(container: bytes, at: int) -> bytes:
    return container[:at] + bytes([container[at] ^ 1]) + container[at + 1 :]


@pytest.mark.parametrize(("edit", "code"), EDITS.values(), ids=EDITS.keys())
def test_a_changed_payload_is_refused(edit: Callable[[bytes], bytes], code: str) -> None:
    assert refusal(edit(CONTAINER)) == code


@pytest.mark.parametrize("size", [0, 100, pytest.param(16384, marks=pytest.mark.soak)])
def test_every_truncation_and_extension_is_refused(size: int) -> None:
    container, _ = a_bid(bytes(size), CUSTODY)
    steps = range(0, len(container), 1 if size < 16384 else 977)
    assert all(refusal(container[:cut]) for cut in steps)
    assert all(refusal(container + bytes(more)) == "extended" for more in (1, 15, 16, 17, 16400, 20000))


class Watched(BytesIO):
    """A sink that counts its writes."""

    writes = 0

    def write(self, data: object) -> int:  # type: ignore[override]
        self.writes += 1
        return 0


def test_nothing_is_written_before_the_commitment_holds() -> None:
    sink, source = Watched(), BytesIO(flipped(CONTAINER, BODY - 1))
    header = read_header(source)
    with pytest.raises(Problem, match=r"seal\.commitment"):
        open_stream(source, sink, header, recover(header, KEYS))
    assert sink.writes == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("YH-2026-001/S1/technical/1", "YH-2026-001/S2/technical/1"),
        ("YH-2026-001/S1/technical/1", "YH-2026-002/S1/technical/1"),
        ("YH-2026-001/S1/technical/1", "YH-2026-001/S1/commercial/1"),
        ("YH-2026-001/S1/technical/1", "YH-2026-001/S1/technical/2"),
        ("2026-12-01T01:30:00Z", "2026-12-01T01:29:59Z"),
        ("2-of-3", "1-of-3"),
        ("suite X", "suite Y"),
    ],
)
def test_a_bid_moved_elsewhere_cannot_open(old: str, new: str) -> None:
    moved = CONTAINER.replace(old.encode(), new.encode())
    assert moved != CONTAINER
    assert refusal(moved) in {"wrap", "suite"}


def test_a_bid_copied_under_another_bidder_cannot_open() -> None:
    header = parse_header(CONTAINER)
    copied = replace(header, bidder=sha256(bidder_salt("THIEF") + b"THIEF").digest())
    assert refusal(copied.encode() + CONTAINER[BODY - 56 :]) == "wrap"


def test_shares_of_another_bid_cannot_open_this_payload() -> None:
    own, _ = seal_bytes(b"mine", CUSTODY.keyset, "technical", parse_header(CONTAINER).bidder, None, Stream("other"))
    header = parse_header(own).encode()
    assert refusal(header + CONTAINER[BODY - 56 :]) == "commitment"


def test_one_key_of_two_is_too_few() -> None:
    assert refusal(CONTAINER, CUSTODY.keys(2)) == "too-few"
    assert refusal(CONTAINER, {}) == "too-few"


def test_a_wrong_key_does_not_unwrap() -> None:
    assert refusal(CONTAINER, {1: KEYS[1], 2: KEYS[3]}) == "wrap"


def test_a_key_of_no_custodian_is_refused() -> None:
    assert refusal(CONTAINER, {1: KEYS[1], 4: KEYS[3]}) == "key"
    assert refusal(CONTAINER, {1: KEYS[1], 3: KEYS[3][:-1]}) == "key"


def test_a_key_that_is_not_the_keysets_is_refused() -> None:
    with pytest.raises(Problem, match=r"seal\.key: custodian=3"):
        open_bytes(CONTAINER, {1: KEYS[1], 3: bytes(32)}, None, CUSTODY.keyset)


def test_shares_that_do_not_lie_on_one_polynomial_are_refused() -> None:
    container = crooked()
    assert refusal(container, CUSTODY.keys(1, 2, 3)) == "share"
    assert refusal(container, CUSTODY.keys(1, 2)) == "commitment"
    assert refusal(container, CUSTODY.keys(1, 3)) == "commitment"


def crooked() -> bytes:
    """A bid whose second share belongs to another secret, sealed by a bidder who knows how."""
    first, _ = new_header(CUSTODY.keyset, "technical", bytes(32), None, Stream("a"))
    second, _ = new_header(CUSTODY.keyset, "technical", bytes(32), None, Stream("b"))
    header = replace(first, shares=(first.shares[0], second.shares[1], first.shares[2]))
    sink = BytesIO()
    seal_stream(BytesIO(b"offer"), sink, header, bytes(32), Stream("c"))
    return sink.getvalue()


@pytest.mark.parametrize(
    ("sealed_with", "opened_with", "code"),
    [
        (FACTOR, None, "bidder"),
        (None, FACTOR, "bidder"),
        (FACTOR, FACTOR[:-1], "bidder"),
        (FACTOR, bytes(32), "commitment"),
    ],
    ids=["missing", "unexpected", "short", "wrong"],
)
def test_the_bidders_factor_is_needed_exactly_where_the_policy_says(
    sealed_with: bytes | None, opened_with: bytes | None, code: str
) -> None:
    container, _ = a_bid(b"offer", CUSTODY, factor=sealed_with)
    assert refusal(container, KEYS, opened_with) == code


def test_custodians_alone_cannot_read_a_bid_with_a_factor() -> None:
    container, _ = a_bid(b"offer", CUSTODY, factor=FACTOR)
    stripped = container.replace(b"2-of-3 bidder", b"2-of-3")
    assert refusal(stripped, CUSTODY.keys(1, 2, 3)) == "wrap"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id": bytes(32)}, "keyset"),
        ({"deadline": "2026-12-01T01:30:01Z"}, "keyset"),
        ({"threshold": 3}, "keyset"),
    ],
)
def test_a_bid_for_another_keyset_is_refused(fields: dict[str, object], code: str) -> None:
    with pytest.raises(Problem, match=rf"seal\.{code}"):
        check_keyset(parse_header(CONTAINER), changed(CUSTODY.keyset, **fields))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"section": "YH-2026-001/S2"}, "section"),
        ({"round": "2"}, "section"),
        ({"deadline": "2026-12-01T01:29:59Z"}, "deadline"),
        ({"suite": SM2}, "suite"),
        ({"threshold": 1}, "policy"),
    ],
)
def test_a_header_that_contradicts_the_keyset_it_names_is_refused(fields: dict[str, object], code: str) -> None:
    header = replace(parse_header(CONTAINER), **fields)  # type: ignore[arg-type]
    with pytest.raises(Problem, match=rf"seal\.{code}"):
        check_keyset(header, CUSTODY.keyset)


def test_two_seals_of_one_file_have_nothing_in_common() -> None:
    first, _ = seal_bytes(b"x" * 100, CUSTODY.keyset, "technical", bytes(32), None, Stream("1"))
    second, _ = seal_bytes(b"x" * 100, CUSTODY.keyset, "technical", bytes(32), None, Stream("2"))
    assert parse_header(first).shares != parse_header(second).shares
    assert first[BODY:] != second[BODY:]


def test_the_bidder_line_hides_the_credit_code() -> None:
    assert CODE.encode() not in CONTAINER
