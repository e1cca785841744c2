"""Two sections open for bids, and how tests look at what became of a bid."""

from collections.abc import Awaitable
from dataclasses import dataclass

import pytest
from scenes import Hall
from sqlalchemy import select

from infra.kernel.problems import Problem
from trading.bidding.tables import Bid, BidBlock
from trading.bidding.uploads import BUCKET, block_key


@dataclass
class Two:
    """Two sections open for bids, with different keysets."""

    one: str
    other: str


async def refused(call: Awaitable[object]) -> str:
    """The code with which a call is refused."""
    with pytest.raises(Problem) as told:
        await call
    return told.value.code


async def blocks_of(hall: Hall, bid: str) -> list[BidBlock]:
    """The rows of a bid's stored blocks."""
    async with hall.database.reading() as session:
        return list((await session.execute(select(BidBlock).where(BidBlock.bid == bid))).scalars())


async def stored(hall: Hall, blocks: list[BidBlock]) -> list[bool]:
    """Whether each of these block versions is in the object store."""
    return [await hall.objects.exists(BUCKET, block_key(one.bid, one.part, one.number), one.version) for one in blocks]


async def bids_of(hall: Hall, section: str, login: str) -> list[Bid]:
    """Every bid of a bidder for a section, whatever became of it."""
    wanted = select(Bid).where(Bid.section == section, Bid.bidder == hall.bodies[login].id).order_by(Bid.submitted_at)
    async with hall.database.reading() as session:
        return list((await session.execute(wanted)).scalars())
