"""Upload of sealed parts in 8 MiB blocks: written once, hashed while passing, pinned by object version, resumable."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.crypto.keyset import Keyset, parse_keyset
from infra.crypto.manifest import Manifest, check_binding, parse_manifest
from infra.crypto.merkle import leaf_hash
from infra.crypto.seal_header import Header, read_header
from infra.crypto.seal_key import check_keyset
from infra.db.work import Database
from infra.kernel.context import Actor
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.states import BidState
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.bidding.wire import BLOCK, block_count
from trading.sections.envelopes import second_parts
from trading.sections.states import SectionState

BUCKET = "bids"

PLACE = """
SELECT bid.state, part.size, block.leaf, section.state AS section_state, section.deadline, section.bidder_factor,
       clock_timestamp() AS now
FROM bids AS bid
JOIN sections AS section ON section.id = bid.section
LEFT JOIN bid_parts AS part ON part.bid = bid.id AND part.part = $3
LEFT JOIN bid_blocks AS block ON block.bid = bid.id AND block.part = $3 AND block.number = $4
WHERE bid.id = $1 AND bid.bidder = $2
"""

# The bid is locked in shared mode, so that its end waits for this block and then deletes it too.
KEEP = f"""
WITH started AS MATERIALIZED (
    SELECT id FROM bids WHERE id = $1 AND state = '{BidState.STARTED}' FOR SHARE
), kept AS (
    INSERT INTO bid_blocks (bid, part, number, size, leaf, version)
    SELECT id, $2, $3, $4, $5, $6 FROM started ON CONFLICT DO NOTHING
    RETURNING bid, part
), headed AS (
    UPDATE bid_parts SET header = $7::bytea FROM kept
    WHERE $7::bytea IS NOT NULL AND bid_parts.bid = kept.bid AND bid_parts.part = kept.part
)
SELECT count(*) FROM kept
"""


async def put_block(
    database: Database, objects: Objects, actor: Actor, bid_id: str, part: str, number: int, data: bytes
) -> bool:
    """Store one block of a started bid; sending the same block again is no error and returns False.

    `bid.unknown`, `bid.late`, `bid.not-open`, `bid.block` (no such block or wrong size), `bid.block-differs`; block 0
    must begin with the header of a container: `seal.…` refuses what is unsealed, and what asks for the bidder's own
    factor or does not otherwise than the section says, before the rest of it is sent.
    """
    leaf = leaf_hash(data)
    known, factor = await _known_leaf(database, actor, bid_id, (part, number, len(data)))
    if known is not None:
        _require_same(part, number, known, leaf)
        return False
    header = _header(data, factor) if number == 0 else None
    version = await objects.put(BUCKET, block_key(bid_id, part, number), data)
    async with database.bare() as connection:
        kept: int = await connection.fetchval(KEEP, bid_id, part, number, len(data), leaf, version, header)
    if not kept:
        await objects.delete(BUCKET, block_key(bid_id, part, number), version)
        await _refuse_unless_there(database, bid_id, part, number, leaf)
    return kept == 1


async def missing_blocks(session: AsyncSession, bid_id: str) -> dict[str, list[int]]:
    """For every part, the numbers of the blocks that are not there yet."""
    sizes = await session.execute(
        select(BidPart.part, BidPart.size).where(BidPart.bid == bid_id).order_by(BidPart.part)
    )
    rows = await session.execute(select(BidBlock.part, BidBlock.number).where(BidBlock.bid == bid_id))
    return missing_numbers({part: size for part, size in sizes}, [(part, number) for part, number in rows])


def missing_numbers(sizes: Mapping[str, int], blocks: Collection[tuple[str, int]]) -> dict[str, list[int]]:
    """`missing_blocks` from each part's size and the (part, number) of every block that is there."""
    there = {tuple(block) for block in blocks}
    return {
        part: [number for number in range(block_count(size)) if (part, number) not in there]
        for part, size in sizes.items()
    }


async def own_bid(session: AsyncSession, actor: Actor, bid_id: str) -> Bid:
    """The bid if it is the actor's own organisation's; `bid.unknown` for every other id."""
    bid = await session.get(Bid, bid_id)
    if bid is None or actor.organisation is None or bid.bidder != actor.organisation:
        raise Problem("bid.unknown", bid=bid_id)
    return bid


