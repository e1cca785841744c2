"""Experts who are called: what their phones hold, their answers, and time that passes for them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx
from envelopes import submitted
from judging import draw_in, requested
from scenes import Hall
from sqlalchemy import func, select, text, update

from expertpool.draw.ordering import order_draw
from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.actions import identity_of
from expertpool.experts.tables import Expert
from expertpool.invitations.actions import OVER, fix_meeting
from expertpool.invitations.answering import answer, holder_of
from expertpool.invitations.queries import invitation_of
from expertpool.invitations.sealing import Sealed, code_of, expert_of, message_of
from expertpool.invitations.tables import Dispatch, Invitation, Meeting
from infra.auth.keys import PlatformKeys
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from infra.timers_table import Timer
from trading.sections.states import SectionState

PLACE = "云湖市公共资源交易中心 1 号楼 一层报到台"
WINDOW = 1800
METHOD = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [{"id": "t1", "group": "technical", "kind": "subjective", "max": "70"}],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}


def soon() -> str:
    """An hour of the next day as a clerk types it, in platform time."""
    return (datetime.now(UTC) + timedelta(hours=8 + 20)).strftime("%Y-%m-%dT%H:%M")


async def ordered(hall: Hall, section: str, **asked: object) -> str:
    """A draw that the agent asked for and the centre ordered with a time and a place; its id."""
    draw = await requested(hall, section, **asked)  # type: ignore[arg-type]
    async with hall.database.work(hall.actor("centre")) as work:
        await fix_meeting(work, draw, work.ctx.now + timedelta(hours=20), PLACE, WINDOW)
        await order_draw(work, draw)
    return draw


async def called(hall: Hall, section: str, **asked: object) -> str:
    """A draw whose experts have their messages; its id."""
    draw = await ordered(hall, section, **asked)
    await hall.until(lambda: draw_in(hall, draw, DrawState.REVEALED))
    await hall.until(lambda: everybody_told(hall, section))
    return draw


class Platform(Protocol):
    """Whatever stands on a platform's database and keys: a hall in this process, or a city of processes."""

    @property
    def database(self) -> Database: ...

    @property
    def keys(self) -> PlatformKeys: ...


async def everybody_told(hall: Platform, section: str) -> bool:
    """Whether each expert's seat that has a holder has an invitation whose message is no longer queued."""
    told = select(Dispatch.id).where(Dispatch.invitation == Invitation.id, Dispatch.state != "queued")
    invited = select(Invitation.id).where(Invitation.seat == Seat.id, told.exists())
    async with hall.database.reading() as session:
        held = select(Seat.id).where(Seat.section == section, Seat.vacant_since.is_(None), Seat.kind == "expert")
        left = (await session.execute(held.where(~invited.exists()))).all()
        return not left and bool((await session.execute(held)).all())


async def call_of(hall: Platform, section: str, number: int) -> Invitation:
    """The invitation of whoever holds a seat now."""
    async with hall.database.reading() as session:
        found = select(Invitation).join(Seat, Seat.id == Invitation.seat)
        return (await session.execute(found.where(Seat.section == section, Seat.number == number))).scalar_one()


async def code(hall: Platform, section: str, number: int) -> str:
    """The code that the holder of a seat was sent."""
    return code_of(hall.keys.service, await call_of(hall, section, number))


async def phone(hall: Hall, section: str, number: int) -> Sealed:
    """What the phone of a seat's holder shows: the address it went to and the text."""
    call = await call_of(hall, section, number)
    async with hall.database.reading() as session:
        newest = select(Dispatch).where(Dispatch.invitation == call.id).order_by(Dispatch.turn.desc()).limit(1)
        return message_of(hall.keys.service, (await session.execute(newest)).scalar_one())


async def reply(hall: Hall, code: str, *, accepts: bool = True, kind: str | None = None, note: str = "") -> None:
    """Answer by the code, as its page does."""
    async with hall.database.reading() as session:
        found = await invitation_of(session, code)
    async with hall.database.work(holder_of(found)) as work:
        await answer(work, code, accepts=accepts, kind=kind, note=note, keys=hall.keys.service)


async def let_pass(hall: Hall, call: Invitation) -> None:
    """The window of an invitation is over: both its end and its timer lie in the past."""
    past = func.now() - text("interval '1 second'")
    async with hall.database.work(SYSTEM) as work:
        ended = update(Invitation).where(Invitation.id == call.id).values(ends_at=past)
        timed = update(Timer).where(Timer.verb == OVER, Timer.subject == call.id).values(due_at=past)
        await work.session.execute(ended)
        await work.session.execute(timed)


async def form_of(client: httpx.AsyncClient, path: str = "/reply") -> dict[str, str]:
    """The hidden fields of a page's form."""
    page = (await client.get(path)).text
    return dict(re.findall(r'name="(form_token|form_page)" value="([^"]*)"', page))


async def let_come(hall: Hall, draw: str) -> None:
    """The hour of the meeting has come."""
    async with hall.database.work(SYSTEM) as work:
        await work.session.execute(update(Draw).where(Draw.id == draw).values(evaluation_at=func.now()))
        await work.session.execute(update(Meeting).where(Meeting.draw == draw).values(meet_at=func.now()))


async def identity(hall: Platform, call: Invitation) -> str:
    """The number on the card of whoever is invited."""
    async with hall.database.reading() as session:
        expert = await session.get_one(Expert, expert_of(hall.keys.service, call))
    return identity_of(hall.keys.service, expert).partition(":")[2]


async def opened_section(hall: Hall) -> str:
    """A section whose three bids are opened; nobody has been asked to judge them."""
    found = await hall.a_tender(2, METHOD)
    for number in range(1, 4):
        await submitted(hall, found, f"bidder{number}")
    await hall.reach(found, SectionState.OPENED)
    return found
