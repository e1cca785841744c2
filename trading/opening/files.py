"""The files of announced bids: each opened once, measured against its manifest, and never stored as plaintext."""

import asyncio

from sqlalchemy import select

from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.auth.tables import Organisation
from infra.db.work import Database, Work
from infra.jobs import LATER, NotYetError, enqueue
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.tables import Bid, BidPart
from trading.blind.actions import label_bids
from trading.opening.failing import forget_trouble, note_trouble, stops
from trading.opening.ground import Ground, take_ground
from trading.opening.plain import Plain
from trading.opening.queries import forms_elsewhere, stages
from trading.opening.reading import Keys, Sealed, fetched, open_part, recorded, tried
from trading.opening.states import LIFE, UNCHECKED, Stage
from trading.opening.tables import BidOpening
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

TOGETHER = 4
"""Bids whose files are read and decrypted at a time, each with two blocks of 8 MiB in memory."""

CHECKING = (SectionState.OPENED, SectionState.EVALUATING)
"""Judges may sign in while files are checked; they cannot mark."""

COMPARING = "compare-bids"
"""The job of `trading.checks`, which comes after the opening."""

Files = dict[str, Plain]
"""What opening a bid's files gave, by part, without their content."""


async def check_files(database: Database, objects: Objects, keys: PlatformKeys, section_id: str) -> None:
    """Open and check the files of every announced bid; safe to run again at any point.

    Each bid is recorded as soon as it is done, so that no other holds it up. `NotYetError` as for `open_section`, and
    while price forms of the same minute are still to be opened: they go first, whatever section they are of.
    """
    async with database.work(SYSTEM) as work:
        section = await work.session.get_one(Section, section_id)
        if await forms_elsewhere(work.session, section, work.ctx.now):
            raise NotYetError(f"price forms of other sections go before the files of {section_id}")
        ground = await take_ground(work, keys, section_id, CHECKING, UNCHECKED, forms=False)
    if ground is None:
        return

    async def keep(found: dict[str, Files | Problem]) -> None:
        async with database.work(SYSTEM) as work:
            await _keep(work, keys, ground, found)

    works = [tried(bid, _open_files(objects, ground.keys, parts)) for bid, parts in ground.bids.items()]
    again = await recorded(works, TOGETHER, 1, keep)
    async with database.work(SYSTEM) as work:
        await _conclude(work, keys, ground)
    if again:
        raise NotYetError(f"{again} bids of {section_id} could not be checked yet")


async def _open_files(objects: Objects, keys: Keys, parts: list[Sealed]) -> Files:
    loop = asyncio.get_running_loop()

    def opened() -> Files:
        return {one.part: open_part(one, fetched(objects, one, loop), keys, keep=False) for one in parts}

    return await asyncio.to_thread(opened)


async def _keep(work: Work, keys: PlatformKeys, ground: Ground, found: dict[str, Files | Problem]) -> None:
    require(work.ctx.actor, "bid.open")
    rows = await work.session.execute(
        select(Bid, BidOpening, Organisation)
        .join(BidOpening, BidOpening.bid == Bid.id)
        .join(Organisation, Organisation.id == Bid.bidder)
        .where(Bid.id.in_(found), BidOpening.stage.in_(UNCHECKED))
        .order_by(Bid.id)
        .with_for_update(of=[Bid, BidOpening])
    )
    parts = (await work.session.execute(select(BidPart).where(BidPart.bid.in_(found)))).scalars().all()
    for bid, opening, body in rows.all():
        files = found[bid.id]
        if isinstance(files, Problem):
            await note_trouble(work, bid, opening, body, files, ground)
            continue
        for part in parts:
            if part.bid == bid.id and part.part in files:
                _wrap(work, keys, part, files[part.part])
        forget_trouble(bid, opening)
        opening.stage = LIFE.move("pass", Stage(opening.stage), work.ctx.actor.role)
        work.record(
            Event.BID_FILES_CHECKED,
            bid.id,
            section=bid.section,
            region=bid.region,
            parts=sorted(files),
            manifest=b64(bid.digest),
        )


def _wrap(work: Work, keys: PlatformKeys, part: BidPart, plain: Plain) -> None:
    part.wrapped_key = keys.service.wrap("bid input key", f"{part.bid}/{part.part}", plain.key, work.ctx.random)
    part.plain_size = plain.size


async def _conclude(work: Work, keys: PlatformKeys, ground: Ground) -> None:
    """When every bid is checked or left out, a section that too few are left in stops for a human decision.

    Else its bids get the labels under which blind parts are read.
    """
    section = await lock_section(work.session, ground.section)
    found = await stages(work.session, ground.section)
    if section.state not in CHECKING or any(found.get(stage) for stage in UNCHECKED):
        return
    if not await stops(work, section, found.get(Stage.CHECKED, 0), ground.minimum):
        await label_bids(work, keys.service, section)
        await enqueue(work, COMPARING, LATER, section=section.id)
