"""The manifest: read strictly, and bound to bidder, section, round, keyset and deadline."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from sealing_scene import CODE, DEADLINE, SECTION, Custody, a_bid, a_manifest, bidder_salt

from infra.crypto.manifest import PartEntry, bidder_line, check_binding, check_part, parse_manifest, read_manifest
from infra.crypto.seal_header import parse_header
from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem

CONTAINER, SEALED = a_bid()
HEADER = parse_header(CONTAINER)
MANIFEST = a_manifest(SEALED)
KEYSET = Custody().keyset.digest


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert parse_manifest(MANIFEST.encode()) == MANIFEST
    assert read_manifest(MANIFEST.encode().decode()) == MANIFEST


def test_the_bidder_signs_the_hash_of_the_canonical_manifest() -> None:
    assert MANIFEST.digest == sha256(MANIFEST.encode()).digest()


def test_the_bidder_line_hashes_salt_and_credit_code() -> None:
    assert bidder_line(bytes(32), "X") == sha256(bytes(32) + b"X").digest()


Edit = Callable[[dict[str, Any]], object]
PART = {"part": "technical", "size": 1, "root": b64(bytes(32)), "commit": b64(bytes(32))}
WRONG: dict[str, Edit] = {
    "unknown field": lambda top: top.update(note="x"),
    "unknown field in a part": lambda top: top["parts"][0].update(note="x"),
    "unknown field in client": lambda top: top["client"].update(note="x"),
    "another format": lambda top: top.update(format="manifest/v2"),
    "bad section": lambda top: top.update(section="s1"),
    "round is a number": lambda top: top.update(round=1),
    "short salt": lambda top: top.update(bidder_salt=b64(bytes(31))),
    "no parts": lambda top: top.update(parts=[]),
    "parts out of order": lambda top: top.update(parts=[PART | {"part": "b"}, PART | {"part": "a"}]),
    "a part twice": lambda top: top.update(parts=[PART, PART]),
    "part in capitals": lambda top: top["parts"][0].update(part="Technical"),
    "part with a slash": lambda top: top["parts"][0].update(part="../a"),
    "size 0": lambda top: top["parts"][0].update(size=0),
    "size is text": lambda top: top["parts"][0].update(size="1"),
    "size is true": lambda top: top["parts"][0].update(size=True),
    "short root": lambda top: top["parts"][0].update(root=b64(bytes(31))),
    "commit is null": lambda top: top["parts"][0].update(commit=None),
    "empty version": lambda top: top["client"].update(version=""),
    "client is text": lambda top: top.update(client="x"),
    **{
        f"{name} missing": lambda top, name=name: top.pop(name)
        for name in ["format", "section", "round", "bidder_salt", "parts", "client"]
    },
}


@pytest.mark.parametrize("edit", WRONG.values(), ids=WRONG.keys())
def test_a_manifest_not_as_the_format_says_is_refused(edit: Edit) -> None:
    value = json.loads(MANIFEST.encode())
    edit(value)
    with pytest.raises(Problem, match=r"seal\.manifest"):
        parse_manifest(canonical(value))


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", MANIFEST.encode() + b"\n", *(b"[" * depth + b"]" * depth for depth in (900, 5000, 100000))],
    ids=["empty", "{}", "lf", "900 deep", "5000 deep", "100000 deep"],
)
def test_what_is_not_a_canonical_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(Problem, match=r"seal\.manifest"):
        parse_manifest(data)


def test_a_bid_of_this_bidder_for_this_section_is_bound() -> None:
    check_binding(HEADER, MANIFEST, SECTION, CODE, KEYSET, DEADLINE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"section": "YH-2026-001/S2"}, "section"),
        ({"credit_code": "91420500MA4900002X"}, "bidder"),
        ({"keyset_hash": bytes(32)}, "keyset"),
        ({"deadline": "2026-12-01T01:30:01Z"}, "deadline"),
        ({"manifest": replace(MANIFEST, section="YH-2026-001/S2")}, "section"),
        ({"manifest": replace(MANIFEST, round="2")}, "section"),
        ({"manifest": replace(MANIFEST, bidder_salt=bytes(32))}, "bidder"),
        ({"manifest": replace(MANIFEST, parts=(replace(MANIFEST.parts[0], part="other"),))}, "manifest"),
        ({"header": replace(HEADER, section="YH-2026-001/S2")}, "section"),
        ({"header": replace(HEADER, round="2")}, "section"),
        ({"header": replace(HEADER, part="price")}, "manifest"),
        ({"header": replace(HEADER, bidder=bidder_line(bidder_salt(), "OTHER"))}, "bidder"),
    ],
)
def test_a_bid_bound_to_something_else_is_refused(change: dict[str, Any], code: str) -> None:
    scene = {
        "header": HEADER,
        "manifest": MANIFEST,
        "section": SECTION,
        "credit_code": CODE,
        "keyset_hash": KEYSET,
        "deadline": DEADLINE,
    }
    with pytest.raises(Problem, match=rf"seal\.{code}\b"):
        check_binding(**{**scene, **change})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": SEALED.size - 1}, "truncated"),
        ({"size": SEALED.size + 1}, "extended"),
        ({"root": bytes(32)}, "commitment"),
        ({"commit": bytes(32)}, "commitment"),
    ],
)
def test_a_container_other_than_the_listed_one_is_refused(change: dict[str, Any], code: str) -> None:
    listed = SEALED.entry("technical")
    with pytest.raises(Problem, match=rf"seal\.{code}"):
        check_part(listed, replace(listed, **change))


def test_the_listed_container_passes() -> None:
    check_part(SEALED.entry("technical"), PartEntry("technical", SEALED.size, SEALED.root, SEALED.commit))
