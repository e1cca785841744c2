"""How far the opening of a section has come, and whether its evaluation may begin."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.problems import Problem
from trading.bidding.tables import Bid
from trading.opening.states import LEFT_OUT, WAITING, Stage
from trading.opening.tables import BidOpening, Halt


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
    found = await stages(session, section_id)

    def count(*wanted: Stage) -> int:
        return sum(found.get(stage, 0) for stage in wanted)

    read_out = select(func.count()).where(
        BidOpening.section == section_id, Bid.id == BidOpening.bid, Bid.form.is_not(None)
    )
    return Progress(
        listed=sum(found.values()),
        announced=(await session.execute(read_out)).scalar_one(),
        checked=count(Stage.CHECKED),
        left_out=count(*LEFT_OUT),
        waiting=count(*WAITING),
        halt=await session.get(Halt, section_id),
    )


async def require_files_checked(session: AsyncSession, section_id: str) -> None:
    """Refuse to begin an evaluation while a bid's files are unchecked, a cause undecided, or the opening halted.

    `opening.undecided`, `opening.files-unchecked`, `opening.halted`.
    """
    found = await opening_progress(session, section_id)
    if found.waiting:
        raise Problem("opening.undecided", bids=found.waiting)
    if found.checked + found.left_out < found.listed:
        raise Problem("opening.files-unchecked", checked=found.checked, bids=found.listed - found.left_out)
    if found.halt is not None and found.halted:
        raise Problem("opening.halted", remaining=found.halt.remaining, minimum=found.halt.minimum)


async def left_out(session: AsyncSession, section_id: str) -> set[str]:
    """The bids that take no part in the evaluation: revoked 撤销 or withdrawn 撤回 at the opening."""
    rows = select(BidOpening.bid).where(BidOpening.section == section_id, BidOpening.stage.in_(LEFT_OUT))
    return set((await session.execute(rows)).scalars())
