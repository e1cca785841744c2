"""What people do when bids do not open: a cause is decided, lost bytes are restored, a halted section goes on or fails."""

from typing import NamedTuple

from sqlalchemy import select

from infra.auth.permissions import require
from infra.crypto.merkle import leaf_hash
from infra.db.work import Database, Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.tables import Bid, BidBlock
from trading.bidding.uploads import BUCKET, block_key, own_bid
from trading.opening.failing import leave_unopened
from trading.opening.rules import DAMAGED, TOO_FEW_OPENED, may_decide, verb_decided
from trading.opening.states import LIFE, WAITING, Cause, Stage
from trading.opening.tables import BidOpening, Halt
from trading.opening.windows import job_of
from trading.sections.failing import announce_failure
from trading.sections.queries import lock_section
from trading.sections.states import LIFE as SECTION_LIFE
from trading.sections.states import SectionState
from trading.sections.tables import Section

LONGEST_REASONS = 2000


async def decide_cause(work: Work, bid_id: str, cause: Cause, reasons: str) -> None:
    """An officer decides, with written reasons, who answers for a bid that does not open (rules §3).

    The bidder: revoked 撤销; anybody else: withdrawn 撤回. `opening.no-bid`, `opening.not-undecided`, `opening.cause`,
    `opening.remedy-runs`, `opening.reasons` refuse.
    """
    require(work.ctx.actor, "cause.decide")
    section = await _section_of(work, bid_id)
    opening = await work.session.get_one(BidOpening, bid_id, with_for_update=True)
    if opening.stage not in WAITING or opening.reason is None or opening.cause == Cause.BIDDER:
        raise Problem("opening.not-undecided", bid=bid_id, stage=opening.stage)
    if opening.remedy_until is not None and work.ctx.now < opening.remedy_until:
        raise Problem("opening.remedy-runs", until=opening.remedy_until)
    if not may_decide(opening.reason, cause):
        raise Problem("opening.cause", cause=cause, reason=opening.reason)
    opening.reasons = _written(reasons)
    opening.decided_by, opening.decided_at = work.ctx.actor.id, work.ctx.now
    opening.stage = LIFE.move(verb_decided(cause), Stage(opening.stage), work.ctx.actor.role)
    opening.cause = cause
    leave_unopened(await work.session.get_one(Bid, bid_id, with_for_update=True))
    work.record(
        Event.CAUSE_DECIDED,
        bid_id,
        section=section.id,
        region=section.region,
        cause=cause,
        reasons=opening.reasons,
    )
    await _go_on(work, section)


async def restore_block(
    database: Database, objects: Objects, actor: Actor, bid_id: str, part: str, number: int, data: bytes
) -> None:
    """The bidder sends again, after the closing, a block that the store has damaged; the bid is then opened anew.

    `bid.unknown`, `bid.not-damaged`, `bid.part`, `bid.block-differs` unless the bytes hash to the leaf recorded before.
    """
    require(actor, "bid.restore")
    async with database.reading() as session:
        await own_bid(session, actor, bid_id)
        opening, block = await session.get(BidOpening, bid_id), await session.get(BidBlock, (bid_id, part, number))
    _require_damaged(opening, bid_id)
    if block is None:
        raise Problem("bid.part", part=f"{part} {number}")
    if leaf_hash(data) != block.leaf:
        raise Problem("bid.block-differs", part=part, number=number)
    key = block_key(bid_id, part, number)
    version = await objects.put(BUCKET, key, data)
    try:
        async with database.work(actor) as work:
            await _restore(work, Restored(bid_id, part, number, version))
    except Problem:
        await objects.delete(BUCKET, key, version)
        raise


class Restored(NamedTuple):
    """A block that was sent again, as the store now holds it."""

    bid: str
    part: str
    number: int
    version: str


async def continue_opening(work: Work, section_id: str, reasons: str) -> None:
    """An officer lets a halted section go on with the bids that are left; `opening.not-halted`, `opening.nothing-left`."""
    section, halt = await _halted(work, section_id)
    if halt.remaining == 0:
        raise Problem("opening.nothing-left", section=section_id)
    _decide(work, halt, "continue", reasons)
    work.record(
        Event.OPENING_CONTINUED,
        section_id,
        section=section_id,
        region=section.region,
        remaining=halt.remaining,
        reasons=halt.reasons,
    )
    await _go_on(work, section)


async def fail_opening(work: Work, section_id: str, reasons: str) -> None:
    """An officer fails a halted section; the failure is published with the reasons, and the evidence is sealed.

    `opening.not-halted`, `opening.reasons`.
    """
    section, halt = await _halted(work, section_id)
    _decide(work, halt, "fail", reasons)
    section.state = SECTION_LIFE.move("fail", SectionState(section.state), work.ctx.actor.role)
    section.failed_why = TOO_FEW_OPENED
    work.record(
        Event.SECTION_FAILED,
        section_id,
        section=section_id,
        region=section.region,
        reason=TOO_FEW_OPENED,
        remaining=halt.remaining,
        minimum=halt.minimum,
        reasons=halt.reasons,
    )
    await announce_failure(work, section, bids=halt.remaining, text=halt.reasons, source="EBM 31")


async def _restore(work: Work, restored: Restored) -> None:
    section = await _section_of(work, restored.bid)
    _require_damaged(await work.session.get(BidOpening, restored.bid, with_for_update=True), restored.bid)
    block = await work.session.get_one(BidBlock, (restored.bid, restored.part, restored.number), with_for_update=True)
    block.version = restored.version
    work.record(
        Event.BID_BLOCK_RESTORED,
        restored.bid,
        section=section.id,
        region=section.region,
        part=restored.part,
        number=restored.number,
        leaf=b64(block.leaf),
    )
    await enqueue(work, "retain-bids", section=section.id)
    await _go_on(work, section)


def _require_damaged(opening: BidOpening | None, bid_id: str) -> None:
    if opening is None or opening.stage not in WAITING or opening.reason != DAMAGED:
        raise Problem("bid.not-damaged", bid=bid_id)


async def _section_of(work: Work, bid_id: str) -> Section:
    """The locked section of a bid in the opening; `opening.no-bid`. Sections are locked before their bids."""
    found = select(BidOpening.section).where(BidOpening.bid == bid_id)
    section_id = (await work.session.execute(found)).scalar_one_or_none()
    if section_id is None:
        raise Problem("opening.no-bid", bid=bid_id)
    return await lock_section(work.session, section_id)


async def _halted(work: Work, section_id: str) -> tuple[Section, Halt]:
    require(work.ctx.actor, "opening.decide")
    section = await lock_section(work.session, section_id)
    halt = await work.session.get(Halt, section_id, with_for_update=True)
    if halt is None or halt.decision is not None:
        raise Problem("opening.not-halted", section=section_id)
    return section, halt


def _decide(work: Work, halt: Halt, decision: str, reasons: str) -> None:
    halt.reasons = _written(reasons)
    halt.decision, halt.decided_by, halt.decided_at = decision, work.ctx.actor.id, work.ctx.now


def _written(reasons: str) -> str:
    """Reasons that somebody can read later; `opening.reasons`."""
    if not is_written(reasons, LONGEST_REASONS):
        raise Problem("opening.reasons", longest=LONGEST_REASONS)
    return reasons.strip()


async def _go_on(work: Work, section: Section) -> None:
    """What waited is tried again by the job that found it waiting."""
    await enqueue(work, job_of(section), section=section.id)
