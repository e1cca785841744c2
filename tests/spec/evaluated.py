"""Two tenders up to the signed report: V2's seven prices, and three bids that tie in everything; what was refused."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from envelopes import an_envelope, submitted
from judging import Panel, Sheet, a_panel, enter_experts
from leaks import whole_database
from onlookers import walk
from scenes import Hall
from sqlalchemy import select

from infra.crypto.sign import new_p256
from infra.edge import random_bytes
from infra.kernel.canonical import canonical
from infra.kernel.context import SYSTEM, Role
from infra.kernel.problems import Problem
from trading.evaluation.actions import SHEET, publish_marks
from trading.evaluation.tables import Sheet as SheetRow
from trading.opening.form import make_form
from trading.publication.actions import publish_award, publish_candidates
from trading.sections.states import SectionState
from web.demo import cast

LOWEST_PRICE_FIRST = {
    **cast.METHOD,
    "price": {"kind": "lowest_price_first", "weight": "50"},
    "judges": {"trim_from": None},
}


@dataclass
class Court:
    """What there is to assert about: refusals by name, the first judge's marks, snapshots of what could be read."""

    hall: Hall
    v2: str = ""
    tied: str = ""
    refusals: dict[str, str] = field(default_factory=dict)
    panel: Panel | None = None
    sheets: dict[int, Sheet] = field(default_factory=dict)
    database_before_the_last_lock: bytes = b""
    responses_before_the_last_lock: dict[str, bytes] = field(default_factory=dict)
    publicity_began: datetime | None = None

    async def refuse(self, name: str, call: Awaitable[object]) -> None:
        """Note with which code a call is refused (`accepted` where it is not)."""
        try:
            await call
        except Problem as problem:
            self.refusals[name] = problem.code
        else:
            self.refusals[name] = "accepted"


def mark(judge: int) -> Callable[[int, dict[str, Any]], str]:
    """A judge's marks: every judge's differ, so that one's can be told from another's."""
    return lambda place, item: f"{int(item['max']) - 5 + (judge + place) % 5}.{'5' if judge % 2 else '0'}"


async def hold_court(hall: Hall) -> Court:
    """Open both tenders, draw, seat, refuse what must be refused, lock, publish, sign; up to REPORTED."""
    court = Court(hall)
    await enter_experts(hall)
    court.v2 = await hall.a_tender(4)
    court.tied = await hall.a_tender(4, LOWEST_PRICE_FIRST)
    for number in range(1, 8):
        await submitted(hall, court.v2, f"bidder{number}")
    for number in range(1, 4):
        form = make_form("9000000.00", "300", "合格", f"负责人{number}")
        login = f"bidder{number}"
        await submitted(hall, court.tied, login, await an_envelope(hall, court.tied, login, form=form))
    await hall.reach(court.v2, SectionState.OPENED)
    await hall.reach(court.tied, SectionState.OPENED)
    court.panel = await a_panel(hall, court.v2)
    await _seat(court, court.panel)
    await _mark(court, court.panel)
    await _report(court, court.panel)
    await _tie(court)
    return court


async def _seat(court: Court, panel: Panel) -> None:
    await court.refuse("wrong slip", panel.sign_in(1, slip="AAAAAAAAAAAA"))
    await court.refuse("a conflict", panel.sign_in(1, no_conflict=False))
    await court.refuse("seat by a bidder", panel.sign_in(1, role=Role.BIDDER))
    await court.refuse("seat with another's key", panel.sign_in(1, key=new_p256(random_bytes)))
    for number in (1, 2, 3, 4):
        await panel.sign_in(number)
    await court.refuse("used slip", panel.sign_in(1))
    await court.refuse("marks before all are seated", panel.lock(1, await panel.sheet()))
    await panel.sign_in(5)


