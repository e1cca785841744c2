"""An expert's own standing: sanctions with their hearing, and the appeal against a decision."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.appraisal.actions import appeal
from expertpool.appraisal.queries import sanctions_of
from expertpool.appraisal.rules import SMALL_SAMPLE
from expertpool.experts.tables import Expert
from infra.kernel.problems import Problem
from trading.evaluation.leanings import own_leanings
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.supervision.sanctions import KINDS, STATES
from web.visit import AnyRequest, Visit

OWN = {"audience": "expert"}


@get("/expert/standing", opt=OWN)
async def standing(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One's own sanctions, the newest first; a decision may be appealed against once."""
    return await _show(visit, stack, await begin(stack, visit))


@post("/expert/standing/{sanction:str}/appeal", opt=OWN, status_code=303)
async def appealing(
    request: AnyRequest,
    sanction: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Appeal, with one's own words."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await appeal(work, sanction, form.value("private_words"))
        return Redirect(visit.url("/expert/standing"), status_code=303)
    except Problem as problem:
        form.refuse(problem, "private_words" if problem.code == "hearing.words" else None)
        return await _show(visit, stack, form)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        own = await own_entry(session, visit.actor.id)
        found = await sanctions_of(session, own) if own else []
        leaned = await own_leanings(session, stack.keys.service, own) if own else []
    return page(
        visit, "expert/standing.html", demo=stack.demo, status=form.status, form=form, found=found, states=STATES,
        kinds=KINDS, leanings=leaned, small=SMALL_SAMPLE,
    )  # fmt: skip


async def own_entry(session: AsyncSession, account: str) -> str | None:
    """The id of the register's entry that this account belongs to, if any."""
    found: str | None = await session.scalar(select(Expert.id).where(Expert.account == account))
    return found


HANDLERS = [standing, appealing]
