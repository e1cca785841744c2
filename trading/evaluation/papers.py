"""The opened bids' files for the committee: decrypted in flight for its own judges, each reading logged, nothing stored."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.crypto.seal_header import Header, parse_header
from infra.crypto.seal_range import RangeReader
from infra.db.work import Work
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.bidding.uploads import BUCKET, block_key
from trading.bidding.wire import BLOCK
from trading.blind.queries import require_blindfold
from trading.blind.rules import Blindfold
from trading.evaluation.queries import held_seat, opened_bids, require_sitting
from trading.evaluation.reading import read_method
from trading.opening.form import FORM
from trading.opening.tables import Remedy
from trading.sections.envelopes import PRICE
from trading.sections.queries import document_of
from trading.sections.states import SectionState
from trading.sections.tables import Section

INPUT_KEY = "bid input key"
READ_OUT = (FORM, PRICE)
READABLE = (SectionState.EVALUATING, SectionState.PRICING, SectionState.MARKED)


@dataclass(frozen=True)
class Paper:
    """One file of an opened bid, ready to be read anywhere; `size` is the plaintext's.

    `shown` is what its reader knows the bid by: its id, or the label of a blind part, whose properties are blanked.
    """

    bid: str
    part: str
    section: str
    size: int
    header: Header
    container: int
    versions: tuple[str, ...]
    key: bytes = field(repr=False)
    shown: str = ""

    @property
    def blind(self) -> bool:
        """Whether its reader is not to know whose it is."""
        return self.shown != self.bid


async def papers_of(session: AsyncSession, bids: list[Bid], fold: Blindfold) -> dict[str, list[tuple[str, int]]]:
    """The checked files of these bids, bid or label → (part, size of the plaintext), without the price form."""
    wanted = select(BidPart.bid, BidPart.part, BidPart.plain_size).where(
        BidPart.bid.in_([bid.id for bid in bids]), BidPart.part.not_in(READ_OUT), BidPart.wrapped_key.is_not(None)
    )
    names = {bid: label for label, bid in fold.labels.items()}
    found: dict[str, list[tuple[str, int]]] = {}
    for bid, part, size in await session.execute(wanted.order_by(BidPart.bid, BidPart.part)):
        found.setdefault(names[bid] if part in fold.parts else bid, []).append((part, size or 0))
    return found


async def take_paper(work: Work, keys: KeyService, seat_id: str, key: str, part: str) -> Paper:
    """A file for a judge of the bid's own section, by its id or, of a blind part, by its label; the reading is logged.

    `paper.unknown` for every other file, `blind.not-committed` before the labels are.
    """
    found, region = await _found(work.session, work.ctx.actor, keys, seat_id, key, part)
    work.record(Event.BID_READ, f"{key}/{part}", section=found.section, region=region)
    return found


async def paper_again(
    session: AsyncSession, actor: Actor, keys: KeyService, seat_id: str, key: str, part: str
) -> Paper:
    """The same for a further range of a file whose opening is in the journal already; nothing is written.

    Whoever calls this has made sure of that opening. What may be read is asked again each time.
    """
    return (await _found(session, actor, keys, seat_id, key, part))[0]


async def _found(
    session: AsyncSession, actor: Actor, keys: KeyService, seat_id: str, key: str, part: str
) -> tuple[Paper, str]:
    """(the file, the seat's region)."""
    require(actor, "bid.read")
    seat = await held_seat(session, actor, seat_id)
    section = await session.get_one(Section, seat.section)
    require_sitting(section)
    method = read_method((await document_of(session, seat.section)).method)
    fold = await require_blindfold(session, keys, section, method)
    bids, bid = {one.id for one in await opened_bids(session, seat.section)}, fold.read_as(key, part)
    row = await session.get(BidPart, (bid, part)) if bid in bids and "\0" not in part else None
    readable = section.state in READABLE and part not in READ_OUT
    if row is None or row.wrapped_key is None or row.header is None or row.plain_size is None or not readable:
        raise Problem("paper.unknown", part=part[:40])
    return replace(await paper_of(session, keys, row, seat.section), shown=key), seat.region


async def paper_of(session: AsyncSession, keys: KeyService, row: BidPart, section: str) -> Paper:
    """A checked part ready to be read: as it was sealed, or as its bidder showed it at the opening."""
    assert row.wrapped_key is not None and row.header is not None and row.plain_size is not None
    blocks = select(BidBlock.version).where(BidBlock.bid == row.bid, BidBlock.part == row.part)
    versions, size = tuple(await session.scalars(blocks.order_by(BidBlock.number))), row.size
    shown = await session.get(Remedy, (row.bid, row.part))
    if shown is not None:
        versions, size = tuple(block["version"] for block in shown.blocks), shown.size
    key = keys.unwrap(INPUT_KEY, f"{row.bid}/{row.part}", row.wrapped_key)
    return Paper(row.bid, row.part, section, row.plain_size, parse_header(row.header), size, versions, key, row.bid)


async def read_paper(objects: Objects, paper: Paper, start: int, stop: int) -> AsyncIterator[bytes]:
    """The plaintext from `start` to before `stop` in pieces of at most 1 MiB; a thread decrypts while one is sent."""
    loop = asyncio.get_running_loop()

    def fetch(offset: int, size: int) -> bytes:
        return b"".join(
            asyncio.run_coroutine_threadsafe(
                objects.get_range(BUCKET, block_key(paper.bid, paper.part, number), paper.versions[number], at, count),
                loop,
            ).result()
            for number, at, count in _places(offset, min(size, paper.container - offset))
        )

    reader = await asyncio.to_thread(RangeReader, paper.header, paper.key, fetch, paper.container)
    pieces = reader.pieces(start, stop)
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece


def _places(offset: int, size: int) -> Iterator[tuple[int, int, int]]:
    """(block, offset in it, bytes) of a range of the container."""
    while size > 0:
        number, at = divmod(offset, BLOCK)
        count = min(BLOCK - at, size)
        yield number, at, count
        offset, size = offset + count, size - count