def manifest_of(bid: Bid, part: str = "") -> Manifest:
    """The bid's manifest as it was signed; that of the second envelope for a part which lies there."""
    second = part in second_parts(two_envelope=bid.second_manifest is not None)
    return parse_manifest(((second and bid.second_manifest) or bid.manifest).encode())


@lru_cache(maxsize=256)
def read_keyset(document: str) -> Keyset:
    """A published keyset's document; every bid of a section asks for the same one."""
    return parse_keyset(document.encode())


def check_headers(
    section: str,
    manifest: Manifest,
    headers: Mapping[str, bytes | None],
    credit_code: str,
    keyset: Keyset,
    *,
    factor: bool = False,
) -> None:
    """Refuse containers of another bidder, section, round, keyset, deadline, policy or part (`seal.…`).

    `headers` are the uploaded ones by part; None before block 0 is there: `bid.incomplete`. `factor` says whether the
    section asks for the bidder's own factor: `require_factor`.
    """
    for part, data in headers.items():
        if data is None:
            raise Problem("bid.incomplete", part=part, missing="0")
        header = read_header(BytesIO(data))
        if header.part != part:
            raise Problem("seal.section", expected=part, found=header.part)
        check_binding(header, manifest, section, credit_code, keyset.digest, keyset.deadline)
        check_keyset(header, keyset)
        require_factor(header, factor=factor)


def require_factor(header: Header, *, factor: bool) -> None:
    """`seal.policy` for a container that needs the bidder's own factor where the section asks for none, and could then
    not be opened; `seal.bidder` for one without where the section promised that no bid opens without its bidder.
    """
    if header.bidder_factor and not factor:
        raise Problem("seal.policy", policy=header.policy)
    if factor and not header.bidder_factor:
        raise Problem("seal.bidder", field="factor missing")


def require_on_time(state: str, deadline: datetime | None, now: datetime) -> None:
    """`bid.late` unless the section's state is that of bidding and the database's clock stands before the deadline."""
    if state != SectionState.BIDDING or deadline is None or now >= deadline:
        raise Problem("bid.late", deadline=deadline, now=now)


def block_key(bid_id: str, part: str, number: int) -> str:
    """The object's key of one block."""
    return f"{bid_id}/{part}/{number:05d}"


def _header(block: bytes, factor: bool) -> bytes:
    """The header that a part's first block begins with."""
    header = read_header(BytesIO(block))
    require_factor(header, factor=factor)
    return header.encode()


async def _known_leaf(
    database: Database, actor: Actor, bid_id: str, block: tuple[str, int, int]
) -> tuple[bytes | None, bool]:
    """The leaf of the block (part, number, bytes) if it is there already, and whether the section asks for a factor of
    the bidder's own; refuses one that has no place in the bid.

    After the deadline nothing more is stored; whether a bid was in time is decided when it is handed in.
    """
    part, number, size = block
    async with database.bare() as connection:
        place = await connection.fetchrow(PLACE, bid_id, actor.organisation, part, number)
    if place is None:
        raise Problem("bid.unknown", bid=bid_id)
    require_on_time(place["section_state"], place["deadline"], place["now"])
    if place["size"] is None:
        raise Problem("bid.part", part=part)
    if place["state"] != BidState.STARTED:
        raise Problem("bid.not-open", state=place["state"])
    count = block_count(place["size"])
    expected = BLOCK if number < count - 1 else place["size"] - BLOCK * (count - 1)
    if not 0 <= number < count or size != expected:
        raise Problem("bid.block", part=part, number=number, size=size, expected=expected, count=count)
    return place["leaf"], place["bidder_factor"]


async def _refuse_unless_there(database: Database, bid_id: str, part: str, number: int, leaf: bytes) -> None:
    async with database.reading() as session:
        bid = await session.get_one(Bid, bid_id)
        there = await session.get(BidBlock, (bid_id, part, number))
    if there is None:
        raise Problem("bid.not-open", state=bid.state)
    _require_same(part, number, there.leaf, leaf)


def _require_same(part: str, number: int, known: bytes, leaf: bytes) -> None:
    if known != leaf:
        raise Problem("bid.block-differs", part=part, number=number)
