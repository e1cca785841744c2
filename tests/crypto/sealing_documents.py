"""Keysets and manifests, sound and not, with the code each is refused with: vectors beside the containers."""

import json
from dataclasses import replace
from typing import Any

from sealing_scene import Custody, bidder_salt

from infra.crypto.manifest import Client, Manifest, PartEntry
from infra.crypto.seal_suite import SM2, X25519
from infra.crypto.sm2 import P
from infra.kernel.canonical import b64, canonical

SOUND = {"good", "good, SM2", "round 99", "a name of one sign", "a name of 64 signs", "a name with U+FEFF after"}


def documents() -> list[dict[str, str | None]]:
    """`{kind, name, text (base64), code}`; code None where the document is sound and, for a keyset, rightly signed."""
    tables = {"keyset": keysets(), "manifest": manifests()}
    return [
        {"kind": kind, "name": name, "text": b64(text), "code": None if name in SOUND else kind}
        for kind, table in tables.items()
        for name, text in table.items()
    ]


def keysets() -> dict[str, bytes]:
    """Keyset documents by what is the matter with them."""
    custody = Custody()
    keyset = custody.keyset
    document = json.loads(keyset.encode())
    person = document["custodians"][0]

    def with_(**fields: Any) -> bytes:
        return canonical(document | fields)

    def named(name: str) -> bytes:
        first, *others = keyset.custodians
        return custody.sign(replace(keyset, custodians=(replace(first, name=name), *others))).encode()

    return {
        "good": keyset.encode(),
        "unsigned": replace(keyset, signatures=()).encode(),
        "not canonical": keyset.encode() + b"\n",
        "no object": b"[]",
        "a field more": with_(more=1),
        "a field less": canonical({name: value for name, value in document.items() if name != "round"}),
        "another format": with_(format="keyset/v2"),
        "a suite that is none": with_(suite="RSA-DES-MD5"),
        "the other suite": with_(suite=SM2),
        "no such day": with_(deadline="2026-02-30T00:00:00Z"),
        "a short id": with_(id="AAAA"),
        "threshold above n": with_(threshold=4),
        "threshold is text": with_(threshold="2"),
        "threshold is true": with_(threshold=True),
        "an unknown event": with_(release={"event": "section.open", "minimum": 3}),
        "minimum below zero": with_(release={"event": "section.closed", "minimum": -1}),
        "no custodian": with_(custodians=[], signatures=[]),
        "a custodian twice": with_(custodians=[person, person, document["custodians"][2]]),
        "a key of small order": with_(custodians=[person | {"key": b64(bytes(32))}, *document["custodians"][1:]]),
        "a signature less": with_(signatures=document["signatures"][:2]),
        "signatures exchanged": with_(signatures=document["signatures"][::-1]),
        "a changed round": with_(round="2"),
        "a bad section": with_(section="yh/S1"),
        "a name of one sign": named("甲"),
        "a name of 64 signs": named("😀" * 64),
        "a name with a blank before": named(" agent"),
        "a name with U+0085 after": named("agent\u0085"),
        "a name with U+FEFF after": named("agent\ufeff"),
        "a name with a line break": named("a\nb"),
        "a name of 65 signs": named("x" * 65),
        **_of_sm2(),
    }


def _of_sm2() -> dict[str, bytes]:
    """Keysets of the Chinese standards: a key is `04 ‖ x ‖ y` of a point on the curve, and nothing else."""
    keyset = Custody(suite=SM2).keyset
    document = json.loads(keyset.encode())
    person, key = document["custodians"][0], keyset.custodians[0].key

    def keyed(key: bytes) -> bytes:
        return canonical(document | {"custodians": [person | {"key": b64(key)}, *document["custodians"][1:]]})

    return {
        "good, SM2": keyset.encode(),
        "SM2 keys in the other suite": canonical(document | {"suite": X25519}),
        "a point off the curve": keyed(key[:-1] + bytes([key[-1] ^ 1])),
        "a compressed point": keyed(b"\x02" + key[1:33]),
        "a point marked 06": keyed(b"\x06" + key[1:]),
        "a point at infinity": keyed(b"\4" + bytes(64)),
        "a coordinate of p and more": keyed(b"\4" + P.to_bytes(32) + key[33:]),
        "a changed key that nobody signed": keyed(keyset.custodians[0].key[:1] + _mirrored(key)),
    }


def _mirrored(key: bytes) -> bytes:
    """The coordinates of the point across the axis, which lies on the curve too."""
    return key[1:33] + (P - int.from_bytes(key[33:])).to_bytes(32)


def manifests() -> dict[str, bytes]:
    """Manifests by what is the matter with them."""
    parts = (PartEntry("commercial", 700, bytes(32), bytes(32)), PartEntry("technical", 2**40, bytes(32), bytes(32)))
    document = Manifest("YH-2026-001/S1", "1", bidder_salt(), parts, Client("test 1", bytes(32))).document()
    first, second = document["parts"]
    odd: dict[str, dict[str, Any]] = {
        "good": {},
        "round 99": {"round": "99"},
        "no parts": {"parts": []},
        "a field more": {"more": 1},
        "round 0": {"round": "0"},
        "round 100": {"round": "100"},
        "a short salt": {"bidder_salt": "AA=="},
        "another format": {"format": "manifest/v2"},
        "a version that is not ASCII": {"client": {"version": "über", "bundle": b64(bytes(32))}},
        "parts out of order": {"parts": [second, first]},
        "a part twice": {"parts": [first, first]},
        "a part of size 0": {"parts": [first | {"size": 0}]},
        "a part in capitals": {"parts": [first | {"part": "Price"}]},
    }
    return {name: canonical(document | change) for name, change in odd.items()}
