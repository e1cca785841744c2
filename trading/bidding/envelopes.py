"""The second envelope 第二信封 of a bid: a manifest and a signature of its own, handed in with the first or not at all."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto.manifest import Manifest, PartEntry, parse_manifest, read_manifest
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from trading.bidding.uploads import check_headers, read_keyset
from trading.sections.envelopes import SECOND, second_parts

LARGEST = 1 << 20
"""Bytes of a sealed price: all are read at once after the marks, and an honest one has a few hundred."""


class Second(NamedTuple):
    """A second envelope as its bidder signed it: the manifest's bytes, and the signature over their SHA-256."""

    manifest: bytes
    signature: bytes

    @property
    def digest(self) -> bytes:
        """What was signed."""
        return sha256(self.manifest).digest()


NOTHING: tuple[None, None, None] = (None, None, None)


def columns_of(second: Second | None) -> tuple[str, bytes, bytes] | tuple[None, None, None]:
    """Manifest, digest and signature as a bid's row holds them."""
    return NOTHING if second is None else (second.manifest.decode(), second.digest, second.signature)


def listed(*manifests: Manifest | None) -> list[PartEntry]:
    """The parts of a bid's manifests, envelope by envelope."""
    return [one for manifest in manifests if manifest is not None for one in manifest.parts]


def facts_of(digest: bytes | None, signature: bytes | None) -> dict[str, Any]:
    """What the log keeps of a second envelope beside the first; nothing where there is one envelope."""
    if digest is None or signature is None:
        return {}
    return {"second": {"manifest": b64(digest), "signature": b64(signature)}}


def read_second(section_id: str, second: Second | None, *, two_envelope: bool) -> Manifest | None:
    """The second envelope's manifest; `bid.envelopes` unless there is one just where the section asks for two.

    `seal.manifest`, `seal.section`, `bid.parts`, `bid.too-large` refuse one that is not of this section and round, or
    holds anything but the price.
    """
    if (second is not None) != two_envelope:
        raise Problem("bid.envelopes", expected=2 if two_envelope else 1)
    if second is None:
        return None
    found, expected = parse_manifest(second.manifest), second_parts(two_envelope=True)
    parts = tuple(one.part for one in found.parts)
    if found.section != section_id or found.round != SECOND:
        raise Problem(
            "seal.section", expected=f"{section_id} round {SECOND}", found=f"{found.section} round {found.round}"
        )
    if parts != expected:
        raise Problem("bid.parts", expected=", ".join(expected), found=", ".join(parts))
    for one in found.parts:
        if one.size > LARGEST:
            raise Problem("bid.too-large", part=one.part, size=one.size, largest=LARGEST)
    return found


def check_second(
    section: str,
    manifest: str | None,
    headers: Mapping[str, bytes | None],
    credit_code: str,
    keyset: str | None,
    *,
    factor: bool,
) -> None:
    """Refuse containers of a second envelope as `check_headers` does, held against the second keyset; none is no fault."""
    if manifest is None:
        return
    if keyset is None:
        raise Problem("keyset.unpublished", section=section)
    own = {part: headers[part] for part in second_parts(two_envelope=True)}
    check_headers(section, read_manifest(manifest), own, credit_code, read_keyset(keyset), factor=factor)
