"""The remedy of a bid that does not open: shown in plain by its bidder, held against the commitment it signed (EBM 31)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import func, select

from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.crypto.manifest import PartEntry
from infra.crypto.seal_header import Header, parse_header
from infra.crypto.seal_key import commitment
from infra.db.journal import Line
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM, Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.keeping import DAYS_A_YEAR
from trading.bidding.tables import Bid, BidPart
from trading.bidding.uploads import BUCKET, block_key, manifest_of, own_bid
from trading.opening.giving import REMEDY_LABEL
from trading.opening.pausing import last_pause
from trading.opening.resealing import Resealed, discard, reseal
from trading.opening.rules import MOST_REMEDIES
from trading.opening.states import LEFT_OUT, Stage
from trading.opening.tables import BidOpening, Remedy
from trading.opening.windows import job_of
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.envelopes import PRICE
from trading.sections.queries import lock_section
from trading.sections.tables import Section

RETAIN = "retain-remedies"
"""The job's name."""


@dataclass(frozen=True)
class Asked:
    """A part that may be shown: what its bidder signed of it, the header it was sealed under, until when."""

    entry: PartEntry
    header: Header
    until: datetime


async def give_remedy(
    database: Database,
    objects: Objects,
    keys: PlatformKeys,
    actor: Actor,
    bid_id: str,
    part: str,
    salt: bytes,
    pieces: AsyncIterator[bytes],
    address: str | None = None,
) -> None:
    """Take a part of the actor's own bid in plain; what matches the signed commitment counts as the part that was sealed.

    It is stored under a fresh key; the sealed original stays. `remedy.differs` tells both hashes, which are logged.
    `bid.unknown`, `remedy.not-asked`, `remedy.closed`, `remedy.given`, `remedy.tries`, `remedy.under-way`,
    `remedy.too-large`, `bid.part` refuse.
    """
    require(actor, "remedy.give")
    async with database.work(actor, address) as work:
        bid = await own_bid(work.session, actor, bid_id)
        section = await lock_section(work.session, bid.section, shared=True)
        asked, random = await _asked(work, section, bid, part), work.ctx.random
    stored = await reseal(objects, bid_id, asked.header, pieces, asked.entry.size, random)
    found = commitment(salt, stored.root)
    matches = compare_digest(found, asked.entry.commit)
    try:
        async with database.work(actor, address) as work:
            section = await lock_section(work.session, bid.section)
            await _asked(work, section, bid, part)
            if matches:
                await _keep(work, keys, section, bid, part, salt, stored)
            _record(work, bid, asked.entry, found, matches=matches)
    except BaseException:
        await discard(objects, bid_id, part, stored.blocks)
        raise
    if not matches:
        await discard(objects, bid_id, part, stored.blocks)
        raise Problem("remedy.differs", part=part, promised=asked.entry.commit.hex(), found=found.hex())


async def retain_remedies(database: Database, objects: Objects, section_id: str) -> None:
    """Keep what was shown as long as the sealed bids (`retain_bids`); safe to run again."""
    async with database.work(SYSTEM) as work:
        section = await work.session.get_one(Section, section_id)
        regime = regime_of(section, work.ctx.mode)
        assert section.closed_at is not None
        years = regime.add_days(section.closed_at, regime.count(Rule.RETENTION_YEARS) * DAYS_A_YEAR)
        until = max(section.closed_at + timedelta(seconds=1), years)
        rows = list(await work.session.scalars(select(Remedy).where(Remedy.section == section_id)))
    for one in rows:
        for number, block in enumerate(one.blocks):
            await objects.retain(BUCKET, block_key(one.bid, one.part, number), block["version"], until)


async def _asked(work: Work, section: Section, bid: Bid, part: str) -> Asked:
    opening = await work.session.get(BidOpening, bid.id, populate_existing=True)
    done = (*LEFT_OUT, Stage.CHECKED, Stage.PRICED)
    if opening is None or opening.remedy_until is None or opening.stage in done:
        raise Problem("remedy.not-asked", bid=bid.id)
    if work.ctx.now >= opening.remedy_until and await last_pause(work.session, section.id) is None:
        raise Problem("remedy.closed", until=opening.remedy_until)
    row = await work.session.get(BidPart, (bid.id, part)) if "\0" not in part else None
    if row is None or row.header is None:
        raise Problem("bid.part", part=part[:40])
    if part == PRICE and opening.stage != Stage.PRICE_WAITS:
        raise Problem("remedy.not-asked", bid=bid.id)
    if row.wrapped_key is not None or await work.session.get(Remedy, (bid.id, part)) is not None:
        raise Problem("remedy.given", part=part)
    await _require_tries(work, bid, part)
    return Asked(manifest_of(bid, part).entry(part), parse_header(row.header), opening.remedy_until)


async def _require_tries(work: Work, bid: Bid, part: str) -> None:
    refused = select(func.count()).select_from(Line).where(
        Line.subject == bid.id, Line.event == Event.REMEDY_REFUSED, Line.facts["part"].as_string() == part
    )  # fmt: skip
    if (await work.session.execute(refused)).scalar_one() >= MOST_REMEDIES:
        raise Problem("remedy.tries", part=part, most=MOST_REMEDIES)


async def _keep(
    work: Work, keys: PlatformKeys, section: Section, bid: Bid, part: str, salt: bytes, stored: Resealed
) -> None:
    secret = keys.service.wrap(REMEDY_LABEL, f"{bid.id}/{part}", stored.key + salt, work.ctx.random)
    work.session.add(
        Remedy(
            bid=bid.id, part=part, section=section.id, region=section.region, size=stored.size, wrapped=secret,
            given_at=work.ctx.now, blocks=stored.blocks,
        )
    )  # fmt: skip
    await enqueue(work, RETAIN, section=section.id)
    await enqueue(work, job_of(section), section=section.id)


def _record(work: Work, bid: Bid, entry: PartEntry, found: bytes, *, matches: bool) -> None:
    work.record(
        Event.REMEDY_GIVEN if matches else Event.REMEDY_REFUSED,
        bid.id,
        section=bid.section,
        region=bid.region,
        part=entry.part,
        manifest=b64(bid.digest),
        promised=b64(entry.commit),
        found=b64(found),
    )
