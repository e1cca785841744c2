"""Closing at the deadline: the list of bids is frozen and logged; with enough bids the trustees are asked for their keys."""

from datetime import timedelta

from sqlalchemy import select

from infra.auth.permissions import require
from infra.custody.release import ask_for_release
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from trading.bidding.states import LIFE as BID_LIFE
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.opening.giving import RELEASE
from trading.opening.rules import TOO_FEW_BIDS
from trading.opening.windows import open_window
from trading.sections.actions import stamp
from trading.sections.failing import announce_failure
from trading.sections.queries import lock_section
from trading.sections.states import LIFE, SectionState

RETENTION = timedelta(days=1)


async def close_section(work: Work, section_id: str) -> None:
    """The effect of the deadline (TBL 34, TBR 44): runs under the exclusive lock, so every accepted bid is in the list.

    Fewer bids than the minimum: outcome `failed`, no key is asked for, nothing is ever opened; the evidence is sealed.
    """
    require(work.ctx.actor, "section.close")
    section = await lock_section(work.session, section_id)
    if section.state != SectionState.BIDDING:
        return
    keyset = await work.session.get_one(Keyset, section.keyset)
    assert keyset.digest is not None and section.deadline is not None
    bids = await _frozen_list(work, section_id)
    opens = len(bids) >= keyset.minimum
    section.state = LIFE.move("close" if opens else "fail", SectionState.BIDDING, work.ctx.actor.role)
    section.closed_at = work.ctx.now
    section.failed_why = None if opens else TOO_FEW_BIDS
    line = work.record(
        Event.SECTION_CLOSED,
        section_id,
        section=section_id,
        region=section.region,
        outcome="open" if opens else "failed",
        deadline=stamp(section.deadline),
        keyset=b64(keyset.digest),
        minimum=keyset.minimum,
        bids=[_listed(bid) for bid in bids],
    )
    await work.session.flush()
    await _expire_unfinished(work, section_id)
    if opens:
        await ask_for_release(work, keyset, line.id)
        await open_window(work, section, RELEASE)
        await enqueue(work, "retain-bids", section=section_id)
    else:
        await announce_failure(work, section, bids=len(bids), source="TBR 44")


def _listed(bid: Bid) -> dict[str, str]:
    """A bid by what its bidder signed: one manifest, or one for each envelope."""
    second = {} if bid.second_digest is None else {"second": b64(bid.second_digest)}
    return {"bid": bid.id, "manifest": b64(bid.digest), **second}


async def _frozen_list(work: Work, section_id: str) -> list[Bid]:
    standing = select(Bid).where(Bid.section == section_id, Bid.state == BidState.SUBMITTED).order_by(Bid.id)
    return list((await work.session.execute(standing)).scalars())


async def _expire_unfinished(work: Work, section_id: str) -> None:
    """What was uploaded but never handed in is deleted: nobody may open what its bidder did not submit."""
    started = select(Bid).where(Bid.section == section_id, Bid.state == BidState.STARTED).with_for_update()
    for bid in (await work.session.execute(started)).scalars():
        bid.state = BID_LIFE.move("expire", BidState(bid.state), work.ctx.actor.role)
        await enqueue(work, "delete-bid", bid=bid.id)
