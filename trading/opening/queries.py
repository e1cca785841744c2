"""How far the opening of a section has come, and whether its evaluation may begin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.opening.pausing import PAUSE, RESUME
from trading.opening.states import LEFT_OUT, SOUND, WAITING, Stage
from trading.opening.tables import BidOpening, HallNote, Halt, Objection, OpeningRecord, OpeningWindow
from trading.sections.states import SectionState
from trading.sections.tables import Section

PATIENCE = timedelta(minutes=1)
"""How long files wait for the price forms of other sections."""
ANSWERABLE = (SectionState.DECRYPTING, SectionState.OPENED, SectionState.EVALUATING)
"""While a section stands so, an objection at its opening can be answered."""


@dataclass(frozen=True)
class Progress:
    """Counts of a section's listed bids: announced (form read out), files checked, left out, waiting; and a halt."""

    listed: int
    announced: int
    checked: int
    left_out: int
    waiting: int
    halt: Halt | None

    @property
    def halted(self) -> bool:
        """Whether too few bids are left and nobody has decided what follows."""
        return self.halt is not None and self.halt.decision is None


async def stages(session: AsyncSession, section_id: str) -> dict[Stage, int]:
    """How many bids of a section stand at each stage; empty before the keys are released."""
    rows = select(BidOpening.stage, func.count()).where(BidOpening.section == section_id).group_by(BidOpening.stage)
    return {Stage(stage): count for stage, count in await session.execute(rows)}


async def opening_progress(session: AsyncSession, section_id: str) -> Progress:
    """How far the opening has come, for pages."""
    read_out = select(func.count()).where(
        BidOpening.section == section_id, Bid.id == BidOpening.bid, Bid.form.is_not(None)
    )
    return await _progress(session, section_id, (await session.execute(read_out)).scalar_one())


async def require_files_checked(session: AsyncSession, section_id: str) -> None:
    """Refuse to begin an evaluation while a bid's files are unchecked, a cause undecided, or the opening halted.

    `opening.undecided`, `opening.files-unchecked`, `opening.halted`.
    """
    require_opened(await _progress(session, section_id, 0))


def require_opened(found: Progress) -> None:
    """The same of what is known already."""
    if found.waiting:
        raise Problem("opening.undecided", bids=found.waiting)
    if found.checked + found.left_out < found.listed:
        raise Problem("opening.files-unchecked", checked=found.checked, bids=found.listed - found.left_out)
    if found.halt is not None and found.halted:
        raise Problem("opening.halted", remaining=found.halt.remaining, minimum=found.halt.minimum)


async def _progress(session: AsyncSession, section_id: str, announced: int) -> Progress:
    return progress_of(await stages(session, section_id), await session.get(Halt, section_id), announced)


def progress_of(found: Mapping[Stage, int], halt: Halt | None, announced: int = 0) -> Progress:
    """The counts from how many bids stand at each stage."""

    def count(*wanted: Stage) -> int:
        return sum(found.get(stage, 0) for stage in wanted)

    return Progress(
        listed=sum(found.values()),
        announced=announced,
        checked=count(*SOUND),
        left_out=count(*LEFT_OUT),
        waiting=count(*WAITING),
        halt=halt,
    )


async def forms_elsewhere(session: AsyncSession, section: Section, now: datetime) -> bool:
    """Whether another section of the same minute still has price forms to open, for which this one's files wait.

    Nobody waits for a factor that a bidder has yet to give, for keys that are overdue, or longer than `PATIENCE`.
    """
    if section.deadline is None or section.opened_at is None or now - section.opened_at >= PATIENCE:
        return False
    minute = section.deadline.replace(second=0, microsecond=0)
    overdue = select(OpeningWindow.section).where(OpeningWindow.closed_at.is_not(None))
    listed = select(BidOpening.bid).where(BidOpening.section == Section.id)
    others = select(Section.id).where(
        Section.id != section.id,
        Section.deadline >= minute,
        Section.deadline < min(minute + timedelta(minutes=1), now),
        Section.state.in_((SectionState.BIDDING, SectionState.DECRYPTING)),
        Section.bidder_factor.is_(False),
        Section.suspended_at.is_(None),
        Section.id.not_in(overdue),
        ~listed.exists() | listed.where(BidOpening.stage == Stage.SEALED).exists(),
    )
    return (await session.execute(others.limit(1))).scalar() is not None


def late_objections(section: InstrumentedAttribute[str]) -> ScalarSelect[int]:
    """How many objections at a section's opening have no answer at the record's limit (`trading.opening.watch`)."""
    turns = select(HallNote.kind).where(HallNote.section == section, HallNote.kind.in_((PAUSE, RESUME)))
    last = turns.order_by(HallNote.id.desc()).limit(1).correlate(Section).scalar_subquery()
    open_ones = (
        select(func.count())
        .select_from(Objection)
        .join(OpeningRecord, OpeningRecord.section == Objection.section)
        .where(Objection.section == section, Objection.answer.is_(None), OpeningRecord.settled_at.is_(None))
        .where(Section.state.in_(ANSWERABLE), OpeningRecord.confirm_until <= func.now())
        .where(func.coalesce(last, RESUME) == RESUME)
    )
    return open_ones.correlate(Section).scalar_subquery()


async def left_out(session: AsyncSession, section_id: str) -> set[str]:
    """The bids that take no part in the evaluation: revoked 撤销 or withdrawn 撤回 at the opening."""
    rows = select(BidOpening.bid).where(BidOpening.section == section_id, BidOpening.stage.in_(LEFT_OUT))
    return set((await session.execute(rows)).scalars())
