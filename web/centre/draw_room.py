"""The draw room (screen 60): a draw is ordered with a time and a place; who was invited is told by seat, never by name."""

import re
from datetime import datetime
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.draw.tables import Draw
from expertpool.invitations.actions import fix_meeting
from expertpool.invitations.places import Remote
from expertpool.invitations.rules import MOST_MINUTES
from expertpool.recusal.tables import PanelRequest
from infra.db.work import Work
from infra.kernel.problems import Problem
from trading.evaluation.foresight import draws_of, section_for
from trading.evaluation.panel import order_panel
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.tables import Section
from web.centre.moments import local_instant
from web.centre.seats_page import show
from web.forms import Fields, Form, address, typed
from web.state import Stack
from web.visit import AnyRequest, Visit

FIELDS = {"meeting.place": "place", "meeting.past": "meet_at", "meeting.time": "meet_at", "meeting.window": "window"}
FIELDS |= {"panel.past": "meet_at", "panel.too-early": "meet_at"}
FIELDS |= {f"meeting.{name}": "remote" for name in ("places", "place-line", "place-twice", "place-seats", "seats")}
"""Where a refusal belongs in the form."""
_REMOTE = re.compile(r"([0-9]{1,2})\s+(\S.*)")


@post("/sections/{tender:str}/{number:str}/seats/ordered", opt={"audience": "centre"}, status_code=303)
async def ordered(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Order the draw: the pool is frozen by the system, audit, commitments, draw and invitations follow by themselves."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            section = await section_for(work.session, visit.actor, section_id)
            draw = await _last(work.session, section_id)
            await _fix(work, draw, section, form, visit)
            await order_panel(work, section_id)
    except Problem as problem:
        form.refuse(problem, _field(form, problem))
        return await show(request, visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/seats"), status_code=303)


@post("/sections/{tender:str}/{number:str}/seats/calls", opt={"audience": "centre"}, status_code=303)
async def calls(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Fix time and place of a draw that was frozen without them; whoever was drawn is invited at once."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            section = await section_for(work.session, visit.actor, section_id)
            await _fix(work, await _last(work.session, section_id), section, form, visit)
    except Problem as problem:
        form.refuse(problem, _field(form, problem))
        return await show(request, visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/seats"), status_code=303)


async def _last(session: AsyncSession, section_id: str) -> Draw:
    found = await draws_of(session, section_id)
    if not found:
        raise Problem("draw.unknown", draw=section_id)
    return found[0]


async def _fix(work: Work, draw: Draw, section: Section, form: Form, visit: Visit) -> None:
    """Time and place as the request names them, or as they were typed; the window is the rule set's if none was."""
    asked = await work.session.get(PanelRequest, draw.id)
    if asked is None:
        meet_at, place = _instant(form.value("meet_at")), form.value("place")
    else:
        meet_at, place = asked.evaluation_at, asked.place
    window = form.value("window").strip() or str(regime_of(section, work.ctx.mode).count(Rule.REPLY_WINDOW))
    if not window.isascii() or not window.isdigit() or not 1 <= int(window[:6]) <= MOST_MINUTES:
        raise Problem("meeting.window", most=MOST_MINUTES)
    await fix_meeting(work, draw.id, meet_at, place, int(window) * 60, _remote(form.value("remote")))
    if draw.evaluation_at is None:
        draw.evaluation_at = meet_at


def _field(form: Form, problem: Problem) -> str | None:
    """Where a refusal belongs: at a field that was shown, for time and place may stand in the request."""
    found = FIELDS.get(problem.code)
    return found if found in form.values else None


def _remote(text: str) -> list[Remote]:
    """The further places, one a line: how many seats, then building and desk; else `meeting.place-line`."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        told = _REMOTE.fullmatch(line.strip())
        if told is None:
            raise Problem("meeting.place-line", line=number, given=line.strip()[:40])
        found.append(Remote(told[2], int(told[1])))
    return found


def _instant(text: str) -> datetime:
    found = local_instant(text)
    if found is None:
        raise Problem("meeting.time", given=text[:40])
    return found


HANDLERS = [ordered, calls]
