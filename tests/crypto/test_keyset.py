"""The keyset document: derivation, hash, signatures, and every way in which it may be wrong."""

import json
from collections.abc import Callable
from hashlib import sha256
from hmac import digest as hmac
from typing import Any

import pytest
from sealing_scene import SECTION, Custody, changed

from infra.crypto.hpke import public_key as x25519_public
from infra.crypto.keyset import (
    custodian_private_key,
    parse_keyset,
    pinned_signers,
    public_key,
    verify_keyset,
)
from infra.crypto.seal_suite import SM2
from infra.crypto.sm2 import N
from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem

CUSTODY = Custody()
REFUSED = pytest.raises(Problem, match=r"seal\.keyset")


def test_a_custodian_key_is_derived_as_the_format_says() -> None:
    """HKDF-SHA256 written out by hand: extract, then two blocks of expand, of which the first 32 bytes are used."""
    seed, name = bytes(range(32)), bytes(32)
    info = name + b"\x00\x05T1/S1" + b"\x00\x0212"
    prk = hmac(b"sealed-bid/v1 custodian", seed, "sha256")
    assert custodian_private_key(seed, name, "T1/S1", "12") == hmac(prk, info + b"\x01", "sha256")


def test_an_sm2_key_is_derived_from_all_40_bytes_as_the_format_says() -> None:
    seed, name = bytes(range(32)), bytes(32)
    info = name + b"\x00\x05T1/S1" + b"\x00\x0212"
    prk = hmac(b"sealed-bid/v1 custodian", seed, "sha256")
    first = hmac(prk, info + b"\x01", "sha256")
    derived = first + hmac(prk, first + info + b"\x02", "sha256")[:8]
    number = 1 + int.from_bytes(derived) % (N - 2)
    assert custodian_private_key(seed, name, "T1/S1", "12", SM2) == number.to_bytes(32)


@pytest.mark.parametrize(
    ("name", "section", "round_"), [(b"\1" * 32, "T1/S1", "1"), (bytes(32), "T1/S2", "1"), (bytes(32), "T1/S1", "2")]
)
def test_another_keyset_section_or_round_has_another_key(name: bytes, section: str, round_: str) -> None:
    seed = bytes(32)
    assert custodian_private_key(seed, name, section, round_) != custodian_private_key(seed, bytes(32), "T1/S1", "1")


@pytest.mark.parametrize(("seed", "name"), [(bytes(31), bytes(32)), (bytes(32), bytes(33))])
def test_a_seed_or_id_of_another_length_is_refused(seed: bytes, name: bytes) -> None:
    with REFUSED:
        custodian_private_key(seed, name, "T1/S1", "1")


def test_the_listed_key_belongs_to_the_private_key() -> None:
    assert [one.key for one in CUSTODY.keyset.custodians] == [x25519_public(CUSTODY.private[n]) for n in (1, 2, 3)]
    assert public_key(CUSTODY.private[1]) == CUSTODY.keyset.custodians[0].key


def test_a_keyset_is_read_as_it_was_written() -> None:
    assert parse_keyset(CUSTODY.keyset.encode()) == CUSTODY.keyset


def test_the_hash_is_of_the_canonical_document_without_signatures() -> None:
    value = json.loads(CUSTODY.keyset.encode())
    del value["signatures"]
    assert CUSTODY.keyset.digest == sha256(canonical(value)).digest()
    assert parse_keyset(canonical(value)).digest == CUSTODY.keyset.digest


def test_a_keyset_signed_by_every_custodian_verifies() -> None:
    verify_keyset(CUSTODY.keyset)
    verify_keyset(CUSTODY.keyset, CUSTODY.pinned)


@pytest.mark.parametrize(
    "pinned",
    [{}, {**CUSTODY.pinned, "agent": bytes(32)}, {"agent": CUSTODY.pinned["agent"]}],
    ids=["none", "another key", "some missing"],
)
def test_a_signer_that_is_not_pinned_is_refused(pinned: dict[str, bytes]) -> None:
    with REFUSED:
        verify_keyset(CUSTODY.keyset, pinned)


@pytest.mark.parametrize("signatures", [(), CUSTODY.keyset.signatures[:2], tuple(reversed(CUSTODY.keyset.signatures))])
def test_a_missing_or_misplaced_signature_is_refused(signatures: tuple[bytes, ...]) -> None:
    with REFUSED:
        verify_keyset(changed(CUSTODY.keyset, signatures=signatures))


@pytest.mark.parametrize(
    ("field", "value"),
    [("threshold", 1), ("deadline", "2026-12-01T01:29:59Z"), ("round", "2"), ("section", "A/B"), ("id", bytes(32))],
)
def test_a_change_after_signing_is_refused(field: str, value: Any) -> None:
    with REFUSED:
        verify_keyset(changed(CUSTODY.keyset, **{field: value}), CUSTODY.pinned)


