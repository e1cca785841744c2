"""Requests for recusal before the supervising body, and what the system's own second look has found, by seat."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.evaluation.recusing import all_asked, consider, hits_of
from trading.sections.queries import public_section
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

SUPERVISOR = {"audience": "supervisor"}
KINDS = {
    "employed": N_("Works or worked for a party"),
    "director": N_("Director or supervisor of a party"),
    "controlling": N_("Controls a party"),
    "kin": N_("Kin of a party's head"),
    "punished": N_("Punished about a party"),
    "other": N_("Another interest"),
    "head": N_("Bears the name of a party's head"),
}


@get("/sections/{tender:str}/{number:str}/recusals", opt=SUPERVISOR)
async def recusals(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Requests with their words, and grounds found by the system with the seat's number."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/recusals/{asked:str}", opt=SUPERVISOR, status_code=303)
async def decide(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    asked: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Decide one request."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await consider(work, section_id, asked, grounded=_decided(form))
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/recusals"), status_code=303)


def _decided(form: Form) -> bool:
    if form.value("decision") not in ("grounded", "unfounded"):
        raise Problem("recusal.decision")
    return form.value("decision") == "grounded"


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading(visit.actor) as session:
        found = await all_asked(session, stack.keys.service, visit.actor, section_id)
        section = await public_section(session, section_id, taken_down=True)
        hits = await hits_of(session, section_id)
    return page(
        visit,
        "supervision/recusals.html",
        demo=stack.demo,
        status=form.status,
        form=form,
        section=section,
        found=found,
        hits=hits,
        kinds=KINDS,
        path=f"/sections/{section_id}",
    )


HANDLERS = [recusals, decide]
