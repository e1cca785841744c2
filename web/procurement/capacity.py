"""Asking the committee whether a candidate can still perform 履约能力审查, and what it resolved (TBR 56)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.capacity.actions import ask_capacity
from trading.capacity.rules import Capacity
from trading.evaluation.questions import ASKABLE, next_question
from trading.publication.queries import dossier
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.procurement.ways import standing_of
from web.public.ways import capacity_told
from web.state import Stack
from web.visit import AnyRequest, Visit

FIELDS = {"capacity.reasons": "reasons", "capacity.candidate": "bid"}


@get("/sections/{tender:str}/{number:str}/award/capacity", opt=PROCURERS)
async def capacity_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What was asked and resolved, and what may be asked now, by whom."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/award/capacity", opt={"audience": "procuring"}, status_code=303)
async def ask(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Ask as the procuring entity has signed it."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    reasons = form.value("reasons").replace("\r\n", "\n")
    try:
        if not form.value("signature"):
            raise Problem("capacity.no-key")
        certificate, signature = unb64(form.value("certificate")), unb64(form.value("signature"), 64)
        authority = stack.keys.authority.public_key
        async with stack.database.work(visit.actor, address(request)) as work:
            await ask_capacity(work, authority, section_id, form.value("bid"), reasons, certificate, signature)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/award/capacity"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    asked, now, found, number = Capacity(), None, None, 1
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        regime = regime_of(ground.section, stack.settings.mode)
        if ground.section.opened_at is not None:
            number = await next_question(session, section_id)
            found = await dossier(session, section_id, taken_down=True)
            asked = found.capacity
        if found is not None and ground.state in ASKABLE:
            now = await standing_of(session, found, regime.count(Rule.CANDIDATES_MAXIMUM))
    return show_section(
        visit,
        stack,
        ground,
        "procurement/capacity.html",
        status=form.status,
        form=form,
        rows=capacity_told(found) if found else [],
        open=now is not None and asked.open is None,
        waits=asked.open is not None,
        left=now.left if now else (),
        number=number,
        decides=ground.project.procuring_entity == visit.actor.organisation and visit.actor.role is Role.PROCURING,
        report=b64(found.evaluation.digest) if found and found.evaluation else "",
    )


HANDLERS = [capacity_page, ask]
