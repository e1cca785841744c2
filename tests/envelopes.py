"""Bids as bidders make them: sealed parts, manifest, signature; and the ways they are handed in or spoilt."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scenes import Hall

from infra.auth.key_signer import KeyFileSigner
from infra.crypto.keyset import Keyset
from infra.crypto.manifest import Client, Manifest, PartEntry, bidder_line
from infra.crypto.seal import seal_bytes
from infra.edge import random_bytes
from trading.bidding.accepting import Taken, start_bid
from trading.bidding.actions import hand_in, withdraw
from trading.bidding.tables import Bid
from trading.bidding.uploads import put_block
from trading.bidding.wire import BLOCK, withdrawal_message
from trading.opening.form import make_form
from web.demo import cast

PARTS = ("commercial", "opening-form", "technical")
CLIENT = Client("a test", bytes(32))


@dataclass(frozen=True)
class Envelope:
    """A whole bid: containers by part, the manifest over them, its signature and certificate; the kit's commit salts."""

    manifest: Manifest
    containers: Mapping[str, bytes]
    signature: bytes
    certificate: bytes
    salts: Mapping[str, bytes] = field(default_factory=dict)

    def blocks(self, part: str) -> list[bytes]:
        """The 8 MiB blocks of a part."""
        data = self.containers[part]
        return [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]

    def resigned(self, signer: KeyFileSigner, **changes: Any) -> "Envelope":
        """The same containers under a changed manifest, signed anew."""
        manifest = replace(self.manifest, **changes)
        return replace(
            self, manifest=manifest, signature=signer.sign(manifest.digest), certificate=certificate_of(signer)
        )


def certificate_of(signer: KeyFileSigner) -> bytes:
    """The signer's certificate, which it must have."""
    assert signer.certificate is not None
    return signer.certificate


def plaintexts(login: str, form: bytes | None = None, marker: str = "") -> dict[str, bytes]:
    """What a bidder writes: the cast's price where it has one, and two short files."""
    number = int(login.removeprefix("bidder"))
    price = cast.BIDDERS[number - 1].price if number <= len(cast.BIDDERS) else f"{9_000_000 + number}.00"
    return {
        "commercial": f"%PDF-1.7 商务标 {login} {marker}".encode(),
        "opening-form": make_form(price, "300", "合格", f"负责人{number}{marker}") if form is None else form,
        "technical": f"%PDF-1.7 技术标 {login} {marker}".encode() * 3,
    }


def seal(
    keyset: Keyset,
    section: str,
    credit_code: str,
    signer: KeyFileSigner,
    plain: Mapping[str, bytes],
    factor: bytes | None = None,
) -> Envelope:
    """Seal every part to the keyset, with the bidder's own factor where it is given, and sign the manifest."""
    salt = random_bytes(32)
    containers, entries, salts = {}, [], {}
    for part in sorted(plain):
        container, sealed = seal_bytes(plain[part], keyset, part, bidder_line(salt, credit_code), factor, random_bytes)
        containers[part] = container
        entries.append(sealed.entry(part))
        salts[part] = sealed.commit_salt
    manifest = Manifest(section, keyset.round, salt, tuple(entries), CLIENT)
    return Envelope(manifest, containers, signer.sign(manifest.digest), certificate_of(signer), salts)


async def an_envelope(
    hall: Hall, section: str, login: str = "bidder1", factor: bytes | None = None, **said: Any
) -> Envelope:
    """A bidder's sound bid for a section."""
    keyset, code = await hall.keyset(section), hall.bodies[login].credit_code
    return seal(keyset, section, code, hall.signers[login], plaintexts(login, **said), factor)


async def start(hall: Hall, login: str, envelope: Envelope, section: str | None = None) -> Taken:
    """Open the upload."""
    return await start_bid(
        hall.database, hall.actor(login), hall.authority, section or envelope.manifest.section,
        envelope.manifest.encode(), envelope.signature, envelope.certificate,
    )  # fmt: skip


async def upload(hall: Hall, login: str, bid: str, envelope: Envelope) -> None:
    """Store every block."""
    for part in envelope.containers:
        for number, block in enumerate(envelope.blocks(part)):
            await put_block(hall.database, hall.objects, hall.actor(login), bid, part, number, block)


async def prepared(hall: Hall, section: str, login: str, envelope: Envelope | None = None) -> str:
    """A bid that is uploaded and only waits to be handed in."""
    envelope = envelope or await an_envelope(hall, section, login)
    bid = await start(hall, login, envelope)
    await upload(hall, login, bid.id, envelope)
    return bid.id


async def submitted(hall: Hall, section: str, login: str, envelope: Envelope | None = None) -> Taken:
    """A bid that stands."""
    bid = await prepared(hall, section, login, envelope)
    return await hand_in(hall.database, hall.actor(login), bid)


async def withdrawn(hall: Hall, login: str, bid: Bid | Taken) -> Bid:
    """The bid, withdrawn by its bidder's signature."""
    signature = hall.signers[login].sign(withdrawal_message(bid.digest))
    async with hall.database.work(hall.actor(login)) as work:
        return await withdraw(work, hall.authority, bid.id, signature)


def with_entry(manifest: Manifest, part: str, **changes: Any) -> tuple[PartEntry, ...]:
    """The manifest's parts with one entry changed."""
    return tuple(replace(one, **changes) if one.part == part else one for one in manifest.parts)
