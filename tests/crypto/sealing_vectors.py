"""Makes tests/vectors/sealed-bid.json, the vectors that every implementation of the format is held to.

Run `python tests/crypto/sealing_vectors.py` from the project's folder after a change of the format; a test compares.
"""

import json
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from sealing_scene import CODE, FACTOR, Custody, Stream, bidder_salt

from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import seal_bytes, seal_stream
from infra.crypto.seal_header import parse_header
from infra.crypto.seal_key import new_header, recover
from infra.kernel.canonical import b64, unb64

FILE = Path(__file__).parents[1] / "vectors" / "sealed-bid.json"
PLAIN = "plaintext"
BIDS = {
    # name: (plaintext size, threshold, count, part, with the bidder's factor, section, round)
    "empty": (0, 2, 3, "opening-form", False, "YH-2026-001/S1", "1"),
    "short": (5, 2, 3, "technical", False, "YH-2026-001/S1", "1"),
    "one byte less than a chunk": (16383, 2, 3, "commercial", False, "YH-2026-001/S1", "1"),
    "exactly a chunk": (16384, 2, 3, "technical", False, "YH-2026-001/S1", "2"),
    "three chunks": (2 * 16384 + 100, 3, 5, "technical", False, "T.1-A/0", "99"),
    "one custodian": (100, 1, 1, "a", False, "A/B", "1"),
    "with the bidder's factor": (100, 2, 3, "price", True, "YH-2026-001/S1", "1"),
}


def document() -> dict[str, Any]:
    """All vectors as one JSON value."""
    bids = [a_bid(name, *shape) for name, shape in BIDS.items()]
    custody = Custody()
    return {
        "format": "sealed-bid/v1 vectors",
        "randomness": "SHA-256(label ‖ u32 counter from 0), concatenated; read in order: S, coefficients, ephemeral "
        "keys, payload salt. Plaintexts are the same with the label `plaintext`.",
        "credit_code": CODE,
        "custodian_keys": [
            {
                "seed": custody.seeds[at].hex(),
                "id": custody.id.hex(),
                "section": custody.keyset.section,
                "round": "1",
                "private": custody.private[at + 1].hex(),
                "public": custody.keyset.custodians[at].key.hex(),
            }
            for at in range(3)
        ],
        "opens": bids,
        "refused": refusals({one["name"]: one for one in bids}),
    }


def a_bid(
    name: str, size: int, threshold: int, count: int, part: str, factor: bool, section: str, round_: str
) -> dict[str, Any]:
    custody = Custody(threshold, count, section, round_)
    bidder, secret = bidder_line(bidder_salt(), CODE), FACTOR if factor else None
    container, sealed = seal_bytes(Stream(PLAIN)(size), custody.keyset, part, bidder, secret, Stream(name))
    keys = custody.keys(*range(count - threshold + 1, count + 1))
    client = Client("vectors 1", bytes(32))
    manifest = Manifest(section, round_, bidder_salt(), (sealed.entry(part),), client)
    return {
        "name": name,
        "keyset": custody.keyset.encode().decode(),
        "keyset_hash": b64(custody.keyset.digest),
        "keys": {str(number): b64(key) for number, key in custody.private.items()},
        "released": sorted(keys),
        "factor": b64(secret) if secret else None,
        "container": b64(container),
        "input_key": recover(parse_header(container), keys, secret).hex(),
        "plaintext": {"size": size, "sha256": sha256(Stream(PLAIN)(size)).hexdigest()},
        "manifest": manifest.encode().decode(),
        "manifest_hash": b64(manifest.digest),
        "commit_salt": sealed.commit_salt.hex(),
    }


