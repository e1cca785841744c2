"""The second envelopes 第二信封: once the marks are locked and t keys released, each price is opened, read out and kept."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Database, Work
from infra.jobs import NotYetError, enqueue
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.tables import Bid, BidPart
from trading.opening.announcing import tell_opened, unread
from trading.opening.failing import forget_trouble, note_trouble, stops
from trading.opening.form import LARGEST_CONTAINER, read_price
from trading.opening.ground import Ground, second_list, take_price_ground
from trading.opening.plain import Plain
from trading.opening.reading import Keys, Sealed, fetch, open_part, recorded, told_of, tried
from trading.opening.states import LIFE, UNPRICED, Stage
from trading.opening.tables import BidOpening
from trading.reserve.actions import announce_reserve
from trading.sections.envelopes import PRICE
from trading.sections.queries import lock_section
from trading.sections.states import SectionState

TOGETHER = 16
AT_ONCE = 50


class Price(NamedTuple):
    """An opened second envelope: what decrypting gave, and the fields that are read out."""

    plain: Plain
    fields: dict[str, Any]


async def open_prices(database: Database, objects: Objects, keys: PlatformKeys, section_id: str) -> None:
    """Open the price of every bid that `technical.locked` lists; safe to run again at any point.

    One bid's failure never holds up the others, and is treated as at the first opening (EBM 31). The marks are published
    once every listed bid is priced or left out. `NotYetError` while the store is away or a fault of ours is tried again.
    """
    async with database.work(SYSTEM) as work:
        ground = await take_price_ground(work, keys, section_id)
    if ground is None:
        return

    async def announce(found: dict[str, Price | Problem]) -> None:
        async with database.work(SYSTEM) as work:
            await _announce(work, keys, ground, found)

    works = [tried(bid, _open(objects, ground.keys, sealed)) for bid, [sealed] in ground.bids.items()]
    again = await recorded(works, TOGETHER, AT_ONCE, announce)
    async with database.work(SYSTEM) as work:
        await _conclude(work, ground)
    if again:
        raise NotYetError(f"{again} prices of {section_id} could not be read yet")


async def _open(objects: Objects, keys: Keys, sealed: Sealed) -> Price:
    with told_of(PRICE):
        if sealed.barred is not None:
            raise Problem(sealed.barred)
        if sealed.entry.size > LARGEST_CONTAINER:
            raise Problem("opening-form.too-large", size=sealed.entry.size, largest=LARGEST_CONTAINER)
    blocks = [await fetch(objects, sealed, block) for block in sealed.blocks]
    return await asyncio.to_thread(_decrypt, sealed, blocks, keys)


def _decrypt(sealed: Sealed, blocks: Sequence[bytes], keys: Keys) -> Price:
    plain = open_part(sealed, blocks, keys, keep=True)
    with told_of(PRICE):
        return Price(plain, read_price(plain.content))


async def _announce(work: Work, keys: PlatformKeys, ground: Ground, found: dict[str, Price | Problem]) -> None:
    require(work.ctx.actor, "bid.open")
    rows = await work.session.execute(unread(PRICE, found, UNPRICED))
    for bid, opening, body, part in rows:
        price = found[bid.id]
        if isinstance(price, Problem):
            await note_trouble(work, bid, opening, body, price, ground)
        else:
            forget_trouble(bid, opening)
            _read_out(work, keys, bid, body, part, price)
            opening.stage = LIFE.move("price", Stage(opening.stage), work.ctx.actor.role)


def _read_out(work: Work, keys: PlatformKeys, bid: Bid, body: Organisation, part: BidPart, price: Price) -> None:
    assert bid.form is not None and bid.second_digest is not None
    bid.form = {**bid.form, "price": price.fields["price"]}
    tell_opened(work, keys, Event.PRICE_OPENED, bid, body, part, price.plain, bid.second_digest)


async def _conclude(work: Work, ground: Ground) -> None:
    """The marks follow as soon as no listed price is waited for; with no bid left an officer decides."""
    section = await lock_section(work.session, ground.section)
    if section.state != SectionState.PRICING:
        return
    listed = await second_list(work.session, section.id)
    rows = select(BidOpening.stage, func.count()).where(BidOpening.bid.in_(listed)).group_by(BidOpening.stage)
    found = {Stage(stage): count for stage, count in await work.session.execute(rows)}
    if any(found.get(stage) for stage in UNPRICED):
        return
    if not await stops(work, section, found.get(Stage.PRICED, 0), ground.minimum):
        await announce_reserve(work, ground.keys, section)
        await enqueue(work, "publish-marks", section=section.id)
