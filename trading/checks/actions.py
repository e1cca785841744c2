"""Comparing the files of a section's opened bids, as a job: read in flight, one at a time, and only findings are kept."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.auth.permissions import require
from infra.db.work import Database, Work
from infra.kernel.canonical import b64, canonical
from infra.kernel.canonical import digest as digest_of
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.objects import Objects
from trading.bidding.tables import BidPart
from trading.checks.bills import Order
from trading.checks.findings import Ground, findings
from trading.checks.queries import PRICE, SECRET
from trading.checks.reading import read_file
from trading.checks.tables import CheckRun
from trading.evaluation.papers import READ_OUT, Paper, paper_of, read_paper
from trading.evaluation.queries import opened_bids
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import document_of
from trading.sections.tables import DocumentVersion, Section


async def check_bids(database: Database, objects: Objects, keys: KeyService, section_id: str) -> None:
    """Read every checked file of the section's opened bids and keep what they have in common; done once, safe to repeat.

    A file that cannot be read is said to be so and holds nothing up. Nothing here changes a bid.
    """
    async with database.work(SYSTEM) as work:
        papers = await _begin(work, keys, section_id)
    if papers is None:
        return
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    for place, paper in enumerate(papers, 1):
        facts[paper.bid, paper.part] = await read_file(
            paper.part, paper.size, read_paper(objects, paper, 0, paper.size)
        )
        async with database.work(SYSTEM) as work:
            await work.session.execute(update(CheckRun).where(CheckRun.section == section_id).values(done=place))
    async with database.reading() as session:
        section = await session.get_one(Section, section_id)
        ground = await _ground(session, section, database.mode)
    found = await asyncio.to_thread(findings, facts, ground)
    async with database.work(SYSTEM) as work:
        await _keep(work, keys, section_id, found)


async def _begin(work: Work, keys: KeyService, section_id: str) -> Sequence[Paper] | None:
    """The files to read, None where the findings are there already."""
    require(work.ctx.actor, "bid.compare")
    section = await work.session.get_one(Section, section_id)
    run = await work.session.get(CheckRun, section_id, with_for_update=True)
    if run is not None and run.made_at is not None:
        return None
    bids = [bid.id for bid in await opened_bids(work.session, section_id)]
    wanted = select(BidPart).where(
        BidPart.bid.in_(bids), BidPart.part.not_in(READ_OUT), BidPart.wrapped_key.is_not(None)
    )
    rows = list(await work.session.scalars(wanted.order_by(BidPart.bid, BidPart.part)))
    papers = [await paper_of(work.session, keys, row, section_id) for row in rows]
    if run is None:
        run = CheckRun(section=section_id, region=section.region, started_at=work.ctx.now)
        work.session.add(run)
    run.done, run.total = 0, len(papers)
    return papers


async def _ground(session: AsyncSession, section: Section, mode: str) -> Ground:
    regime, document = regime_of(section, mode), await document_of(session, section.id)
    version = await session.get(DocumentVersion, (section.id, document.version))
    bids = await opened_bids(session, section.id)
    prices = {bid.id: Decimal(bid.form[PRICE]) for bid in bids if bid.form is not None and PRICE in bid.form}
    given = [text for clause in (version.clauses if version else None) or () for text in clause]
    return Ground(prices, Order(regime.kind), regime.rate(Rule.TEXT_SIMILARITY), given, section.blind)


async def _keep(work: Work, keys: KeyService, section_id: str, found: dict[str, Any]) -> None:
    run = await work.session.get_one(CheckRun, section_id, with_for_update=True)
    if run.made_at is not None:
        return
    run.sealed = keys.wrap(SECRET, section_id, canonical(found), work.ctx.random)
    run.made_at = work.ctx.now
    work.record(
        Event.BIDS_COMPARED,
        section_id,
        section=section_id,
        region=run.region,
        files=run.total,
        sha256=b64(digest_of(found)),
    )
