"""The supervising body lets a lottery be drawn again: a written reason, signed with its key, published at once."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.lotteries.actions import allow_repeat, series
from expertpool.lotteries.queries import attempts_of, lottery_of
from expertpool.lotteries.states import ENDED
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from web.forms import Fields, Form, address, begin, typed
from web.public.lotteries import SHOWN, facts_of, page_of
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SUPERVISOR = {"audience": "supervisor"}


@get("/supervision/lotteries", opt=SUPERVISOR)
async def lotteries_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The region's lotteries: `?q=&state=&page=`."""
    async with stack.database.reading(visit.actor) as session:
        facts = await page_of(session, visit, SHOWN)
    return page(visit, "supervision/lotteries.html", demo=stack.demo, **facts)


@get("/supervision/lotteries/{lottery:str}", opt=SUPERVISOR)
async def repeat(lottery: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The attempts so far, and the reason for another where the last has ended."""
    return await _show(visit, stack, lottery, await begin(stack, visit))


@post("/supervision/lotteries/{lottery:str}", opt=SUPERVISOR, status_code=303)
async def allow(
    request: AnyRequest,
    lottery: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Allow the next attempt for the reason that was signed."""
    form = typed(visit, data)
    reason = form.value("reason").replace("\r\n", "\n")
    try:
        if not form.value("signature"):
            raise Problem("redraw.no-key")
        certificate, signature = unb64(form.value("certificate")), unb64(form.value("signature"), 64)
        async with stack.database.work(visit.actor, address(request)) as work:
            await allow_repeat(work, stack.keys.authority.public_key, lottery, reason, certificate, signature)
        return Redirect(visit.url(f"/supervision/lotteries/{lottery}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, "reason" if problem.code == "redraw.reason" else None)
    return await _show(visit, stack, lottery, form)


async def _show(visit: Visit, stack: Stack, lottery_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        lottery = await lottery_of(session, lottery_id)
        attempts = await attempts_of(session, lottery)
    last = attempts[0].row
    return page(
        visit, "supervision/lottery.html", demo=stack.demo, status=form.status, form=form, lottery=lottery,
        following=f"{series(lottery.id)}/{last.number + 1}", number=last.number + 1,
        may_allow=last.state in ENDED and last.repeat_reason is None, **facts_of(visit, attempts),
    )  # fmt: skip


HANDLERS = [lotteries_page, repeat, allow]
