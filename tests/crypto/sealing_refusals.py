"""The vectors that must be refused: each a change of a bid that opens, and the code that names its fault.

A change takes the bid `of`, cuts `cut` bytes at `at` and puts `put` (hex) there, or is a whole `container`; `keys`,
`released` and `factor` replace the bid's. `given` is what the opener checks against: `keyset`, `manifest`, `section`
(`<tender>/<section>`), `bidder` (credit code); nothing of it is checked where it is left out.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

from sealing_scene import CODE, FACTOR, Stream, bidder_salt

from infra.crypto import sm2
from infra.crypto.keyset import Keyset, parse_keyset
from infra.crypto.manifest import Manifest, bidder_line, parse_manifest
from infra.crypto.seal import seal_stream
from infra.crypto.seal_header import Header, parse_header
from infra.crypto.seal_key import input_key, new_header
from infra.crypto.seal_suite import find_suite
from infra.crypto.shares import split
from infra.kernel.canonical import b64, unb64

Bids = dict[str, dict[str, Any]]
CHUNK = 16400


def refusals(bids: Bids) -> list[dict[str, Any]]:
    """All of them, by suite."""
    found = []
    for suffix in ("", ", SM2"):
        made = [*_of_the_text(bids, suffix), *_of_the_payload(bids, suffix), *_of_what_is_given(bids, suffix)]
        made += [*_of_the_place(bids, suffix), *(_of_sm2(bids) if suffix else ())]
        found += [one | {"name": one["name"] + suffix} for one in made]
    return found


def _of_the_text(bids: Bids, suffix: str) -> Iterator[dict[str, Any]]:
    plain = Edits(bids, f"short{suffix}")
    other = "X25519-AES256GCM-SHA512" if suffix else "SM2-SM4GCM-SM3"
    yield plain.text("another version", "version", "bid/v1", "bid/v2")
    yield plain.text("an unknown suite", "suite", f"suite {plain.suite[:4]}", "suite NONE")
    yield plain.text("the other suite, whose shares have another size", "wrap", plain.suite, other)
    yield plain.text("section in small letters", "line", "/S1/", "/s1/")
    yield plain.text("round with a leading zero", "line", "/technical/1", "/technical/01")
    yield plain.text("round 100", "line", "/technical/1", "/technical/100")
    yield plain.text("part in capitals", "line", "/technical/1", "/Technical/1")
    yield plain.text("no such day", "line", "2026-12-01", "2026-02-30")
    yield plain.text("an empty line", "line", "\npolicy", "\n\npolicy")
    yield plain.text("share 3 missing its number", "line", "share 3", "share 4")
    yield plain.text("no rule", "line", "\n---\n", "\n--\n")
    yield plain.text("one line ends with CRLF", "crlf", "Z\n", "Z\r\n")
    yield plain.text("a character that is not base64", "base64", "bidder ", "bidder !")
    yield plain.text("keyset hash unpadded", "base64", "=\npolicy", "\npolicy")
    yield plain.text("threshold above n", "policy", "2-of-3", "4-of-3")
    yield plain.text("threshold 0", "policy", "2-of-3", "0-of-3")
    yield plain.text("policy with a leading zero", "policy", "2-of-3", "2-of-03")
    yield plain.text("moved to another section", "wrap", "/S1/", "/S2/")
    yield plain.text("moved to another tender", "wrap", "YH-2026-001", "YH-2026-002")
    yield plain.text("moved to another part", "wrap", "/technical/", "/commercial/")
    yield plain.text("moved to another round", "wrap", "/technical/1", "/technical/2")
    yield plain.text("an earlier deadline", "wrap", "T01:30", "T01:29")
    yield plain.text("a lower threshold", "wrap", "2-of-3", "1-of-3")
    yield plain.text("a factor of the bidder's claimed", "bidder", "2-of-3", "2-of-3 bidder")
    yield plain.text("copied under another bidder", "wrap", b64(plain.header.bidder), b64(_line("OTHER")))
    yield plain.text("half a header", "truncated", "\npolicy", None)


def _of_the_payload(bids: Bids, suffix: str) -> Iterator[dict[str, Any]]:
    plain, large = Edits(bids, f"short{suffix}"), Edits(bids, f"three chunks{suffix}")
    body = plain.payload + 56
    yield plain.at("salt changed", "commitment", plain.payload, 1, "00")
    yield plain.at("commitment changed", "commitment", plain.payload + 55, 1, "00")
    yield plain.at("a byte of the text changed", "chunk", body, 1, "00")
    yield plain.at("a byte of the tag changed", "chunk", plain.size - 1, 1, "00")
    yield plain.at("no chunk", "truncated", body, None, "")
    yield plain.at("the last byte missing", "truncated", plain.size - 1, None, "")
    yield plain.at("a byte appended", "extended", plain.size, 0, "00")
    body = large.payload + 56
    yield large.at("the last chunk missing", "truncated", body + 2 * CHUNK, None, "")
    yield large.at("the first chunk left out", "chunk", body, CHUNK, "")
    yield large.at("a chunk appended", "extended", large.size, 0, "ab" * CHUNK)


def _of_what_is_given(bids: Bids, suffix: str) -> Iterator[dict[str, Any]]:
    plain, sealed = Edits(bids, f"short{suffix}"), Edits(bids, f"with the bidder's factor{suffix}")
    keys, manifest = plain.bid["keys"], parse_manifest(plain.bid["manifest"].encode())
    own = {"manifest": plain.bid["manifest"]}
    yield plain.told("one key of two", "too-few", released=[2])
    yield plain.told("keys exchanged", "wrap", keys={"2": keys["3"], "3": keys["2"]})
    strange = {"2": b64(bytes(range(32)))}
    yield plain.told("a strange key", "wrap", keys=strange)
    yield plain.told("a key that is not the keyset's", "key", keys=strange, given=plain.own)
    yield plain.told("a key of 31 bytes", "key", keys={"2": b64(bytes(31))})
    yield plain.told("a key of no custodian", "key", keys={"4": keys["3"]}, released=[2, 4])
    yield plain.told("a factor that no policy asks for", "bidder", factor=b64(FACTOR))
    yield sealed.told("the factor is missing", "bidder", factor=None)
    yield sealed.told("a wrong factor", "commitment", factor=b64(bytes(32)))
    yield plain.told("another bidder than the manifest's", "bidder", given=own | {"bidder": "OTHER"})
    salt = replace(manifest, bidder_salt=bytes(32))
    yield plain.told("another salt than the bidder line's", "bidder", given=_told(salt) | {"bidder": CODE})
    yield plain.told("a manifest that is none", "manifest", given={"manifest": "{}"})
    yield plain.told("a manifest of other parts", "manifest", given=_told(_with(manifest, part="commercial")))
    yield plain.told("smaller than the manifest says", "truncated", given=_told(_with(manifest, size=plain.size + 1)))
    yield plain.told("larger than the manifest says", "extended", given=_told(_with(manifest, size=plain.size - 1)))
    yield plain.told(
        "another container than the manifest's", "commitment", given=_told(_with(manifest, root=bytes(32)))
    )
    yield plain.told("another text than the manifest's", "commitment", given=_told(_with(manifest, commit=bytes(32))))
    yield plain.told("a keyset that is none", "keyset", given={"keyset": "{}"})
    unsigned = replace(parse_keyset(plain.bid["keyset"].encode()), signatures=())
    yield plain.told("a keyset that nobody signed", "keyset", given={"keyset": unsigned.encode().decode()})
    yield _crooked(plain)


def _of_the_place(bids: Bids, suffix: str) -> Iterator[dict[str, Any]]:
    """One section has a keyset for each round: what belongs to the other round is refused."""
    first, second = Edits(bids, f"short{suffix}"), Edits(bids, f"price envelope of a two-envelope tender{suffix}")
    keys = first.bid["keys"]
    yield second.told("the keys of round 1", "wrap", keys=keys)
    yield second.told("the keys of round 1 for the keyset of round 2", "key", keys=keys, given=second.own)
    yield second.told("the keyset of round 1", "keyset", given=first.own)
    yield first.told("the keyset of round 2", "keyset", given=second.own)
    yield second.told("the manifest of round 1", "section", given={"manifest": first.bid["manifest"]})
    yield second.told("another section asked for", "section", given={"section": "YH-2026-001/S2"})
    keyset = parse_keyset(first.bid["keyset"].encode())
    yield first.whole("made for round 2 with the keyset of round 1", "section", forged(keyset, round="2"), first.own)
    elsewhere = forged(keyset, section="YH-2026-001/S2")
    yield first.whole("made for another section with this keyset", "section", elsewhere, first.own)
    earlier = forged(keyset, deadline="2026-12-01T01:29:59Z")
    yield first.whole("made for an earlier deadline", "deadline", earlier, first.own)
    yield first.whole("made for a lower threshold", "policy", forged(keyset, threshold=1), first.own)


def _of_sm2(bids: Bids) -> Iterator[dict[str, Any]]:
    """What only SM2 can get wrong: points off the curve, keys out of range, shares bound to something else."""
    plain = Edits(bids, "short, SM2")
    for name, at in (("the point's mark", 0), ("x", 32), ("y", 64), ("C3", 65), ("C2", 97), ("the bound digest", 161)):
        yield plain.share(f"share 2 changed in {name}", at)
    yield plain.told("a key of zero", "key", keys={"2": b64(bytes(32))})
    yield plain.told("a key of n - 1", "key", keys={"2": b64((sm2.N - 1).to_bytes(32))})
    keyset = parse_keyset(plain.bid["keyset"].encode())
    yield plain.whole("shares bound to nothing", "wrap", forged(keyset, bound=False), plain.own)


class Edits:
    """Changes of one bid, each with the code it is refused with."""

    def __init__(self, bids: Bids, name: str) -> None:
        self.name, self.bid = name, bids[name]
        self._data = unb64(self.bid["container"])
        self.size, self.header = len(self._data), parse_header(self._data)
        self.payload, self.suite = len(self.header.encode()), self.header.suite
        self.own = {"keyset": self.bid["keyset"]}

    def at(self, name: str, code: str, at: int, cut: int | None, put: str) -> dict[str, Any]:
        if cut == 1 and self._data[at : at + 1] == bytes.fromhex(put):
            put = "01"
        cut = self.size - at if cut is None else cut
        return {"name": name, "of": self.name, "at": at, "cut": cut, "put": put, "code": code}

    def text(self, name: str, code: str, old: str, new: str | None) -> dict[str, Any]:
        at = self._data.index(old.encode())
        if new is None:
            return self.at(name, code, at, None, "")
        return self.at(name, code, at, len(old.encode()), new.encode().hex())

    def told(self, name: str, code: str, **fields: Any) -> dict[str, Any]:
        return {"name": name, "of": self.name, "code": code, **fields}

    def whole(self, name: str, code: str, container: bytes, given: dict[str, str]) -> dict[str, Any]:
        return self.told(name, code, container=b64(container), given=given)

    def share(self, name: str, at: int) -> dict[str, Any]:
        wrapped = self.header.shares[1]
        changed = wrapped[:at] + bytes([wrapped[at] ^ 1]) + wrapped[at + 1 :]
        return self.text(name, "wrap", b64(wrapped), b64(changed))


def forged(keyset: Keyset, *, bound: bool = True, **fields: Any) -> bytes:
    """A container whose header names this keyset and yet says something else; sealed as if that were right."""
    honest, _ = new_header(keyset, "technical", _line(CODE), None, Stream("forged"))
    header, suite, random = replace(honest, **fields), find_suite(keyset.suite), Stream("forger")
    secret = random(32)
    shares = [
        suite.wrap(one.key, share, header.pre() + b"share %d" % index if bound else b"", random)
        for index, (one, share) in enumerate(
            zip(keyset.custodians, split(secret, header.threshold, header.count, random), strict=True), 1
        )
    ]
    return _sealed(replace(header, shares=tuple(shares)), input_key(suite, secret, None))


def _crooked(plain: Edits) -> dict[str, Any]:
    """All three keys, but the second share lies on another polynomial."""
    keyset = parse_keyset(plain.bid["keyset"].encode())
    first, key = new_header(keyset, "technical", _line(CODE), None, Stream("crooked 1"))
    second, _ = new_header(keyset, "technical", _line(CODE), None, Stream("crooked 2"))
    header = replace(first, shares=(first.shares[0], second.shares[1], first.shares[2]))
    container = b64(_sealed(header, key))
    return plain.told("three shares not on one polynomial", "share", container=container, released=[1, 2, 3])


def _sealed(header: Header, key: bytes) -> bytes:
    sink = BytesIO()
    seal_stream(BytesIO(b"offer"), sink, header, key, Stream("forged payload"))
    return sink.getvalue()


def _line(code: str) -> bytes:
    return bidder_line(bidder_salt(code), code)


def _with(manifest: Manifest, **fields: Any) -> Manifest:
    return replace(manifest, parts=(replace(manifest.parts[0], **fields),))


def _told(manifest: Manifest) -> dict[str, str]:
    return {"manifest": manifest.encode().decode()}
