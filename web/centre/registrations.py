"""The centre reviews registrations: a queue with the time promised, each version beside the one before, an answer."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from infra.access.actions import recorded
from infra.access.rules import Read
from infra.auth.registration.actions import WHOLE, accept, give_back
from infra.auth.registration.queries import duplicates, review_queue, version_before, visible_versions
from infra.auth.registration.rules import FIELDS, KINDS, differences, review_due
from infra.auth.registration.states import VersionState
from infra.auth.registration.tables import OrganisationVersion
from infra.auth.tables import Account
from infra.kernel.problems import Problem
from web.account.company import words
from web.account.words import ALIKE
from web.forms import Fields, Form, address, begin, typed
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

CENTRE = {"audience": "centre"}
ALL = "all"


@get("/centre/registrations", opt=CENTRE)
async def registrations_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[Any]:
    """The queue: what waits for an answer, the oldest first, unless another state is asked for."""
    asked = dict(visit.asked)
    state, kind = asked.get("state", str(VersionState.SUBMITTED)), asked.get("kind", "")
    number = asked.get("page", "1")
    async with stack.database.reading(visit.actor) as session:
        queue = await review_queue(
            session,
            visit.actor,
            state="" if state == ALL else state,
            kind=kind,
            newest_first=asked.get("order") == "-age",
            page=int(number) if number.isdecimal() and len(number) < 6 else 1,
        )
    facts: dict[str, Any] = {
        "queue": queue,
        "due": {one.id: review_due(one.submitted_at) for one in queue.items},
        "state": state,
        "kind": kind,
        "newest_first": asked.get("order") == "-age",
        "kinds": KINDS,
    }
    return page(visit, "centre/registrations.html", demo=stack.demo, **facts, **words())


@get("/centre/registrations/{version:str}", opt={**CENTRE, "reads": Read.REGISTRATION})
async def registration_review(
    request: AnyRequest, version: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """One version beside the one before, what looks like it, and the two answers."""
    return await _show(request, visit, stack, version, await begin(stack, visit))


@post("/centre/registrations/{version:str}/acceptance", opt=CENTRE, status_code=303)
async def accepting(
    version: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Put the version in force."""
    form = typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await accept(work, version)
        return Redirect(visit.url("/centre/registrations"), status_code=303)
    except Problem as problem:
        form.refuse(problem)
    return await _show(request, visit, stack, version, form)


@post("/centre/registrations/{version:str}/return", opt=CENTRE, status_code=303)
async def returning(
    version: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Return the version with its reasons."""
    form = typed(visit, data)
    reasons = {field: form.value(f"reason_{field}") for field in (*FIELDS, WHOLE)}
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await give_back(work, version, reasons)
        return Redirect(visit.url("/centre/registrations"), status_code=303)
    except Problem as problem:
        form.refuse(problem, f"reason_{WHOLE}" if problem.code == "registration.no-reason" else None)
    return await _show(request, visit, stack, version, form)


HANDLERS = [registrations_page, registration_review, accepting, returning]


async def _show(request: AnyRequest, visit: Visit, stack: Stack, version_id: str, form: Form) -> Response[Any]:
    reader = (visit.actor, address(request))
    async with recorded(stack.database, *reader, Read.REGISTRATION, version_id) as look:
        session = look.session
        version = await _version(session, visit, version_id)
        before = await version_before(session, version)
        facts: dict[str, Any] = {
            "version": version,
            "before": before,
            "rows": differences(before.profile if before else None, version.profile),
            "alike": await duplicates(session, version),
            "applicant": await session.get(Account, version.submitted_by),
            "decider": await session.get(Account, version.decided_by) if version.decided_by else None,
        }
    facts |= {"due": review_due(version.submitted_at), "form": form, "alike_words": ALIKE, "whole": WHOLE}
    return page(visit, "centre/registration_review.html", demo=stack.demo, status=form.status, **facts, **words())


async def _version(session: AsyncSession, visit: Visit, version_id: str) -> OrganisationVersion:
    wanted = visible_versions(visit.actor).where(OrganisationVersion.id == version_id)
    found: OrganisationVersion | None = await session.scalar(wanted)
    if found is None:
        raise Problem("registration.unknown")
    return found
