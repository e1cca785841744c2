"""The manifest `manifest/v1`: what a bidder submits, part by part, and signs by its SHA-256."""

import json
import re
from binascii import a2b_base64
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Never

from infra.crypto.seal_header import PART, ROUND, SECTION, Header
from infra.kernel.canonical import b64, canonical, digest
from infra.kernel.fields import LARGEST, Fields, parse_document
from infra.kernel.problems import Problem

_FORMAT = re.compile(r"manifest/v1")
_VERSION = re.compile(r"[ -~]{1,64}")


@dataclass(frozen=True)
class PartEntry:
    """One part: size of the container in bytes, RFC 6962 root of its 8 MiB blocks, commitment to the plaintext."""

    part: str
    size: int
    root: bytes
    commit: bytes


@dataclass(frozen=True)
class Client:
    """The sealing program: its version and the SHA-256 of its code."""

    version: str
    bundle: bytes


@dataclass(frozen=True)
class Manifest:
    """The document. `section` is `<tender>/<section>`; parts stand in byte order of their names."""

    section: str
    round: str
    bidder_salt: bytes
    parts: tuple[PartEntry, ...]
    client: Client

    def document(self) -> dict[str, Any]:
        """The JSON value."""
        parts = [
            {"part": one.part, "size": one.size, "root": b64(one.root), "commit": b64(one.commit)} for one in self.parts
        ]
        return {
            "format": "manifest/v1",
            "section": self.section,
            "round": self.round,
            "bidder_salt": b64(self.bidder_salt),
            "parts": parts,
            "client": {"version": self.client.version, "bundle": b64(self.client.bundle)},
        }

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical form: the 32-byte message that the bidder signs."""
        return digest(self.document())

    def encode(self) -> bytes:
        """The canonical form."""
        return canonical(self.document())

    def entry(self, part: str) -> PartEntry:
        """The entry of a part; `seal.manifest` where it is not listed."""
        for one in self.parts:
            if one.part == part:
                return one
        raise Problem("seal.manifest", field=f"parts: {part}")


def bidder_line(salt: bytes, credit_code: str) -> bytes:
    """SHA-256(salt32 ‖ credit code): the bidder under a name that only the manifest's salt reveals."""
    return sha256(salt + credit_code.encode()).digest()


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest; `seal.manifest` names the field that is not as the format says."""
    top = Fields(parse_document(data, _refuse), _refuse, "format section round bidder_salt parts client")
    top.text("format", _FORMAT)
    client = top.object("client", "version bundle")
    parts = tuple(
        PartEntry(row.text("part", PART), row.number("size", 1, LARGEST), row.raw("root", 32), row.raw("commit", 32))
        for row in top.objects("parts", "part size root commit")
    )
    names = [one.part for one in parts]
    if not names or names != sorted(set(names)):
        top.refuse("parts")
    return Manifest(
        section=top.text("section", SECTION),
        round=top.text("round", ROUND),
        bidder_salt=top.raw("bidder_salt", 32),
        parts=parts,
        client=Client(client.text("version", _VERSION), client.raw("bundle", 32)),
    )


def read_manifest(data: str) -> Manifest:
    """A manifest that `parse_manifest` has read before, in a quarter of the time: nothing is looked at a second time."""
    told = json.loads(data)
    return Manifest(
        section=told["section"],
        round=told["round"],
        bidder_salt=a2b_base64(told["bidder_salt"]),
        parts=tuple(
            PartEntry(one["part"], one["size"], a2b_base64(one["root"]), a2b_base64(one["commit"]))
            for one in told["parts"]
        ),
        client=Client(told["client"]["version"], a2b_base64(told["client"]["bundle"])),
    )


def check_binding(
    header: Header, manifest: Manifest, section: str, credit_code: str, keyset_hash: bytes, deadline: str
) -> None:
    """Refuse a container that is not this bidder's, for this section, round, keyset and the keyset's deadline.

    `seal.section`, `seal.bidder`, `seal.keyset`, `seal.deadline`, or `seal.manifest` for a part that is not listed.
    """
    if manifest.section != section:
        raise Problem("seal.section", expected=section, found=manifest.section)
    check_place(header, manifest)
    check_bidder(header, manifest, credit_code)
    if header.keyset != keyset_hash:
        raise Problem("seal.keyset", field="hash")
    if header.deadline != deadline:
        raise Problem("seal.deadline", expected=deadline, found=header.deadline)


def check_place(header: Header, manifest: Manifest) -> None:
    """`seal.section` unless both are for one section and round; `seal.manifest` for a part that is not listed."""
    expected, found = f"{manifest.section} round {manifest.round}", f"{header.section} round {header.round}"
    if expected != found:
        raise Problem("seal.section", expected=expected, found=found)
    manifest.entry(header.part)


def check_bidder(header: Header, manifest: Manifest, credit_code: str) -> None:
    """`seal.bidder` unless the manifest's salt and this credit code give the header's `bidder` line."""
    if not compare_digest(bidder_line(manifest.bidder_salt, credit_code), header.bidder):
        raise Problem("seal.bidder", field="line")


def check_part(expected: PartEntry, found: PartEntry) -> None:
    """`seal.truncated`, `seal.extended` or `seal.commitment` unless a container is the one the manifest lists."""
    check_size(expected, found.size)
    if found != expected:
        raise Problem("seal.commitment")


def check_size(expected: PartEntry, size: int) -> None:
    """`seal.truncated` or `seal.extended` unless the container has the manifest's size."""
    if size < expected.size:
        raise Problem("seal.truncated")
    if size > expected.size:
        raise Problem("seal.extended")


def _refuse(field: str) -> Never:
    raise Problem("seal.manifest", field=field)
