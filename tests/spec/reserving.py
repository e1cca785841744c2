"""Sealed reserve prices as the procuring side makes them, and the ways they are spoilt."""

from dataclasses import dataclass, replace
from typing import Any

from scenes import Hall

from infra.auth.key_signer import KeyFileSigner
from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import seal_bytes
from infra.edge import random_bytes
from trading.reserve.actions import seal_reserve
from trading.reserve.rules import PART, make_reserve

PRICE = "9123456.00"


@dataclass(frozen=True)
class Sealed:
    """A sealed reserve price and what goes with it."""

    container: bytes
    manifest: Manifest
    signature: bytes
    certificate: bytes

    def resigned(self, signer: KeyFileSigner, **changes: Any) -> "Sealed":
        """The same container under a changed manifest, signed anew."""
        manifest = replace(self.manifest, **changes)
        return replace(self, manifest=manifest, signature=signer.sign(manifest.digest))


async def signer_of(hall: Hall, login: str) -> KeyFileSigner:
    """The certified key of somebody of the procuring side."""
    if login not in hall.signers:
        hall.signers[login] = await hall.give_key(login, f"reserve {login}")
    return hall.signers[login]


async def sealed(
    hall: Hall, section: str, login: str = "agent", *, plain: bytes | None = None, part: str = PART, code: str = ""
) -> Sealed:
    """A reserve price sealed to the section's keyset."""
    signer, keyset, salt = await signer_of(hall, login), await hall.keyset(section), random_bytes(32)
    line = bidder_line(salt, code or hall.bodies[login].credit_code)
    data = make_reserve(PRICE) if plain is None else plain
    container, measured = seal_bytes(data, keyset, part, line, None, random_bytes)
    manifest = Manifest(section, keyset.round, salt, (measured.entry(part),), Client("a test", bytes(32)))
    assert signer.certificate is not None
    return Sealed(container, manifest, signer.sign(manifest.digest), signer.certificate)


async def hand_over(hall: Hall, section: str, one: Sealed, login: str = "agent") -> None:
    """Give it to the platform."""
    async with hall.database.work(hall.actor(login)) as work:
        await seal_reserve(
            work, hall.authority, section, one.container, one.manifest.encode(), one.signature, one.certificate
        )
