"""The pool office reviews applications: a queue, one application with what is known of the person, two reviews."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from expertpool.experts.applications import (
    application_of,
    give_back,
    pass_first,
    pass_second,
    profile_in,
    twins,
    withdraw,
    words_of,
)
from expertpool.experts.files import files_of, kind_of, name_of_file, opened
from expertpool.experts.register import application_queue
from expertpool.experts.rules import masked
from expertpool.experts.states import ApplicationState
from expertpool.experts.tables import ExpertApplication
from expertpool.experts.versions import differences
from infra.access.actions import recorded
from infra.access.rules import Read
from infra.auth.tables import Account
from infra.db.work import Work
from infra.kernel.problems import Problem
from web.expertpool.admission import admission_on
from web.expertpool.words import pool_words
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

POOL = {"audience": "pool"}
WAITING = (ApplicationState.SUBMITTED, ApplicationState.FIRST_PASSED)
FIELD_OF = {"expert.equal": "private_equal", "expert.reason": "private_reason"}
Answer = Callable[[Work], Awaitable[Any]]


@get("/pool/applications", opt={**POOL, "reads": Read.EXPERTS})
async def queue_page(
    request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What waits for a review, the oldest first, unless another state is asked for."""
    asked = dict(visit.asked)
    state, number = asked.get("state", "waiting"), asked.get("page", "1")
    states = {"waiting": WAITING, "all": ()}.get(state) or ((state,) if state in set(ApplicationState) else ())
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.EXPERTS, "/pool/applications") as look:
        queue = await application_queue(
            look.session,
            visit.actor,
            states=[str(one) for one in states],
            newest_first=asked.get("order") == "-age",
            page=int(number) if number.isdecimal() and len(number) < 6 else 1,
        )
        look.facts["shown"] = len(queue.items)
    facts: dict[str, Any] = {
        "queue": queue,
        "profiles": {one.id: profile_in(stack.keys.service, one) for one in queue.items},
        "state": state,
        "newest_first": asked.get("order") == "-age",
    }
    return page(visit, "expertpool/applications.html", demo=stack.demo, **facts, **pool_words())


@get("/pool/applications/{application:str}", opt={**POOL, "reads": Read.EXPERT})
async def application_page(
    request: AnyRequest,
    application: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """One application, who else is that person, and the answers that are open."""
    return await _show(request, visit, stack, application, await begin(stack, visit))


@get("/pool/applications/{application:str}/files/{place:int}", opt={**POOL, "reads": Read.EXPERT})
async def one_file(
    request: AnyRequest,
    application: FromPath[str],
    place: FromPath[int],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[bytes]:
    """A certificate as it came, to be saved; the look is recorded with its place."""
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.EXPERT, application, place=place) as look:
        found = await application_of(look.session, visit.actor, application)
        files = {one.place: one for one in await files_of(look.session, found.id)}
    if place not in files:
        raise Problem("file.unknown")
    data = await opened(stack.objects, stack.keys.service, files[place])
    kind = kind_of(data) or "application/octet-stream"
    name = f"certificate-{place}.{kind.rpartition('/')[2].replace('jpeg', 'jpg')}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type=kind, headers=headers)


@post("/pool/applications/{application:str}/first", opt=POOL, status_code=303)
async def passing_first(
    application: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Pass the first review."""
    form = typed(visit, data)
    keys, equal = stack.keys.service, form.value("private_equal")
    return await _answered(
        request, visit, stack, application, form, lambda work: pass_first(work, keys, application, equal=equal)
    )


@post("/pool/applications/{application:str}/second", opt=POOL, status_code=303)
async def passing_second(
    application: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Pass the second review: the expert is entered."""
    form, keys = typed(visit, data), stack.keys.service
    admission = admission_on(stack, visit.now)
    return await _answered(
        request, visit, stack, application, form, lambda work: pass_second(work, keys, application, admission)
    )


@post("/pool/applications/{application:str}/return", opt=POOL, status_code=303)
async def returning(
    application: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Give the application back with a reason, or close it because the applicant asks for it."""
    form, keys = typed(visit, data), stack.keys.service
    end = withdraw if form.value("end") == "withdraw" else give_back
    why = form.value("private_reason")
    return await _answered(request, visit, stack, application, form, lambda work: end(work, keys, application, why))


HANDLERS = [queue_page, application_page, one_file, passing_first, passing_second, returning]


async def _answered(
    request: AnyRequest, visit: Visit, stack: Stack, application_id: str, form: Form, answer: Answer
) -> Response[Any]:
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await answer(work)
        return Redirect(visit.url(f"/pool/applications/{application_id}"), status_code=303)
    except Problem as problem:
        form.refuse(problem, FIELD_OF.get(problem.code))
    return await _show(request, visit, stack, application_id, form)


async def _show(request: AnyRequest, visit: Visit, stack: Stack, application_id: str, form: Form) -> Response[str]:
    keys = stack.keys.service
    async with recorded(stack.database, visit.actor, address(request), Read.EXPERT, application_id) as look:
        found = await application_of(look.session, visit.actor, application_id)
        known = await twins(look.session, found)
        people = await _people(look.session, found)
        files = await files_of(look.session, found.id)
    profile = profile_in(keys, found)
    equal, returned = words_of(keys, found)
    facts = {
        "application": found,
        "profile": profile,
        "identity": profile.identity if found.state in WAITING else masked(profile.identity),
        "rows": differences(None, profile),
        "twins": known,
        "people": people,
        "equal": equal,
        "returned": returned,
        "own": visit.actor.id in (found.submitted_by, found.first_by),
        "form": form,
        "files": [(one, name_of_file(keys, one)) for one in files],
    }
    return page(
        visit, "expertpool/application_review.html", demo=stack.demo, status=form.status, **facts, **pool_words()
    )


async def _people(session: AsyncSession, application: ExpertApplication) -> dict[str, str]:
    ids = [one for one in (application.submitted_by, application.first_by, application.second_by) if one]
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {account: name for account, name in rows}
