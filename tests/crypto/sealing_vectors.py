"""Makes tests/vectors/sealed-bid.json, the vectors that every implementation of the format is held to.

Run `python tests/crypto/sealing_vectors.py` from the project's folder after a change of the format; a test compares.
"""

import json
import sys
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sealing_documents import documents
from sealing_refusals import refusals
from sealing_scene import CODE, ENTITY, FACTOR, Custody, Stream, bidder_salt

from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import seal_bytes
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_key import recover
from infra.crypto.seal_suite import SM2, X25519
from infra.kernel.canonical import b64

FILE = Path(__file__).parents[1] / "vectors" / "sealed-bid.json"
PLAIN = "plaintext"


@dataclass(frozen=True)
class Shape:
    """What a vector is of: its plaintext's size, its policy, where it belongs, its suite, who seals it."""

    size: int
    threshold: int = 2
    count: int = 3
    part: str = "technical"
    factor: bool = False
    section: str = "YH-2026-001/S1"
    round_: str = "1"
    suite: str = X25519
    event: str = "section.closed"
    code: str = CODE

    def custody(self) -> Custody:
        """The custodians of this section, round and suite."""
        return Custody(self.threshold, self.count, self.section, self.round_, self.suite, self.event)


COMMON = {
    "empty": Shape(0, part="opening-form"),
    "short": Shape(5),
    "one byte less than a chunk": Shape(16383, part="commercial"),
    "exactly a chunk": Shape(16384, round_="2"),
    "three chunks": Shape(2 * 16384 + 100, 3, 5, section="T.1-A/0", round_="99"),
    "one custodian": Shape(100, 1, 1, "a", section="A/B"),
    "with the bidder's factor": Shape(100, part="price", factor=True),
    "price envelope of a two-envelope tender": Shape(200, part="price", round_="2", event="technical.locked"),
    "blind technical part": Shape(300, part="blind"),
    "reserve price of the procuring entity": Shape(40, part="reserve-price", code=ENTITY),
}
SHAPES = COMMON | {f"{name}, SM2": replace(shape, suite=SM2) for name, shape in COMMON.items()}


def document() -> dict[str, Any]:
    """All vectors as one JSON value."""
    bids = [a_bid(name, shape) for name, shape in SHAPES.items()]
    return {
        "format": "sealed-bid/v1 vectors",
        "randomness": "SHA-256(label ‖ u32 counter from 0), concatenated; read in order: S, coefficients, ephemeral "
        "keys (32 bytes each; 40 in the SM2 suite), payload salt. The label is the vector's name; plaintexts are the "
        "same with the label `plaintext`.",
        "custodian_keys": [one for suite in (X25519, SM2) for one in custodian_keys(Custody(suite=suite))],
        "opens": bids,
        "refused": refusals({one["name"]: one for one in bids}),
        "documents": documents(),
    }


def custodian_keys(custody: Custody) -> list[dict[str, str]]:
    """How seeds become the keys of one keyset."""
    keyset = custody.keyset
    place = {"id": keyset.id.hex(), "section": keyset.section, "round": keyset.round, "suite": keyset.suite}
    keys = zip(custody.seeds, custody.private.values(), keyset.custodians, strict=True)
    return [place | {"seed": seed.hex(), "private": own.hex(), "public": one.key.hex()} for seed, own, one in keys]


def a_bid(name: str, shape: Shape) -> dict[str, Any]:
    """One container with everything that opens it and everything that can be checked of it."""
    custody, salt = shape.custody(), bidder_salt(shape.code)
    bidder, factor = bidder_line(salt, shape.code), FACTOR if shape.factor else None
    plaintext = Stream(PLAIN)(shape.size)
    container, sealed = seal_bytes(plaintext, custody.keyset, shape.part, bidder, factor, Stream(name))
    keys = custody.keys(*range(shape.count - shape.threshold + 1, shape.count + 1))
    client = Client("vectors 1", bytes(32))
    manifest = Manifest(shape.section, shape.round_, salt, (sealed.entry(shape.part),), client)
    return {
        "name": name,
        "suite": shape.suite,
        "bidder": shape.code,
        "keyset": custody.keyset.encode().decode(),
        "keyset_hash": b64(custody.keyset.digest),
        "keys": {str(number): b64(key) for number, key in custody.private.items()},
        "released": sorted(keys),
        "factor": b64(factor) if factor else None,
        "container": b64(container),
        "input_key": recover(parse_header(container), keys, factor).hex(),
        "plaintext": {"size": shape.size, "sha256": sha256(plaintext).hexdigest()},
        "manifest": manifest.encode().decode(),
        "manifest_hash": b64(manifest.digest),
        "commit_salt": sealed.commit_salt.hex(),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{FILE.name}: {FILE.stat().st_size} bytes\n")
