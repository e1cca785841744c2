"""Whoever was drawn and left the pool before being called makes room for the next alternate, with a logged reason (TBR 46)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Seat
from expertpool.experts.states import ExpertState
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import uninvited
from expertpool.invitations.states import Replaced
from infra.auth.keys import PlatformKeys
from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.events import Event
from trading.evaluation.marks import judge_id
from trading.evaluation.seating import replace_unwilling

STANDING = "standing"
"""The kind of ground: removed, suspended or lapsed since the pool was frozen; which of them is not told."""


async def replace_removed(work: Work, keys: PlatformKeys, draw_id: str) -> int:
    """Before a draw's seats are called: how many of their holders stood in the pool no more. None of them counts as drawn.

    Alternates who left too are passed over in the same way.
    """
    require(work.ctx.actor, "judge.replace")
    done: set[str] = set()
    while left := [seat for seat in await _left(work.session, keys, draw_id) if seat.id not in done]:
        for seat in left:
            done.add(seat.id)
            judge, section = judge_id(seat.number), seat.section
            work.record(
                Event.RECUSAL_FOUND, f"{section}#{judge}", section=section, region=seat.region, judge=judge, kind=STANDING
            )  # fmt: skip
            await work.session.flush()
            await replace_unwilling(work, keys, seat.id, Replaced.RECUSAL, taken_up=False)
    return len(done)


async def _left(session: AsyncSession, keys: PlatformKeys, draw_id: str) -> list[Seat]:
    """The seats not called yet whose holder is not active."""
    held = [
        (seat, keys.service.unwrap(EXPERT, seat.id, seat.sealed_expert).decode())
        for seat in await uninvited(session, draw_id)
    ]
    active = select(Expert.id).where(Expert.id.in_([expert for _, expert in held]), Expert.state == ExpertState.ACTIVE)
    still = set((await session.execute(active)).scalars())
    return [seat for seat, expert in held if expert not in still]
