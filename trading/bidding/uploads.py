"""Upload of sealed parts in 8 MiB blocks: written once, hashed while passing, pinned by object version, resumable."""

from io import BytesIO

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto.keyset import Keyset
from infra.crypto.manifest import Manifest, check_binding, parse_manifest
from infra.crypto.merkle import leaf_hash
from infra.crypto.seal_header import Header, read_header
from infra.crypto.seal_key import check_keyset
from infra.db.work import Database, Work
from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.sections.states import SectionState
from trading.sections.tables import Section

BUCKET = "bids"
BLOCK = 8 * 1024 * 1024


async def put_block(
    database: Database, objects: Objects, actor: Actor, bid_id: str, part: str, number: int, data: bytes
) -> bool:
    """Store one block of a started bid; sending the same block again is no error and returns False.

    `bid.unknown`, `bid.late`, `bid.not-open`, `bid.block` (no such block or wrong size), `bid.block-differs`; block 0
    must begin with the header of a container: `seal.…` refuses what is unsealed.
    """
    leaf = leaf_hash(data)
    async with database.reading() as session:
        bid = await own_bid(session, actor, bid_id)
        await _require_open(session, bid)
        found = await _part(session, bid, part)
        _check_block(bid, found, number, len(data))
        known = await session.get(BidBlock, (bid_id, part, number))
    if known is not None:
        if known.leaf != leaf:
            raise Problem("bid.block-differs", part=part, number=number)
        return False
    header = read_header(BytesIO(data)) if number == 0 else None
    version = await objects.put(BUCKET, block_key(bid_id, part, number), data)
    async with database.work(actor) as work:
        still = await _lock_started(work, bid_id)
        kept = still and await _keep(
            work, BidBlock(bid=bid_id, part=part, number=number, size=len(data), leaf=leaf, version=version)
        )
        if kept and header is not None:
            (await work.session.get_one(BidPart, (bid_id, part))).header = header.encode()
    if not kept:
        await objects.delete(BUCKET, block_key(bid_id, part, number), version)
        await _require_same(database, bid_id, part, number, leaf)
    return kept


async def missing_blocks(session: AsyncSession, bid_id: str) -> dict[str, list[int]]:
    """For every part, the numbers of the blocks that are not there yet."""
    parts = (await session.execute(select(BidPart).where(BidPart.bid == bid_id).order_by(BidPart.part))).scalars()
    rows = await session.execute(select(BidBlock.part, BidBlock.number).where(BidBlock.bid == bid_id))
    there = {(part, number) for part, number in rows}
    return {
        one.part: [number for number in range(block_count(one.size)) if (one.part, number) not in there]
        for one in parts
    }


async def leaves(session: AsyncSession, bid_id: str, part: str) -> list[bytes]:
    """The leaf hashes of a part's blocks in order."""
    rows = select(BidBlock.leaf).where(BidBlock.bid == bid_id, BidBlock.part == part).order_by(BidBlock.number)
    return list((await session.execute(rows)).scalars())


async def own_bid(session: AsyncSession, actor: Actor, bid_id: str) -> Bid:
    """The bid if it is the actor's own organisation's; `bid.unknown` for every other id."""
    bid = await session.get(Bid, bid_id)
    if bid is None or actor.organisation is None or bid.bidder != actor.organisation:
        raise Problem("bid.unknown", bid=bid_id)
    return bid


def manifest_of(bid: Bid) -> Manifest:
    """The bid's manifest as it was signed."""
    return parse_manifest(bid.manifest.encode())


def header_of(part: BidPart) -> Header:
    """The uploaded container header of a part; `bid.incomplete` before block 0 is there."""
    if part.header is None:
        raise Problem("bid.incomplete", part=part.part, missing="0")
    return read_header(BytesIO(part.header))


def check_headers(bid: Bid, parts: list[BidPart], credit_code: str, keyset: Keyset) -> None:
    """Refuse containers of another bidder, section, round, keyset, deadline, policy or part (`seal.…`).

    A container that asks for the bidder's own factor could not be opened without it: `seal.policy`.
    """
    manifest = manifest_of(bid)
    for part in parts:
        header = header_of(part)
        if header.part != part.part:
            raise Problem("seal.section", expected=part.part, found=header.part)
        check_binding(header, manifest, bid.section, credit_code, keyset.digest, keyset.deadline)
        check_keyset(header, keyset)
        if header.bidder_factor:
            raise Problem("seal.policy", policy=header.policy)


def block_count(size: int) -> int:
    """How many 8 MiB blocks a container of `size` bytes has."""
    return -(-size // BLOCK)


def block_key(bid_id: str, part: str, number: int) -> str:
    """The object's key of one block."""
    return f"{bid_id}/{part}/{number:05d}"


async def _require_open(session: AsyncSession, bid: Bid) -> None:
    """After the deadline nothing more is stored; whether a bid was in time is decided when it is handed in."""
    section = await session.get_one(Section, bid.section)
    now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    if section.state != SectionState.BIDDING or section.deadline is None or now >= section.deadline:
        raise Problem("bid.late", deadline=section.deadline, now=now)


async def _lock_started(work: Work, bid_id: str) -> bool:
    """Whether the bid may still take blocks; locked, so that its end waits for this block and then deletes it too."""
    locked = select(Bid.state).where(Bid.id == bid_id).with_for_update(read=True)
    return (await work.session.execute(locked)).scalar_one() == BidState.STARTED


async def _require_same(database: Database, bid_id: str, part: str, number: int, leaf: bytes) -> None:
    async with database.reading() as session:
        bid = await session.get_one(Bid, bid_id)
        there = await session.get(BidBlock, (bid_id, part, number))
    if there is None:
        raise Problem("bid.not-open", state=bid.state)
    if there.leaf != leaf:
        raise Problem("bid.block-differs", part=part, number=number)


async def _part(session: AsyncSession, bid: Bid, part: str) -> BidPart:
    found = await session.get(BidPart, (bid.id, part))
    if found is None:
        raise Problem("bid.part", part=part)
    return found


def _check_block(bid: Bid, part: BidPart, number: int, size: int) -> None:
    if bid.state != BidState.STARTED:
        raise Problem("bid.not-open", state=bid.state)
    count = block_count(part.size)
    expected = BLOCK if number < count - 1 else part.size - BLOCK * (count - 1)
    if not 0 <= number < count or size != expected:
        raise Problem("bid.block", part=part.part, number=number, size=size, expected=expected, count=count)


async def _keep(work: Work, block: BidBlock) -> bool:
    values = {name: getattr(block, name) for name in ("bid", "part", "number", "size", "leaf", "version")}
    row = insert(BidBlock).values(**values).on_conflict_do_nothing().returning(BidBlock.number)
    return (await work.session.execute(row)).scalar_one_or_none() is not None