Edit = Callable[[dict[str, Any]], object]
WRONG: dict[str, Edit] = {
    "unknown field": lambda top: top.update(note="x"),
    "unknown field in a custodian": lambda top: top["custodians"][0].update(note="x"),
    "unknown field in release": lambda top: top["release"].update(note="x"),
    "another format": lambda top: top.update(format="keyset/v2"),
    "short id": lambda top: top.update(id=b64(bytes(31))),
    "id is a number": lambda top: top.update(id=1),
    "unpadded id": lambda top: top.update(id=b64(bytes(32)).rstrip("=")),
    "section without tender": lambda top: top.update(section="S1"),
    "section with a line feed": lambda top: top.update(section=SECTION + "\n"),
    "round 0": lambda top: top.update(round="0"),
    "round is a number": lambda top: top.update(round=1),
    "round 100": lambda top: top.update(round="100"),
    "local time": lambda top: top.update(deadline="2026-12-01T09:30:00+08:00"),
    "no such day": lambda top: top.update(deadline="2026-02-30T01:30:00Z"),
    "unknown suite": lambda top: top.update(suite="ROT13"),
    "threshold 0": lambda top: top.update(threshold=0),
    "threshold above n": lambda top: top.update(threshold=4),
    "threshold is true": lambda top: top.update(threshold=True),
    "threshold is text": lambda top: top.update(threshold="2"),
    "unknown event": lambda top: top["release"].update(event="section.opened"),
    "negative minimum": lambda top: top["release"].update(minimum=-1),
    "release is a list": lambda top: top.update(release=[]),
    "custodians is an object": lambda top: top.update(custodians={}),
    "no custodian": lambda top: top.update(custodians=[], signatures=[]),
    "custodian is text": lambda top: top.update(custodians=["a", "b", "c"]),
    "one name twice": lambda top: top["custodians"][1].update(name="agent"),
    "one key twice": lambda top: top["custodians"][1].update(key=top["custodians"][0]["key"]),
    "one signer twice": lambda top: top["custodians"][1].update(signer=top["custodians"][0]["signer"]),
    "empty name": lambda top: top["custodians"][0].update(name=""),
    "name with a control character": lambda top: top["custodians"][0].update(name="a\nb"),
    "short key": lambda top: top["custodians"][0].update(key=b64(bytes(31))),
    "key of small order": lambda top: top["custodians"][0].update(key=b64(bytes(32))),
    "short signer": lambda top: top["custodians"][0].update(signer=b64(bytes(31))),
    "two signatures": lambda top: top["signatures"].pop(),
    "short signature": lambda top: top["signatures"].__setitem__(0, b64(bytes(63))),
    "signature is null": lambda top: top["signatures"].__setitem__(0, None),
    **{
        f"{name} missing": lambda top, name=name: top.pop(name)
        for name in ["format", "id", "section", "round", "deadline", "suite", "threshold", "release", "custodians"]
    },
}


@pytest.mark.parametrize("edit", WRONG.values(), ids=WRONG.keys())
def test_a_keyset_not_as_the_format_says_is_refused(edit: Edit) -> None:
    value = json.loads(CUSTODY.keyset.encode())
    edit(value)
    with REFUSED:
        parse_keyset(canonical(value))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        CUSTODY.keyset.encode() + b"\n",
        b" " + CUSTODY.keyset.encode(),
        CUSTODY.keyset.encode().replace(b'"round":"1"', b'"round":"1","round":"1"'),
        CUSTODY.keyset.encode().replace(b'"threshold":2', b'"threshold":2.0'),
        CUSTODY.keyset.encode().replace(b'"threshold":2', b'"threshold":9007199254740993'),
        CUSTODY.keyset.encode().replace(b'"agent"', b'"\\ud800"'),
        b"\xff",
    ],
    ids=["empty", "list", "null", "line feed", "space", "twice", "float", "beyond 2^53", "lone surrogate", "no UTF-8"],
)
def test_what_is_not_canonical_json_is_refused(data: bytes) -> None:
    with REFUSED:
        parse_keyset(data)


def test_pinned_signers_are_the_custodian_lines_of_a_policy() -> None:
    key = b64(bytes(32))
    policy = f"log demo {key}\ncustodian agent {key}\n\n  custodian the centre {key}\nquorum 2\n"
    assert pinned_signers(policy) == {"agent": bytes(32), "the centre": bytes(32)}


def test_a_policy_line_without_a_key_is_refused() -> None:
    with REFUSED:
        pinned_signers("custodian agent nonsense")
