"""What becomes of stored ciphertext: deleted when replaced or withdrawn, retained once the list is frozen."""

import logging
from datetime import timedelta

from sqlalchemy import select

from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.actions import forget_blocks
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock
from trading.bidding.uploads import BUCKET, block_key
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.tables import Section

log = logging.getLogger("openhall.bidding")

GONE = (BidState.REPLACED, BidState.WITHDRAWN, BidState.REFUSED)
KEPT = (BidState.SUBMITTED, BidState.OPENED, BidState.UNOPENED)
DAYS_A_YEAR = 365


async def delete_bid(database: Database, objects: Objects, bid_id: str) -> None:
    """Delete every stored block of a bid that no longer stands; safe to run again."""
    async with database.reading() as session:
        bid = await session.get_one(Bid, bid_id)
        if bid.state not in GONE:
            return
        blocks = list((await session.execute(select(BidBlock).where(BidBlock.bid == bid_id))).scalars())
    for block in blocks:
        await objects.delete(BUCKET, block_key(bid_id, block.part, block.number), block.version)
    async with database.work(SYSTEM) as work:
        await forget_blocks(work, bid_id)


async def retain_bids(database: Database, objects: Objects, section_id: str) -> None:
    """Put the frozen set under COMPLIANCE retention for the regime's years (CQ 38, GPL 42); safe to run again.

    A block that the store has lost is told aloud and must not leave the others unlocked; the opening records the loss.
    """
    async with database.work(SYSTEM) as work:
        section = await work.session.get_one(Section, section_id)
        regime = regime_of(section, work.ctx.mode)
        assert section.closed_at is not None
        until = section.closed_at + timedelta(seconds=1)
        until = max(until, regime.add_days(section.closed_at, regime.count(Rule.RETENTION_YEARS) * DAYS_A_YEAR))
        rows = select(BidBlock).join(Bid, Bid.id == BidBlock.bid).where(Bid.section == section_id, Bid.state.in_(KEPT))
        blocks = list((await work.session.execute(rows)).scalars())
    for block in blocks:
        try:
            await objects.retain(BUCKET, block_key(block.bid, block.part, block.number), block.version, until)
        except Problem as problem:
            if problem.code != "objects.missing":
                raise
            log.error("a block of bid %s is missing in the store: %s %s", block.bid, block.part, block.number)