async def _mark(court: Court, panel: Panel) -> None:
    court.sheets = {number: await panel.sheet(mark(number)) for number in range(1, 6)}
    for name, spoil in SPOILT.items():
        sheet = deepcopy(court.sheets[1])
        spoil(sheet)
        await court.refuse(name, panel.lock(1, sheet))
    await court.refuse("another's seat", panel.lock(1, court.sheets[1], seat=2))
    await court.refuse("another's key", panel.lock(1, court.sheets[1], key=new_p256(random_bytes)))
    await court.refuse("a bidder's marks", panel.lock(1, court.sheets[1], role=Role.BIDDER))
    await court.refuse("a short salt", panel.lock(1, court.sheets[1], salt=bytes(31)))
    for number in (1, 2, 3, 4):
        await panel.lock(number, court.sheets[number])
    await court.refuse("a second lock", panel.lock(1, court.sheets[2]))
    await court.refuse("publishing before all have locked", _publish(court))
    await court.refuse("report before the marks", panel.sign(1))
    for _ in range(2):
        await court.hall.step()
    court.database_before_the_last_lock = await whole_database(court.hall)
    court.responses_before_the_last_lock = await _every_page(court.hall, court.v2)
    await panel.lock(5, court.sheets[5])
    await _publish_too_early(court)
    await court.refuse("altered marks", _publish_altered(court, panel))
    await court.hall.reach(court.v2, SectionState.MARKED)


SPOILT: dict[str, Callable[[Sheet], Any]] = {
    "a bid without marks": lambda sheet: sheet.pop(min(sheet)),
    "a missing mark": lambda sheet: sheet[min(sheet)].pop("t1"),
    "an empty sheet": lambda sheet: sheet.clear(),
    "above the maximum": lambda sheet: sheet[min(sheet)].update(t1="20.5"),
    "below zero": lambda sheet: sheet[min(sheet)].update(t1="-0.5"),
    "off the step": lambda sheet: sheet[min(sheet)].update(t1="10.3"),
    "an unknown item": lambda sheet: sheet[min(sheet)].update(t9="1.0"),
    "an unknown bid": lambda sheet: sheet.update({"bid-nobody": dict(sheet[min(sheet)])}),
    "no number": lambda sheet: sheet[min(sheet)].update(t1="NaN"),
}


async def _publish(court: Court) -> None:
    async with court.hall.database.work(SYSTEM) as work:
        await publish_marks(work, court.hall.keys.service, court.v2)


async def _publish_too_early(court: Court) -> None:
    """The last commitment is in the journal, but no checkpoint that holds it is co-signed yet."""
    try:
        await _publish(court)
    except Exception as error:
        court.refusals["publishing before co-signing"] = type(error).__name__


async def _publish_altered(court: Court, panel: Panel) -> None:
    """Somebody who holds the key service's key rewrites a sheet after its judge has locked it."""
    for _ in range(3):
        await court.hall.beat()
        await court.hall.poll_all()
    service, seat = court.hall.keys.service, panel.seat(1)
    async with court.hall.database.work(SYSTEM) as work:
        row = (await work.session.execute(select(SheetRow).where(SheetRow.seat == seat.id))).scalar_one()
        altered = canonical({"marks": court.sheets[2], "salt": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
        row.sealed = service.wrap(SHEET, seat.id, altered, random_bytes)
        await work.session.flush()
        await publish_marks(work, service, court.v2)


async def _report(court: Court, panel: Panel) -> None:
    await court.refuse("report with another's key", panel.sign(1, key=new_p256(random_bytes)))
    await court.refuse("candidates before the report", _candidates(court, court.v2))
    for number in range(1, 6):
        await panel.sign(number)
    await panel.sign(1)


async def _tie(court: Court) -> None:
    panel = await a_panel(court.hall, court.tied)
    for number in range(1, 6):
        await panel.sign_in(number)
    await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
    await court.refuse("candidates of a tie", _candidates(court, court.tied))
    await court.refuse("award before publicity", _award(court, court.tied))


async def _candidates(court: Court, section: str) -> None:
    async with court.hall.database.work(court.hall.actor("agent")) as work:
        await publish_candidates(work, section)


async def _award(court: Court, section: str) -> None:
    async with court.hall.database.work(court.hall.actor("agent")) as work:
        await publish_award(work, section)


async def _every_page(hall: Hall, section: str) -> dict[str, bytes]:
    """What the public, the agent, the centre and a bidder can read of a section while judges mark, by `login path`."""
    return {
        f"{login or 'public'} {path}": page.encode()
        for login in (None, "agent", "centre", "bidder1")
        for path, page in (await walk(hall, section, login)).items()
    }
