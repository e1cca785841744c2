"""An expert's own fees: what waits, hours, fee, tax withheld and by which rule, year by year; no section is named."""

from datetime import date

from litestar import Response, get
from litestar.di import NamedDependency

from expertpool.attendance.fees import withholding_on
from expertpool.attendance.own import own_fees, unsettled
from expertpool.attendance.paying import hours
from expertpool.attendance.rules import day_of
from web.expert.standing import own_entry
from web.render import page
from web.state import Stack
from web.visit import Visit

OWN = {"audience": "expert"}
FIRST = 2019


@get("/expert/fees", opt=OWN)
async def fees(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """What was settled in a calendar year, `?year=`, this one without."""
    today = day_of(visit.now)
    async with stack.database.reading() as session:
        expert = await own_entry(session, visit.actor.id)
        year = _year(dict(visit.asked).get("year", ""), today)
        found = await own_fees(session, stack.keys.service, expert, year) if expert else None
        waiting = await unsettled(session, stack.keys.service, expert, visit.now) if expert else []
    return page(
        visit, "expert/fees.html", demo=stack.demo, found=found, waiting=waiting, year=year, last=today.year, first=FIRST,
        hours=hours, rule=withholding_on(min(today, date(year, 12, 31))),
    )  # fmt: skip


def _year(text: str, today: date) -> int:
    """A year from the first that has a table of tax up to this one; this one for anything else."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    return year if FIRST <= year <= today.year else today.year


HANDLERS = [fees]
