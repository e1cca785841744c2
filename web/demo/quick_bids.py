"""Bids made on the spot for sections that are only looked at: small files, sealed and handed in by the same functions."""

from collections.abc import Sequence
from typing import Protocol

from infra.auth.keys import PlatformKeys
from infra.crypto.manifest import Client, Manifest, bidder_line
from infra.crypto.seal import seal_bytes
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.db.work import Database
from infra.edge import random_bytes
from infra.objects import Objects
from trading.bidding.accepting import start_bid
from trading.bidding.actions import hand_in
from trading.bidding.uploads import put_block
from trading.bidding.wire import BLOCK
from trading.opening.form import make_form
from trading.sections.tables import Section
from web.demo import cast
from web.demo.people import People

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
        keyset = signed_keyset(await session.get_one(Keyset, section.keyset))
    for one in bidders:
        login = one.body.login
        actor, signer = story.people.actor(login), story.people.signers[login]
        salt, containers, entries = random_bytes(32), {}, []
        line = bidder_line(salt, one.body.credit_code)
        for part, plain in _files(one).items():
            containers[part], sealed = seal_bytes(plain, keyset, part, line, None, random_bytes)
            entries.append(sealed.entry(part))
        manifest = Manifest(story.section, keyset.round, salt, tuple(entries), CLIENT)
        assert signer.certificate is not None
        bid = await start_bid(
            story.database, actor, story.keys.authority.public_key, story.section, manifest.encode(),
            signer.sign(manifest.digest), signer.certificate,
        )  # fmt: skip
        for part, container in containers.items():
            for number, at in enumerate(range(0, len(container), BLOCK)):
                data = container[at : at + BLOCK]
                await put_block(story.database, story.objects, actor, bid.id, part, number, data)
        await hand_in(story.database, actor, bid.id)


def _files(one: cast.BidderRole) -> dict[str, bytes]:
    """What a bidder hands in, by part in order."""
    words = f"{one.body.name}\n" + "\n".join(f"{label}：{text}" for label, text in cast.FIELDS.items())
    return {
        "commercial": f"%PDF-1.7\n% 商务标 {words}".encode(),
        "opening-form": make_form(one.price, one.duration, "合格", one.leader),
        "technical": f"%PDF-1.7\n% 技术标 {words}".encode() * 3,
    }
