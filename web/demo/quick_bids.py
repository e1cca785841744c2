"""Bids made on the spot for sections that are only looked at: small files, sealed and handed in by the same functions."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from infra.auth.keys import PlatformKeys
from infra.crypto.keyset import Keyset as KeysetDocument
from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import seal_bytes
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.db.work import Database
from infra.edge import random_bytes
from infra.objects import Objects
from trading.bidding.accepting import start_bid
from trading.bidding.actions import hand_in
from trading.bidding.envelopes import Second
from trading.bidding.uploads import put_block
from trading.bidding.wire import BLOCK
from trading.opening.form import make_first_form, make_form, make_price_form
from trading.sections.actions import BILL
from trading.sections.envelopes import PRICE
from trading.sections.tables import Section
from web.demo import cast
from web.demo.bills import bill_of
from web.demo.files import pdf_of
from web.demo.people import People

READABLE = {"commercial": "商务标", "technical": "技术标"}
CLIENT = Client("openhall demo", bytes(32))


class Ground(Protocol):
    """What it takes to hand in a bid for a section: a `Story` has it."""

    database: Database
    objects: Objects
    keys: PlatformKeys
    people: People

    @property
    def section(self) -> str:
        """`<tender>/<section>`."""
        ...


async def hand_in_quickly(story: Ground, bidders: Sequence[cast.BidderRole]) -> None:
    """These bidders of the cast each hand in one bid for the section."""
    async with story.database.reading() as session:
        section = await session.get_one(Section, story.section)
        keysets = [signed_keyset(await session.get_one(Keyset, one)) for one in section.keysets]
    for one in bidders:
        await _bid(story, section, keysets, one)


def seal_parts(
    section: str, keyset: KeysetDocument, credit_code: str, files: Mapping[str, bytes]
) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest of these parts, in order, sealed for a body to a keyset, and their containers."""
    salt, containers, entries = random_bytes(32), {}, []
    line = bidder_line(salt, credit_code)
    for part, plain in files.items():
        containers[part], sealed = seal_bytes(plain, keyset, part, line, None, random_bytes)
        entries.append(sealed.entry(part))
    return Manifest(section, keyset.round, salt, tuple(entries), CLIENT), containers


async def _bid(story: Ground, section: Section, keysets: Sequence[KeysetDocument], one: cast.BidderRole) -> None:
    """One envelope for each keyset, uploaded and handed in."""
    actor, signer = story.people.actor(one.body.login), story.people.signers[one.body.login]
    envelopes = [
        seal_parts(story.section, keyset, one.body.credit_code, files)
        for keyset, files in zip(keysets, _files(one, section), strict=True)
    ]
    first, *rest = [manifest for manifest, _ in envelopes]
    assert signer.certificate is not None
    bid = await start_bid(
        story.database, actor, story.keys.authority.public_key, story.section, first.encode(),
        signer.sign(first.digest), signer.certificate,
        second=next((Second(manifest.encode(), signer.sign(manifest.digest)) for manifest in rest), None),
    )  # fmt: skip
    for part, container in (pair for _, containers in envelopes for pair in containers.items()):
        for number, at in enumerate(range(0, len(container), BLOCK)):
            data = container[at : at + BLOCK]
            await put_block(story.database, story.objects, actor, bid.id, part, number, data)
    await hand_in(story.database, actor, bid.id)


def _files(one: cast.BidderRole, section: Section) -> list[dict[str, bytes]]:
    """What a bidder hands in, by envelope, by part in order; a blind part does not say whose it is."""
    said = "\n".join(f"{label}：{text}" for label, text in cast.FIELDS.items())
    signed = f"{one.body.name}\n{said}"
    two, quality = section.two_envelope, "合格"
    form = (
        make_first_form(one.duration, quality, one.leader)
        if two
        else make_form(one.price, one.duration, quality, one.leader)
    )
    first = {
        "commercial": f"%PDF-1.7\n% 商务标 {signed}".encode(),
        "opening-form": form,
        "technical": f"%PDF-1.7\n% 技术标 {said if section.blind else signed}".encode() * 3,
    }
    if BILL in section.parts:
        lines = [f"{label}：{text}" for label, text in cast.FIELDS.items()]
        first |= {part: pdf_of(f"{name} {one.body.name}", lines) for part, name in READABLE.items()}
        first = dict(sorted({**first, BILL: bill_of(one)}.items()))
    return [first, {PRICE: make_price_form(one.price)}] if two else [first]
