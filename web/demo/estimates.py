"""A confidential estimate 标底 of the demo city, sealed as a procuring entity's browser does."""

from pathlib import Path
from typing import Protocol

from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from trading.reserve.actions import seal_reserve
from trading.reserve.queries import keyset_of
from trading.reserve.rules import PART, make_reserve
from trading.sections.tables import Section
from web.demo.people import give_key
from web.demo.quick_bids import Ground, seal_parts


class Desk(Ground, Protocol):
    """What it takes to seal one: a `Story` has it."""

    folder: Path


async def seal_estimate(desk: Desk, login: str, price: str) -> None:
    """The procuring entity or agent behind a login seals `price`, in yuan with two decimals, for the section in bidding."""
    await give_key(desk.database, desk.keys, desk.people, login, desk.folder.parent)
    signer, body = desk.people.signers[login], desk.people.body(login)
    async with desk.database.reading() as session:
        section = await session.get_one(Section, desk.section)
        keyset = signed_keyset(await session.get_one(Keyset, keyset_of(section)))
    manifest, containers = seal_parts(desk.section, keyset, body.credit_code, {PART: make_reserve(price)})
    assert signer.certificate is not None
    async with desk.database.work(desk.people.actor(login)) as work:
        await seal_reserve(
            work, desk.keys.authority.public_key, desk.section, containers[PART], manifest.encode(),
            signer.sign(manifest.digest), signer.certificate,
        )  # fmt: skip
