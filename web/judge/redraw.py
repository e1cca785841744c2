"""The supervising body lets a section be drawn for again: a written reason, signed with its key, published at once."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.draw.actions import ENDED
from expertpool.draw.standing import vacancies
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.evaluation.foresight import draws_of, is_running, phases_of, section_for
from trading.evaluation.panel import allow_redraw
from web.forms import Fields, Form, address, begin, typed
from web.procurement.attempts import notes_of
from web.procurement.panel import FORMS, PHASES, turns
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SUPERVISOR = {"audience": "supervisor"}


@get("/sections/{tender:str}/{number:str}/redraw", opt=SUPERVISOR)
async def redraw(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The draws so far, and the reason for another where the last has ended."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/redraw", opt=SUPERVISOR, status_code=303)
async def allow(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Allow the next attempt for the reason that was signed."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    reason = form.value("reason").replace("\r\n", "\n")
    try:
        if not form.value("signature"):
            raise Problem("redraw.no-key")
        certificate, signature = unb64(form.value("certificate")), unb64(form.value("signature"), 64)
        async with stack.database.work(visit.actor, address(request)) as work:
            await section_for(work.session, visit.actor, section_id)
            authority = stack.keys.authority.public_key
            supplement = form.value("kind") == "supplement"
            await allow_redraw(work, authority, section_id, reason, certificate, signature, supplement=supplement)
    except Problem as problem:
        form.refuse(problem, "reason" if problem.code == "redraw.reason" else None)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/redraw"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        section = await section_for(session, visit.actor, section_id)
        draws = await draws_of(session, section_id)
        attempts = [(draw, await phases_of(session, draw)) for draw in draws[:5]]
        notes = await notes_of(session, visit, draws[:5])
        free = await vacancies(session, section_id)
    may_allow = bool(draws) and draws[0].state in ENDED and draws[0].repeat_reason is None
    forms = "allow" if may_allow else "none"
    return page(
        visit,
        "judge/redraw.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        section=section,
        attempts=attempts,
        notes=notes,
        vacant=[seat.number for seat in free],
        phase_names=PHASES,
        forms=forms,
        exchanged=dict(visit.asked).get(FORMS) != forms,
        path=f"/sections/{section_id}/redraw",
        turns=turns(section, moving=bool(draws) and is_running(draws[0])),
        following=draws[0].number + 1 if draws else 1,
        may_allow=may_allow,
    )


HANDLERS = [redraw, allow]