def refusals(bids: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each takes the bid `of`, cuts `cut` bytes at `at` and puts `put` (hex) there; other fields replace the bid's."""
    plain = Edits(bids, "short")
    large = Edits(bids, "three chunks")
    chunk = 16400
    return [
        plain.text("another version", "version", "bid/v1", "bid/v2"),
        plain.text("an unknown suite", "suite", "X25519", "X25518"),
        plain.text("section in small letters", "line", "/S1/", "/s1/"),
        plain.text("round with a leading zero", "line", "/technical/1", "/technical/01"),
        plain.text("no such day", "line", "2026-12-01", "2026-02-30"),
        plain.text("an empty line", "line", "\npolicy", "\n\npolicy"),
        plain.text("share 3 missing its number", "line", "share 3", "share 4"),
        plain.text("no rule", "line", "\n---\n", "\n--\n"),
        plain.text("one line ends with CRLF", "crlf", "Z\n", "Z\r\n"),
        plain.text("a character that is not base64", "base64", "bidder ", "bidder !"),
        plain.text("keyset hash unpadded", "base64", "=\npolicy", "\npolicy"),
        plain.text("threshold above n", "policy", "2-of-3", "4-of-3"),
        plain.text("threshold 0", "policy", "2-of-3", "0-of-3"),
        plain.text("policy with a leading zero", "policy", "2-of-3", "2-of-03"),
        plain.text("moved to another section", "wrap", "/S1/", "/S2/"),
        plain.text("moved to another tender", "wrap", "YH-2026-001", "YH-2026-002"),
        plain.text("an earlier deadline", "wrap", "T01:30", "T01:29"),
        plain.text("a lower threshold", "wrap", "2-of-3", "1-of-3"),
        plain.bidder("copied under another bidder"),
        plain.text("half a header", "truncated", "\npolicy", None),
        plain.told("one key of two", "too-few", released=[2]),
        plain.told("keys exchanged", "wrap", exchange=True),
        plain.told("a key that is not the keyset's", "key", keys={"2": b64(bytes(range(32)))}, check_keyset=True),
        plain.told("a factor that no policy asks for", "bidder", factor=b64(FACTOR)),
        Edits(bids, "with the bidder's factor").told("the factor is missing", "bidder", factor=None),
        Edits(bids, "with the bidder's factor").told("a wrong factor", "commitment", factor=b64(bytes(32))),
        plain.at("salt changed", "commitment", plain.payload, 1, "00"),
        plain.at("commitment changed", "commitment", plain.payload + 55, 1, "00"),
        plain.at("a byte of the text changed", "chunk", plain.payload + 56, 1, "00"),
        plain.at("no chunk", "truncated", plain.payload + 56, None, ""),
        plain.at("the last byte missing", "truncated", plain.size - 1, None, ""),
        plain.at("a byte appended", "extended", plain.size, 0, "00"),
        large.at("the last chunk missing", "truncated", large.payload + 56 + 2 * chunk, None, ""),
        large.at("the first chunk left out", "chunk", large.payload + 56, chunk, ""),
        large.at("a chunk appended", "extended", large.size, 0, "ab" * chunk),
        crooked(bids["short"]),
    ]


class Edits:
    """Changes of one bid, each with the code it is refused with."""

    def __init__(self, bids: dict[str, dict[str, Any]], name: str) -> None:
        self.name = name
        self._bid = bids[name]
        self._data = unb64(self._bid["container"])
        self.size = len(self._data)
        self.payload = len(parse_header(self._data).encode())

    def at(self, name: str, code: str, at: int, cut: int | None, put: str) -> dict[str, Any]:
        data = bytes.fromhex(put)
        if cut == 1 and self._data[at : at + 1] == data:
            put = "01"
        return {
            "name": name,
            "of": self.name,
            "at": at,
            "cut": self.size - at if cut is None else cut,
            "put": put,
            "code": code,
        }

    def text(self, name: str, code: str, old: str, new: str | None) -> dict[str, Any]:
        at = self._data.index(old.encode())
        if new is None:
            return self.at(name, code, at, None, "")
        return self.at(name, code, at, len(old), new.encode().hex())

    def bidder(self, name: str) -> dict[str, Any]:
        other = b64(bidder_line(bidder_salt("OTHER"), "OTHER"))
        return self.text(name, "wrap", b64(parse_header(self._data).bidder), other)

    def told(self, name: str, code: str, **fields: Any) -> dict[str, Any]:
        keys = dict(self._bid["keys"])
        if fields.pop("exchange", False):
            fields["keys"] = {"2": keys["3"], "3": keys["2"]}
        return {"name": name, "of": self.name, "code": code, **fields}


def crooked(bid: dict[str, Any]) -> dict[str, Any]:
    """All three keys, but the second share lies on another polynomial."""
    keyset = Custody().keyset
    bidder = bidder_line(bidder_salt(), CODE)
    first, key = new_header(keyset, "technical", bidder, None, Stream("crooked 1"))
    second, _ = new_header(keyset, "technical", bidder, None, Stream("crooked 2"))
    header, sink = replace(first, shares=(first.shares[0], second.shares[1], first.shares[2])), BytesIO()
    seal_stream(BytesIO(b"offer"), sink, header, key, Stream("crooked 3"))
    container = b64(sink.getvalue())
    return {
        "name": "three shares not on one polynomial",
        "of": bid["name"],
        "container": container,
        "released": [1, 2, 3],
        "code": "share",
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{FILE.name}: {FILE.stat().st_size} bytes\n")
