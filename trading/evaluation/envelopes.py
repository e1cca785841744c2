"""Between the two envelopes 双信封: with all technical marks locked and co-signed, the keys of the prices are asked for."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.custody.actions import WATCH
from infra.custody.extending import deadline_in_force
from infra.custody.release import ask_for_release
from infra.custody.tables import Keyset
from infra.db.journal import Line
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.evaluation.queries import Committee
from trading.opening.giving import SECOND_RELEASE
from trading.opening.ground import second_list
from trading.opening.states import UNPRICED
from trading.opening.tables import BidOpening
from trading.opening.windows import open_window
from trading.sections.states import LIFE, SectionState
from trading.sections.tables import Section


async def look_at_trustees(work: Work, section: Section) -> None:
    """With the committee seated the second keys are wanted soon: let whoever is not ready be named now, not at the limit."""
    if section.second_keyset is None:
        return
    keyset = await work.session.get_one(Keyset, section.second_keyset)
    deadline = await deadline_in_force(work.session, keyset)
    await schedule(work, work.ctx.now, WATCH, f"{keyset.id}/{deadline:%Y%m%dT%H%M%SZ}/0")


async def lock_technical(work: Work, section: Section, committee: Committee) -> None:
    """Log which bids go on, and ask the custodians for the second keyset, by the limit that the rule set gives for keys;
    nobody can mark or resolve any more.

    The caller holds the section's lock and has made sure that every commitment to marks is co-signed. What the committee
    rejected is not listed: its second envelope stays sealed for good.
    """
    keyset = await work.session.get_one(Keyset, section.second_keyset)
    assert keyset.digest is not None
    section.state = LIFE.move("lock-technical", SectionState(section.state), work.ctx.actor.role)
    bids = [{"bid": bid.id, "manifest": b64(bid.second_digest)} for bid in committee.valid if bid.second_digest]
    line = work.record(
        Event.TECHNICAL_LOCKED,
        section.id,
        section=section.id,
        region=section.region,
        outcome="open",
        keyset=b64(keyset.digest),
        minimum=keyset.minimum,
        bids=bids,
    )
    await work.session.flush()
    closing = select(Line.id).where(Line.section == section.id, Line.event == Event.SECTION_CLOSED)
    await ask_for_release(work, keyset, line.id, (await work.session.execute(closing)).scalar_one())
    await open_window(work, section, SECOND_RELEASE)


async def require_priced(session: AsyncSession, section_id: str) -> None:
    """`opening.prices-waited` while a second envelope that is to be opened has neither been read out nor left out."""
    listed = await second_list(session, section_id)
    waiting = select(func.count()).where(BidOpening.bid.in_(listed), BidOpening.stage.in_(UNPRICED))
    if found := (await session.execute(waiting)).scalar_one():
        raise Problem("opening.prices-waited", bids=found)
