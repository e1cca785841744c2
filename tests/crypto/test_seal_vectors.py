"""Our vectors for `sealed-bid/v1`: as many refused as opened, the same file for every implementation."""

import json
from hashlib import sha256
from typing import Any

import pytest
from sealing_vectors import FILE, document

from infra.crypto.keyset import custodian_private_key, parse_keyset, public_key, verify_keyset
from infra.crypto.manifest import check_part, parse_manifest
from infra.crypto.seal import SealedPart, open_bytes
from infra.crypto.seal_blocks import block_root
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_key import recover
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem

VECTORS = json.loads(FILE.read_text("utf-8"))
OPENS = {one["name"]: one for one in VECTORS["opens"]}
REFUSED = {one["name"]: one for one in VECTORS["refused"]}
CODES = {
    "version", "suite", "line", "crlf", "base64", "policy", "share", "too-few", "key", "wrap", "bidder", "commitment",
    "chunk", "truncated", "extended",
}  # fmt: skip


def released(bid: dict[str, Any]) -> dict[int, bytes]:
    return {number: unb64(bid["keys"][str(number)]) for number in bid["released"]}


def factor(bid: dict[str, Any]) -> bytes | None:
    return None if bid["factor"] is None else unb64(bid["factor"])


def test_the_file_is_what_this_code_makes() -> None:
    assert document() == VECTORS


@pytest.mark.parametrize("bid", OPENS.values(), ids=OPENS.keys())
def test_a_vector_opens(bid: dict[str, Any]) -> None:
    keyset, container = parse_keyset(bid["keyset"].encode()), unb64(bid["container"])
    verify_keyset(keyset)
    plaintext = open_bytes(container, released(bid), factor(bid), keyset)
    assert {"size": len(plaintext), "sha256": sha256(plaintext).hexdigest()} == bid["plaintext"]
    assert recover(parse_header(container), released(bid), factor(bid)).hex() == bid["input_key"]
    assert b64(keyset.digest) == bid["keyset_hash"]


@pytest.mark.parametrize("bid", OPENS.values(), ids=OPENS.keys())
def test_a_vectors_manifest_lists_its_container(bid: dict[str, Any]) -> None:
    manifest, container = parse_manifest(bid["manifest"].encode()), unb64(bid["container"])
    entry = manifest.parts[0]
    found = SealedPart(len(container), block_root([container]), entry.commit, b"")
    check_part(entry, found.entry(parse_header(container).part))
    assert b64(manifest.digest) == bid["manifest_hash"]


@pytest.mark.parametrize("one", VECTORS["custodian_keys"], ids=lambda one: one["public"][:8])
def test_a_vectors_custodian_key_is_derived(one: dict[str, str]) -> None:
    seed, name = bytes.fromhex(one["seed"]), bytes.fromhex(one["id"])
    private = custodian_private_key(seed, name, one["section"], one["round"])
    assert (private.hex(), public_key(private).hex()) == (one["private"], one["public"])


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
def test_a_vector_is_refused(change: dict[str, Any]) -> None:
    bid = OPENS[change["of"]] | change
    bid["keys"] = OPENS[change["of"]]["keys"] | change.get("keys", {})
    container = unb64(bid["container"])
    if "at" in change:
        at = change["at"]
        container = container[:at] + bytes.fromhex(change["put"]) + container[at + change["cut"] :]
    keyset = parse_keyset(bid["keyset"].encode()) if "check_keyset" in change else None
    with pytest.raises(Problem) as caught:
        open_bytes(container, released(bid), factor(bid), keyset)
    assert caught.value.code == f"seal.{change['code']}"


def test_every_refusal_code_has_a_vector() -> None:
    assert {one["code"] for one in REFUSED.values()} == CODES


def test_more_vectors_are_refused_than_opened() -> None:
    assert len(REFUSED) >= len(OPENS)
