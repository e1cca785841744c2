"""An expert's own page: what the pool holds, and the times away."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.availability.actions import enter_absence, take_back
from expertpool.availability.queries import absences_of
from expertpool.experts.contact import contact_of
from expertpool.experts.notices import TO_OBJECT, may_object, notices_of, object_to, objection_of
from expertpool.experts.rules import masked
from expertpool.experts.sealing import identity_of, name_of
from expertpool.experts.tables import Expert
from expertpool.professions.tree import professions
from infra.kernel.problems import Problem
from web.expertpool.directory import profession_names
from web.expertpool.words import pool_words
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.procurement.times import typed_time
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

OWN = {"audience": "expert"}
KINDS = {"leave": N_("On leave"), "busy": N_("Otherwise engaged")}


@get("/expert", opt=OWN)
async def own_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """What the pool holds of the expert, what became of it, and which way to change it."""
    return await _own(visit, stack, await begin(stack, visit))


async def _own(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        expert = await _entry(session, visit)
        known = await professions(session)
        told = await notices_of(session, expert.id)
    return page(
        visit,
        "expert/own.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        told=[
            (step, notice, may_object(notice, visit.now), objection_of(stack.keys.service, notice))
            for notice, step in told
        ],
        to_object=TO_OBJECT,
        expert=expert,
        name=name_of(stack.keys.service, expert),
        identity=masked(identity_of(stack.keys.service, expert)),
        contact=contact_of(stack.keys.service, expert),
        professions=profession_names(visit, known),
        **pool_words(),
    )


@post("/expert/objection", opt=OWN, status_code=303)
async def objecting(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Object to one change of standing, once."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await object_to(work, stack.keys.service, form.value("step"), form.value("private_words"))
        return Redirect(visit.url("/expert"), status_code=303)
    except Problem as problem:
        form.refuse(problem, "private_words" if problem.code == "objection.words" else None)
    return await _own(visit, stack, form)


@get("/expert/availability", opt=OWN)
async def availability(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The times away, and the form for another."""
    return await _show(visit, stack, await begin(stack, visit, {"kind": "leave"}))


@post("/expert/availability", opt=OWN, status_code=303)
async def entering(
    data: Fields, request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """One more time away."""
    form = typed(visit, data)
    times = {}
    for name in ("since", "until"):
        with form.field(name):
            times[name] = typed_time(form.value(name))
    if not form.refused:
        try:
            async with stack.database.work(visit.actor, address(request)) as work:
                await enter_absence(work, times["since"], times["until"], form.value("kind"))
            return Redirect(visit.url("/expert/availability"), status_code=303)
        except Problem as problem:
            form.refuse(problem, "since" if problem.code.startswith("absence.") else None)
    return await _show(visit, stack, form)


@post("/expert/availability/{absence:str}/removal", opt=OWN, status_code=303)
async def removing(
    absence: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Take one back."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await take_back(work, absence)
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, form)
    return Redirect(visit.url("/expert/availability"), status_code=303)


async def _show(visit: Visit, stack: Stack, form: Form) -> Response[str]:
    async with stack.database.work(visit.actor) as work:
        expert = await _entry(work.session, visit)
        rows = await absences_of(work.session, expert.id)
        now = work.ctx.now
    return page(
        visit,
        "expert/availability.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        rows=[(one, one.during.upper is not None and one.during.upper > now) for one in rows],
        kinds=list(KINDS.items()),
        kind_words=KINDS,
    )


async def _entry(session: AsyncSession, visit: Visit) -> Expert:
    expert: Expert | None = await session.scalar(select(Expert).where(Expert.account == visit.actor.id))
    if expert is None:
        raise Problem("expert.unknown")
    return expert


HANDLERS = [own_page, objecting, availability, entering, removing]
