"""Sanctions against experts 处理: notice, hearing, decision and appeal, step by step, each with its reasons."""

import re
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select

from expertpool.appraisal import actions
from expertpool.appraisal.queries import Stated, sanctions_of
from expertpool.appraisal.tables import Hearing, Sanction
from expertpool.experts.tables import Expert
from infra.db.work import Work
from infra.kernel.problems import Problem
from trading.evaluation.appraising import earliest_hearing, pointed
from trading.regimes.china import SHANGHAI
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SUPERVISOR = {"audience": "supervisor"}
STATES = {
    "noticed": N_("notice given"),
    "heard": N_("heard"),
    "decided": N_("decided"),
    "dropped": N_("dropped"),
    "appealed": N_("appealed"),
    "upheld": N_("upheld"),
    "reversed": N_("reversed"),
}
KINDS = {"warning": N_("Warning"), "suspension": N_("Suspension")}
FIELDS = {
    "expert.unknown": "expert",
    "sanction.reason": "private_reason",
    "sanction.months": "months",
    "sanction.short-notice": "held_from",
    "sign-in.time": "held_from",
    "hearing.words": "private_words",
}


@get("/supervision/sanctions", opt=SUPERVISOR)
async def sanctions(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The sanctions of the region, the newest first, and the form for a notice."""
    return await _list(visit, stack, await begin(stack, visit, {"months": "0"}))


@post("/supervision/sanctions", opt=SUPERVISOR, status_code=303)
async def notice(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Give notice of what is thought of and of the hearing."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            numbered = select(Expert.id).where(Expert.number == form.value("expert").strip()[:24])
            found = await actions.notice_sanction(
                work, await work.session.scalar(numbered) or "", form.value("kind"), form.value("private_reason"),
                months=_months(form.value("months")), held_from=_instant(form.value("held_from")),
                earliest=earliest_hearing(work.ctx.now, work.ctx.mode),
            )  # fmt: skip
        return Redirect(visit.url(f"/supervision/sanctions/{found.id}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return await _list(visit, stack, form)


@get("/supervision/sanctions/{sanction:str}", opt=SUPERVISOR)
async def one(sanction: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One sanction from its notice on, and the step that may follow."""
    return await _one(visit, stack, sanction, await begin(stack, visit))


@post("/supervision/sanctions/{sanction:str}", opt=SUPERVISOR, status_code=303)
async def step(
    request: AnyRequest,
    sanction: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Take the step named by the button, with the words typed."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await _step(work, sanction, form.value("step"), form.value("private_words"))
        return Redirect(visit.url(f"/supervision/sanctions/{sanction}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return await _one(visit, stack, sanction, form)


async def _step(work: Work, sanction: str, named: str, words: str) -> None:
    if named == "hear":
        await actions.hear(work, sanction, words)
    elif named == "decide":
        found = await work.session.get(Sanction, sanction)
        months = found.months if found else 0
        await actions.decide(work, sanction, words, work.ctx.now + timedelta(days=30 * months) if months else None)
    elif named == "drop":
        await actions.drop(work, sanction, words)
    elif named in ("uphold", "reverse"):
        await actions.settle_appeal(work, sanction, words, upheld=named == "uphold")
    else:
        raise Problem("sanction.unknown")


async def _list(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        found = await sanctions_of(session)
        experts = select(Expert.id, Expert.number).where(Expert.id.in_([one.sanction.expert for one in found]))
        numbers = {expert: number for expert, number in await session.execute(experts)}
        grounds = await pointed(session, stack.keys.service, visit.actor, visit.now)
    return page(
        visit, "supervision/sanctions.html", demo=stack.demo, status=form.status, form=form, found=found,
        numbers=numbers, grounds=grounds, states=STATES, kinds=KINDS, earliest=earliest_hearing(visit.now, stack.settings.mode),
    )  # fmt: skip


async def _one(visit: Visit, stack: Stack, sanction_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        hearing = None if "\0" in sanction_id else await session.get(Hearing, sanction_id)
        if hearing is None:
            raise Problem("sanction.unknown")
        found = Stated(await session.get_one(Sanction, sanction_id), hearing)
        number = await session.scalar(select(Expert.number).where(Expert.id == found.sanction.expert))
    return page(
        visit, "supervision/sanction.html", demo=stack.demo, status=form.status, form=form, sanction=found.sanction,
        hearing=found.hearing, number=number, states=STATES, kinds=KINDS,
    )  # fmt: skip


def _months(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1


def _instant(text: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", text.strip(), re.ASCII):
        raise Problem("sign-in.time", given=text[:40])
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=SHANGHAI)
    except ValueError as error:
        raise Problem("sign-in.time", given=text[:40]) from error


HANDLERS = [sanctions, notice, one, step]
