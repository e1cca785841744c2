"""Fees of judges 评审费用: what a section's attendance comes to, the dated rates, and the file for the tax office."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.attendance.fees import HALF_DAY, HOUR, Rate, tax_file, withholding_on
from expertpool.attendance.paying import enter_rate, foreseen, hours, lines_of, payments, rates_of
from expertpool.attendance.queries import attended
from expertpool.attendance.rules import PLATFORM
from infra.access.actions import recorded
from infra.access.rules import Read
from infra.kernel.amounts import in_words
from infra.kernel.money import Fen, fen
from infra.kernel.problems import Problem
from trading.evaluation.foresight import section_for
from trading.evaluation.roster import settle
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
UNITS = {"hour": HOUR, "half-day": HALF_DAY}
RATE_FIELDS = {"rate.amount": "amount", "rate.source": "source", "rate.past": "day", "rate.known": "day"}
PERIOD = timedelta(days=31)
RATE_REFUSED, TAX_REFUSED = N_("The rate was not entered"), N_("The file was not made")


@get("/sections/{tender:str}/{number:str}/fees", opt=CENTRE)
async def section_fees(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What is settled for a section, by seat, and whether something waits."""
    return await _section(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/fees", opt=CENTRE, status_code=303)
async def settlement(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Settle what waits, by the rate of each holder's first day."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await section_for(work.session, visit.actor, section_id)
            await settle(work, stack.keys, section_id)
        return Redirect(visit.url(f"/sections/{section_id}/fees"), status_code=303)
    except Problem as problem:
        form.refuse(problem)
        return await _section(visit, stack, section_id, form)


@get("/centre/fees", opt=CENTRE)
async def rates(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The rates of the region by date, a form for the next, and the way to the tax file."""
    return await _rates(visit, stack, await begin(stack, visit, {"travel": "0", **_month(visit)}))


@post("/centre/fees", opt=CENTRE, status_code=303)
async def new_rate(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Enter a rate from a day on."""
    form = typed(visit, data)
    with form.field("day"):
        begins = _day(form.value("day"))
    with form.field("amount"):
        amount = fen(form.value("amount").strip())
    with form.field("travel"):
        travel = fen(form.value("travel").strip())
    if not form.refused:
        try:
            rate = Rate(UNITS.get(form.value("unit"), 0), amount, travel)
            async with stack.database.work(visit.actor, address(request)) as work:
                await enter_rate(work, visit.actor.region or "", begins, rate, form.value("source"))
            return Redirect(visit.url("/centre/fees"), status_code=303)
        except Problem as problem:
            form.refuse(problem, RATE_FIELDS.get(problem.code))
    return await _rates(visit, stack, form)


@get("/centre/fees.csv", opt={**CENTRE, "reads": Read.FEES, "packed": True})
async def for_the_tax_office(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """The payments settled in `from` to `to`, both days included, by default of the last month; each fetch is recorded.

    Days that are none, in the wrong order, or with too many payments between them bring the form back.
    """
    form, region = Form(visit.language, dict(visit.asked)), visit.actor.region or ""
    first, last = _period(form, visit.now.astimezone(PLATFORM).date())
    if form.refused:
        return await _rates(visit, stack, form, TAX_REFUSED)
    since, until = (datetime.combine(day, time(), PLATFORM) for day in (first, last + timedelta(days=1)))
    reader = (visit.actor, address(request))
    try:
        async with recorded(stack.database, *reader, Read.FEES, f"{first.isoformat()}/{last.isoformat()}") as look:
            found = await payments(look.session, stack.keys.service, region, since, until)
            look.region, look.facts = region, {"lines": len(found)}
    except Problem as problem:
        form.refuse(problem, "from")
        return await _rates(visit, stack, form, TAX_REFUSED)
    name = f"fees-{first.isoformat()}-{last.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(b"\xef\xbb\xbf" + tax_file(found).encode(), media_type="text/csv; charset=utf-8", headers=headers)


async def _section(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        section = await section_for(session, visit.actor, section_id)
        lines, days = await lines_of(session, section_id), await attended(session, section_id)
        coming = await foreseen(session, section_id, section.region)
    paid = {line.seat for line in lines}
    total = Fen(sum(line.amount for line in lines))
    return page(
        visit, "centre/fees.html", demo=stack.demo, status=form.status, form=form, section=section, lines=lines,
        total=total, words=in_words(total), hours=hours, waiting=len({one.seat for one in days} - paid),
        coming=coming, coming_words=in_words(coming or Fen(0)),
    )  # fmt: skip


async def _rates(visit: Visit, stack: Stack, form: Form, refused: str = RATE_REFUSED) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        found = await rates_of(session, visit.actor.region or "")
    today = visit.now.astimezone(PLATFORM).date()
    return page(
        visit, "centre/fee_rates.html", demo=stack.demo, status=form.status, form=form, rates=found, units=UNITS,
        refused=refused, in_force=next((rate.id for rate in found if rate.valid_from <= today), None),
        rule=withholding_on(today),
    )  # fmt: skip


def _month(visit: Visit) -> dict[str, str]:
    """The last month as the form for the tax file begins with it."""
    today = visit.now.astimezone(PLATFORM).date()
    return {"from": (today - PERIOD).isoformat(), "to": today.isoformat()}


def _period(form: Form, today: date) -> tuple[date, date]:
    """The first and the last day that were asked for; what is wrong with them is refused at its field."""
    first, last = today - PERIOD, today
    with form.field("from"):
        first = _day(form.value("from")) if form.value("from") else first
    with form.field("to"):
        last = _day(form.value("to")) if form.value("to") else last
        if not form.refused and last < first:
            raise Problem("fees.period", first=first, last=last)
    return first, last


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
        raise Problem("rate.day", given=text[:20])
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Problem("rate.day", given=text[:20]) from error


HANDLERS = [section_fees, settlement, rates, new_rate, for_the_tax_office]
