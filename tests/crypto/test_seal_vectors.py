"""Our vectors for `sealed-bid/v1`, in both suites: far more refused than opened, the same file for every implementation."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sealing_vectors import FILE, document

from infra.crypto.keyset import custodian_private_key, parse_keyset, public_key, verify_keyset
from infra.crypto.manifest import check_part, parse_manifest
from infra.crypto.seal import SealedPart, open_bytes
from infra.crypto.seal_blocks import block_root
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_key import recover
from infra.crypto.seal_suite import SUITES
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from web.commands.open import command as open_

VECTORS = json.loads(FILE.read_text("utf-8"))
OPENS = {one["name"]: one for one in VECTORS["opens"]}
REFUSED = {one["name"]: one for one in VECTORS["refused"]}
CODES = {
    "version", "suite", "line", "crlf", "base64", "policy", "share", "too-few", "key", "wrap", "bidder", "commitment",
    "chunk", "truncated", "extended", "section", "keyset", "deadline", "manifest",
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
    assert (b64(keyset.digest), keyset.suite) == (bid["keyset_hash"], bid["suite"])


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
    private = custodian_private_key(seed, name, one["section"], one["round"], one["suite"])
    assert (private.hex(), public_key(private, one["suite"]).hex()) == (one["private"], one["public"])


def opened(folder: Path, bid: dict[str, Any], given: dict[str, str]) -> Result:
    """`openhall open` with a vector's container, keys and factor, and what it is to be checked against."""
    words = [str(written(folder, "container", bid["container_bytes"])), "--out", str(folder / "plain")]
    for number in bid["released"]:
        key = written(folder, f"key{number}", bid["keys"][str(number)].encode() + b"\n")
        words += ["--key", f"{number}={key}"]
    if bid["factor"] is not None:
        words += ["--bidder-key", str(written(folder, "factor", bid["factor"].encode()))]
    for name in {"keyset", "manifest"} & given.keys():
        words += [f"--{name}", str(written(folder, f"{name}.json", given[name].encode()))]
    for name in {"section", "bidder"} & given.keys():
        words += [f"--{name}", given[name]]
    return CliRunner().invoke(open_, words)


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("bid", OPENS.values(), ids=OPENS.keys())
def test_the_command_line_opens_a_vector_checked_against_everything(bid: dict[str, Any], tmp_path: Path) -> None:
    section = json.loads(bid["keyset"])["section"]
    given = {"keyset": bid["keyset"], "manifest": bid["manifest"], "section": section, "bidder": bid["bidder"]}
    result = opened(tmp_path, bid | {"container_bytes": unb64(bid["container"])}, given)
    assert result.exit_code == 0, result.stderr
    assert sha256((tmp_path / "plain").read_bytes()).hexdigest() == bid["plaintext"]["sha256"]


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
def test_the_command_line_refuses_a_vector_with_its_code_and_leaves_nothing(
    change: dict[str, Any], tmp_path: Path
) -> None:
    bid = OPENS[change["of"]] | change
    bid["keys"] = OPENS[change["of"]]["keys"] | change.get("keys", {})
    container = unb64(bid["container"])
    if "at" in change:
        at = change["at"]
        container = container[:at] + bytes.fromhex(change["put"]) + container[at + change["cut"] :]
    result = opened(tmp_path, bid | {"container_bytes": container}, change.get("given", {}))
    assert (result.exit_code, result.stderr.partition(": ")[0]) == (2, change["code"])
    assert result.stderr.count("\n") == 1 and result.stdout == ""
    assert not [path.name for path in tmp_path.iterdir() if "plain" in path.name]


@pytest.mark.parametrize("one", VECTORS["documents"], ids=lambda one: f"{one['kind']} {one['name']}")
def test_a_document_is_sound_or_refused(one: dict[str, Any]) -> None:
    text = unb64(one["text"])
    try:
        verify_keyset(parse_keyset(text)) if one["kind"] == "keyset" else parse_manifest(text)
        found = None
    except Problem as problem:
        found = problem.reason
    assert found == one["code"]


@pytest.mark.parametrize("suite", SUITES)
def test_every_refusal_code_has_a_vector_in_each_suite(suite: str) -> None:
    codes = {one["code"] for one in REFUSED.values() if OPENS[one["of"]]["suite"] == suite}
    assert codes == CODES


def test_more_vectors_are_refused_than_opened() -> None:
    assert len(REFUSED) >= len(OPENS)
    documents = [one["code"] for one in VECTORS["documents"]]
    assert sum(code is not None for code in documents) >= documents.count(None)
