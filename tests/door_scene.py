"""A committee that was invited and has accepted: what stands on each telephone and card, and the door it comes to."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from envelopes import submitted
from judging import Panel, a_panel, enter_experts
from scenes import Hall
from sqlalchemy import select, update

from expertpool.attendance.queries import identity_within
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Draw, Seat
from expertpool.invitations.actions import invite_seats
from expertpool.invitations.answering import answer, holder_of
from expertpool.invitations.queries import invitation_of
from expertpool.invitations.rules import Call
from expertpool.invitations.sealing import code_of
from expertpool.invitations.tables import Invitation
from infra.kernel.context import SYSTEM
from infra.kernel.problems import Problem
from trading.evaluation.roster import admit
from trading.sections.states import SectionState


@dataclass
class Door:
    """The section, its panel, and by seat number the reply code and the identity of who was invited."""

    hall: Hall
    section: str
    panel: Panel
    codes: dict[int, str] = field(default_factory=dict)
    cards: dict[int, str] = field(default_factory=dict)

    async def come(self, code: str, card: str, locker: str = "", **more: Any) -> int:
        """Somebody at the door; the seat's number."""
        async with self.hall.database.work(self.hall.actor("centre")) as work:
            return await admit(work, self.hall.keys, self.section, code, card, locker=locker, **more)

    async def refused(self, code: str, card: str, **more: Any) -> Problem:
        """What somebody who is not let in is told; the try is counted, as the page does."""
        try:
            await self.come(code, card, **more)
        except Problem as problem:
            return problem
        raise AssertionError("somebody was let in")


async def an_opened_section(hall: Hall, bidders: int = 3) -> str:
    """A section with the pool's sixty experts beside it, whose bids are opened."""
    section = await hall.a_tender(2)
    for number in range(1, bidders + 1):
        await submitted(hall, section, f"bidder{number}")
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(section, SectionState.OPENED)
    return section


async def a_door(hall: Hall) -> Door:
    """Five experts of an ordered draw, invited for an evaluation that begins at once, who have all accepted."""
    await enter_experts(hall)
    section = await an_opened_section(hall)
    door = Door(hall, section, await a_panel(hall, section))
    async with hall.database.work(SYSTEM) as work:
        begins = work.ctx.now + timedelta(minutes=20)
        draw = door.panel.seat(1).draw
        told = {"ordered_at": work.ctx.now, "evaluation_at": begins}
        await work.session.execute(update(Draw).where(Draw.id == draw).values(told))
        await invite_seats(work, hall.keys, draw, Call(begins, "市公共资源交易中心 一楼签到台", begins))
    await _all_accept(door)
    return door


async def _all_accept(door: Door) -> None:
    keys = door.hall.keys.service
    async with door.hall.database.reading() as session:
        invited = (await session.execute(select(Invitation).where(Invitation.section == door.section))).scalars().all()
        seats = (await session.execute(select(Seat).where(Seat.section == door.section))).scalars().all()
        for seat in seats:
            expert = keys.unwrap(EXPERT, seat.id, seat.sealed_expert).rstrip(b"\0").decode()
            door.cards[seat.number] = (await identity_within(session, keys, expert)).partition(":")[2]
    for one in invited:
        code = door.codes[one.number] = code_of(keys, one)
        async with door.hall.database.work(holder_of(one)) as work:
            await answer(work, code, accepts=True)
            assert (await invitation_of(work.session, code)).id == one.id
