"""The opened bids' files for the purchaser's examination: decrypted in flight, each reading logged, nothing stored."""

from sqlalchemy.ext.asyncio import AsyncSession

from infra.auth.keys import KeyService
from infra.db.work import Work
from infra.kernel.context import Actor
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.tables import Bid, BidPart
from trading.blind.rules import BLINDABLE
from trading.evaluation.papers import READ_OUT, Paper, paper_of
from trading.evaluation.queries import opened_bids
from trading.projects.tables import Project
from trading.qualification.queries import purchaser_items
from trading.sections.actions import own_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

CLOSED = (*READ_OUT, *BLINDABLE)
"""What the purchaser does not open here: prices stand in the record, the technical part is the committee's."""


async def may_read(session: AsyncSession, actor: Actor, section: Section) -> bool:
    """Whether this is the purchaser of a section whose qualification it examines, after the opening and before the marks."""
    project = await session.get_one(Project, section.project)
    own = actor.organisation is not None and project.procuring_entity == actor.organisation
    return own and section.state == SectionState.OPENED and bool(await purchaser_items(session, section))


async def take_file(work: Work, keys: KeyService, section_id: str, bid_id: str, part: str) -> Paper:
    """A checked file of an opened bid; `paper.unknown` for every other, at another time and for anybody else."""
    section = await own_section(work, section_id, "qualification.examine")
    bids: list[Bid] = await opened_bids(work.session, section_id)
    known = bid_id in {one.id for one in bids} and part not in CLOSED and "\0" not in part
    row = await work.session.get(BidPart, (bid_id, part)) if known else None
    if row is None or row.wrapped_key is None or not await may_read(work.session, work.ctx.actor, section):
        raise Problem("paper.unknown", part=part[:40])
    work.record(Event.BID_READ, f"{bid_id}/{part}", section=section.id, region=section.region)
    return await paper_of(work.session, keys, row, section.id)
