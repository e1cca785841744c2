"""Answering objections to the result: nothing is decided while one waits (TBR 54)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.objections.actions import answer_objection
from trading.objections.queries import objections_of
from trading.sections.actions import regime_of
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.public.objections import OUTCOMES, outcome
from web.state import Stack
from web.visit import AnyRequest, Visit

TAIL = "/objections/desk"
CHOICES = {"upheld": True, "dismissed": False}


@get("/sections/{tender:str}/{number:str}/objections/desk", opt=PROCURERS)
async def desk(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Every objection with its words, and the answer that is due."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/objections/{which:int}/answer", opt=PROCURERS, status_code=303)
async def answer(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    which: FromPath[int],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Answer one, upheld or not."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    try:
        if form.value("outcome") not in CHOICES:
            raise Problem("result-objection.outcome")
        upheld, text = CHOICES[form.value("outcome")], form.value(f"text-{which}").replace("\r\n", "\n")
        async with stack.database.work(visit.actor, address(request)) as work:
            await answer_objection(work, section_id, which, text, upheld=upheld)
    except Problem as problem:
        form.refuse(problem, f"text-{which}" if problem.code == "result-objection.answer" else None)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}{TAIL}"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        found = await objections_of(session, ground.section.id)
    told = [(one, outcome(one)) for one in found]
    return show_section(
        visit,
        stack,
        ground,
        "procurement/objections.html",
        status=form.status,
        form=form,
        found=told,
        outcomes=OUTCOMES,
        reviewed=regime_of(ground.section, stack.settings.mode).reviewed,
    )


HANDLERS = [desk, answer]
