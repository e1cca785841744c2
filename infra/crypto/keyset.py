"""The keyset document `keyset/v1`: whose one-time keys a section's bids are sealed to, signed by every custodian."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Never

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.crypto.seal_header import MOST_CUSTODIANS, ROUND, SECTION, is_time
from infra.crypto.seal_suite import SUITES, X25519, Suite, find_suite
from infra.crypto.sign import sign_ed25519, verify_ed25519
from infra.kernel.canonical import b64, canonical, digest, unb64
from infra.kernel.fields import Fields, parse_document
from infra.kernel.problems import Problem

EVENTS = ("section.closed", "technical.locked", "quotes.closed", "draw.committed", "lottery.committed")
_FORMAT = re.compile(r"keyset/v1")
_EVENT = re.compile("|".join(map(re.escape, EVENTS)))
_NAME = re.compile(r"\S(?:[^\x00-\x1f\x7f]{0,62}\S)?")
_ANY = re.compile(r".+")
_NAMES = "format id section round deadline suite threshold release custodians"


@dataclass(frozen=True)
class Release:
    """The logged event (one of `EVENTS`) and the fewest bids on which the custodians release their keys."""

    event: str
    minimum: int


@dataclass(frozen=True)
class Custodian:
    """One custodian: the one-time public `key` of the suite and the long-term Ed25519 `signer` key."""

    name: str
    key: bytes
    signer: bytes


@dataclass(frozen=True)
class Keyset:
    """The document. `section` is `<tender>/<section>`, `id` 32 random bytes; `signatures` empty or one a custodian."""

    id: bytes
    section: str
    round: str
    deadline: str
    suite: str
    threshold: int
    release: Release
    custodians: tuple[Custodian, ...]
    signatures: tuple[bytes, ...] = ()

    def document(self) -> dict[str, Any]:
        """The JSON value that is hashed: without `signatures`."""
        people = [{"name": one.name, "key": b64(one.key), "signer": b64(one.signer)} for one in self.custodians]
        return {
            "format": "keyset/v1",
            "id": b64(self.id),
            "section": self.section,
            "round": self.round,
            "deadline": self.deadline,
            "suite": self.suite,
            "threshold": self.threshold,
            "release": {"event": self.release.event, "minimum": self.release.minimum},
            "custodians": people,
        }

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the canonical document without its signatures: what headers carry and custodians sign."""
        return digest(self.document())

    def encode(self) -> bytes:
        """The canonical document, with `signatures` where there are any."""
        signed = {"signatures": [b64(one) for one in self.signatures]} if self.signatures else {}
        return canonical(self.document() | signed)


def custodian_private_key(seed: bytes, keyset_id: bytes, section: str, round: str, suite: str = X25519) -> bytes:
    """The one-time private key a custodian's 32-byte seed gives for one keyset; `section` is `<tender>/<section>`."""
    if len(seed) != 32 or len(keyset_id) != 32:
        raise Problem("seal.keyset", field="id" if len(seed) == 32 else "seed")
    info = keyset_id + _prefixed(section) + _prefixed(round)
    derived = HKDF(SHA256(), 40, b"sealed-bid/v1 custodian", info).derive(seed)
    return find_suite(suite).private_of(derived)


def public_key(private: bytes, suite: str = X25519) -> bytes:
    """The public key that stands in the keyset for this private key."""
    return find_suite(suite).public_of(private)


def parse_keyset(data: bytes) -> Keyset:
    """Read a keyset, signed or not yet; `seal.keyset` names the field that is not as the format says."""
    top = Fields(parse_document(data, _refuse), _refuse, _NAMES, "signatures")
    top.text("format", _FORMAT)
    suite = SUITES.get(top.text("suite", _ANY)) or top.refuse("suite")
    deadline = top.text("deadline", _ANY)
    if not is_time(deadline):
        top.refuse("deadline")
    custodians = _custodians(top, suite)
    signatures = top.raws("signatures", 64) if top.has("signatures") else ()
    if top.has("signatures") and len(signatures) != len(custodians):
        top.refuse("signatures")
    release = top.object("release", "event minimum")
    return Keyset(
        id=top.raw("id", 32),
        section=top.text("section", SECTION),
        round=top.text("round", ROUND),
        deadline=deadline,
        suite=suite.name,
        threshold=top.number("threshold", 1, len(custodians)),
        release=Release(release.text("event", _EVENT), release.number("minimum", 0)),
        custodians=custodians,
        signatures=signatures,
    )


def sign_keyset(keyset: Keyset, signer: bytes) -> bytes:
    """A custodian's Ed25519 signature over the keyset's 32-byte digest, by the 32-byte private signer key."""
    return sign_ed25519(signer, keyset.digest)


def with_signatures(keyset: Keyset, signatures: Sequence[bytes]) -> Keyset:
    """The keyset with its signatures, in custodian order."""
    return replace(keyset, signatures=tuple(signatures))


def verify_keyset(keyset: Keyset, pinned: Mapping[str, bytes] | None = None) -> None:
    """`seal.keyset` unless every custodian signed and, where `pinned` is given, each signer key is the pinned one.

    `pinned` maps names to Ed25519 public keys, from the platform's published policy and never from the document.
    """
    if len(keyset.signatures) != len(keyset.custodians):
        _refuse("signatures")
    for place, one in enumerate(keyset.custodians):
        if pinned is not None and pinned.get(one.name) != one.signer:
            _refuse(f"custodians[{place}].signer")
        if not verify_ed25519(one.signer, keyset.digest, keyset.signatures[place]):
            _refuse(f"signatures[{place}]")


def pinned_signers(policy: str) -> dict[str, bytes]:
    """The lines `custodian <name> <base64 Ed25519 key>` of a policy file; other lines are none of ours."""
    found: dict[str, bytes] = {}
    for line in policy.splitlines():
        kind, _, rest = line.strip().partition(" ")
        name, _, key = rest.strip().rpartition(" ")
        if kind == "custodian":
            try:
                found[name.strip()] = unb64(key, 32)
            except Problem as problem:
                raise Problem("seal.keyset", field=f"policy: {name}") from problem
    return found


def _custodians(top: Fields, suite: Suite) -> tuple[Custodian, ...]:
    rows = top.objects("custodians", "name key signer")
    found = tuple(
        Custodian(row.text("name", _NAME), row.raw("key", suite.public), row.raw("signer", 32)) for row in rows
    )
    if not 1 <= len(found) <= MOST_CUSTODIANS:
        top.refuse("custodians")
    for row, one in zip(rows, found, strict=True):
        if not suite.usable(one.key):
            row.refuse("key")
    # One person under two names, or one key twice, would be t custodians in one hand.
    for field in ("name", "key", "signer"):
        if len({getattr(one, field) for one in found}) != len(found):
            top.refuse("custodians")
    return found


def _prefixed(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2) + data


def _refuse(field: str) -> Never:
    raise Problem("seal.keyset", field=field)
