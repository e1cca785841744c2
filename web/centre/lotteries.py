"""The centre opens a lottery: what is drawn for, who takes part, how many; then it freezes the list for all to read."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.lotteries.actions import freeze, open_lottery, write_entries
from expertpool.lotteries.entries import read_entries
from expertpool.lotteries.queries import attempts_of, lottery_of
from expertpool.lotteries.states import ENDED, LotteryState
from expertpool.lotteries.tables import Lottery
from infra.kernel.problems import Problem
from web.forms import Fields, Form, address, begin, typed
from web.public.lotteries import STATES, facts_of, page_of
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
FIELDS = {"lottery.text": "subject", "lottery.places": "places", "lottery.too-many": "entries"}
"""Where a refusal belongs in the form; those that name a line belong to the list."""


@get("/centre/lotteries", opt=CENTRE)
async def lotteries_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The region's lotteries, those being written among them: `?q=&state=&page=`."""
    async with stack.database.reading(visit.actor) as session:
        facts = await page_of(session, visit, tuple(STATES), drafts=True)
    return page(visit, "centre/lotteries.html", demo=stack.demo, **facts)


@get("/centre/lotteries/new", opt=CENTRE)
async def new_lottery(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The form of a new one."""
    return _new(visit, stack, await begin(stack, visit, {"places": "1", "waiting": "0"}))


@post("/centre/lotteries", opt=CENTRE, status_code=303)
async def opening(
    request: AnyRequest, data: Fields, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Keep it, still to be changed and seen here alone."""
    form = typed(visit, data)
    try:
        places, waiting = _counts(form)
        async with stack.database.work(visit.actor, address(request)) as work:
            lottery = await open_lottery(
                work, subject=form.value("subject"), basis=form.value("basis"), places=places, waiting=waiting,
                entries=read_entries(form.value("entries")),
            )  # fmt: skip
        return Redirect(visit.url(f"/centre/lotteries/{lottery.id}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, _field(problem))
    return _new(visit, stack, form)


@get("/centre/lotteries/{lottery:str}", opt=CENTRE)
async def lottery_desk(
    lottery: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Its list, to be changed until it is frozen; then how far each attempt is."""
    return await _show(visit, stack, lottery, None)


@post("/centre/lotteries/{lottery:str}/entries", opt=CENTRE, status_code=303)
async def entries(
    request: AnyRequest,
    lottery: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Replace the list; refused once it is frozen."""
    form = typed(visit, data)
    try:
        places, waiting = _counts(form)
        async with stack.database.work(visit.actor, address(request)) as work:
            await write_entries(work, lottery, read_entries(form.value("entries")), places, waiting)
        return Redirect(visit.url(f"/centre/lotteries/{lottery}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, _field(problem))
    return await _show(visit, stack, lottery, form)


@post("/centre/lotteries/{lottery:str}/freeze", opt=CENTRE, status_code=303)
async def freezing(
    request: AnyRequest,
    lottery: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Freeze and publish the list: the bodies are asked to commit, the draw follows by itself."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await freeze(work, lottery)
        return Redirect(visit.url(f"/centre/lotteries/{lottery}"), status_code=303)
    except Problem as problem:
        form.refuse(problem)
    return await _show(visit, stack, lottery, form)


def _counts(form: Form) -> tuple[int, int]:
    """Places and waiting; `lottery.number` at the first that is no whole number."""
    for name in ("places", "waiting"):
        text = form.value(name).strip()
        if not (text.isascii() and text.isdecimal() and len(text) < 6):
            raise Problem("lottery.number", field=name)
    return int(form.value("places")), int(form.value("waiting"))


def _field(problem: Problem) -> str | None:
    if problem.code == "lottery.number":
        return str(problem.facts["field"])
    return "entries" if "line" in problem.facts else FIELDS.get(problem.code)


def _new(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    return page(visit, "centre/lottery_new.html", demo=stack.demo, status=form.status, form=form)


async def _show(visit: Visit, stack: Stack, lottery_id: str, form: Form | None) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        lottery = await lottery_of(session, lottery_id, drafts=True)
        attempts = await attempts_of(session, lottery)
    shown = form or await begin(stack, visit, _initial(lottery))
    if "entries" not in shown.values:
        shown.values |= _initial(lottery)
    last = attempts[0].row if attempts else None
    return page(
        visit, "centre/lottery.html", demo=stack.demo, status=shown.status, form=shown, lottery=lottery,
        may_freeze=last is None or (last.state in ENDED and last.repeat_reason is not None),
        needs_reason=last is not None and last.state in ENDED and last.repeat_reason is None,
        open=LotteryState.OPEN, **facts_of(visit, attempts),
    )  # fmt: skip


def _initial(lottery: Lottery) -> dict[str, str]:
    listed = "\n".join(f"{code},{name}" for code, name in lottery.entries)
    return {"entries": listed, "places": str(lottery.places), "waiting": str(lottery.waiting)}


HANDLERS = [lotteries_page, new_lottery, opening, lottery_desk, entries, freezing]
