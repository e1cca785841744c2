"""The bidder's own factor B: given in its window, tried at once on the sealed form, kept only wrapped."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.crypto.seal import opening_keys
from infra.crypto.seal_header import Header, parse_header
from infra.crypto.seal_key import recover
from infra.crypto.seal_payload import PROLOGUE
from infra.custody.release import released_keys
from infra.custody.tables import Keyset
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.tables import Bid, BidBlock, BidPart
from trading.bidding.uploads import BUCKET, block_key, own_bid
from trading.opening.form import FORM
from trading.opening.giving import FACTOR, FACTOR_LABEL
from trading.opening.pausing import last_pause
from trading.opening.reading import PASSING
from trading.opening.rules import MOST_TRIES
from trading.opening.tables import BidFactor, OpeningWindow
from trading.sections.queries import lock_section
from trading.sections.tables import Section

WRONG = ("seal.bidder", "seal.commitment")
"""What a factor that is not the bid's leads to; everything else is found by the opening itself."""


@dataclass(frozen=True)
class Lock:
    """What a factor is tried on: the sealed form's header and the beginning of its payload, and the released keys."""

    header: Header
    version: str
    keys: dict[int, bytes] = field(repr=False)


async def give_factor(
    database: Database,
    objects: Objects,
    keys: PlatformKeys,
    actor: Actor,
    bid_id: str,
    factor: bytes,
    address: str | None = None,
) -> None:
    """Take the factor of the actor's own bid while its window runs; the bid opens at once, whoever else is missing.

    A factor that does not open the bid is refused with `factor.wrong` (how often it may still be tried, until when), and
    logged; `bid.unknown`, `factor.not-asked`, `factor.closed`, `factor.given`, `factor.tries` refuse before it is tried.
    """
    require(actor, "factor.give")
    async with database.work(actor, address) as work:
        bid = await own_bid(work.session, actor, bid_id)
        section = await lock_section(work.session, bid.section, shared=True)
        await _require_wanted(work, section, bid)
        lock = await _lock(work, keys, section, bid)
    fits = await _fits(objects, bid_id, lock, factor)
    async with database.work(actor, address) as work:
        section = await lock_section(work.session, bid.section, shared=True)
        until, tries = await _require_wanted(work, section, bid)
        await (_keep(work, keys, bid, factor) if fits else _note_refused(work, bid, tries + 1))
    if not fits:
        raise Problem("factor.wrong", left=MOST_TRIES - tries - 1, until=until)


async def _require_wanted(work: Work, section: Section, bid: Bid) -> tuple[datetime, int]:
    """Until when the factor may be given and how often it was refused; the bid's row of factors is locked."""
    window = await work.session.get(OpeningWindow, (section.id, FACTOR))
    if not section.bidder_factor or window is None:
        raise Problem("factor.not-asked", section=section.id)
    paused = await last_pause(work.session, section.id) is not None
    if window.closed_at is not None or (work.ctx.now >= window.until and not paused):
        raise Problem("factor.closed", until=window.until)
    fresh = insert(BidFactor).values(bid=bid.id, section=section.id, region=section.region, refused=0)
    await work.session.execute(fresh.on_conflict_do_nothing())
    row = await work.session.get_one(BidFactor, bid.id, with_for_update=True, populate_existing=True)
    if row.given_at is not None:
        raise Problem("factor.given", at=row.given_at)
    if row.refused >= MOST_TRIES:
        raise Problem("factor.tries", most=MOST_TRIES, until=window.until)
    return window.until, row.refused


async def _lock(work: Work, keys: PlatformKeys, section: Section, bid: Bid) -> Lock:
    keyset = await work.session.get_one(Keyset, section.keyset)
    part = await work.session.get_one(BidPart, (bid.id, FORM))
    block = await work.session.get_one(BidBlock, (bid.id, FORM, 0))
    assert part.header is not None
    return Lock(parse_header(part.header), block.version, await released_keys(work, keyset, keys.opening))


async def _fits(objects: Objects, bid_id: str, lock: Lock, factor: bytes) -> bool:
    """Whether the factor opens the form as far as its first bytes tell; true where they do not tell."""
    try:
        start = await objects.get_range(
            BUCKET, block_key(bid_id, FORM, 0), lock.version, len(lock.header.encode()), PROLOGUE
        )
    except Problem as problem:
        if problem.code in PASSING:
            raise
        return True
    try:
        await asyncio.to_thread(lambda: opening_keys(lock.header, recover(lock.header, lock.keys, factor), start))
    except Problem as problem:
        return problem.code not in WRONG
    return True


async def _keep(work: Work, keys: PlatformKeys, bid: Bid, factor: bytes) -> None:
    row = await work.session.get_one(BidFactor, bid.id)
    row.wrapped = keys.service.wrap(FACTOR_LABEL, bid.id, factor, work.ctx.random)
    row.given_at = work.ctx.now
    work.record(Event.FACTOR_GIVEN, bid.id, section=bid.section, region=bid.region, manifest=b64(bid.digest))
    await enqueue(work, "open-section", section=bid.section)


async def _note_refused(work: Work, bid: Bid, refused: int) -> None:
    row = await work.session.get_one(BidFactor, bid.id)
    row.refused = refused
    work.record(
        Event.FACTOR_REFUSED, bid.id, section=bid.section, region=bid.region, manifest=b64(bid.digest),
        left=MOST_TRIES - refused,
    )  # fmt: skip
