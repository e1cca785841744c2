"""Choosing the winner 定标 among the candidates, where the notice leaves it to the procuring entity (评定分离)."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.choice.actions import Signed, choose_winner
from trading.publication.queries import dossier
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import HIDDEN
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.procurement.ways import standing_of
from web.public.choice import chosen_of
from web.state import Stack
from web.visit import AnyRequest, Visit

FIELDS = {"choice.candidate": "bid", "choice.reasons": "reasons"}


@get("/sections/{tender:str}/{number:str}/award/choice", opt=PROCURERS)
async def choice_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The candidates side by side, who may choose and when, or what was chosen."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit))


@post("/sections/{tender:str}/{number:str}/award/choice", opt={"audience": "procuring"}, status_code=303)
async def choose(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Choose the winner as the procuring entity has signed it."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    reasons = form.value("reasons").replace("\r\n", "\n")
    try:
        if not form.value("signature"):
            raise Problem("choice.no-key")
        signed = Signed(unb64(form.value("certificate")), unb64(form.value("signature"), 64))
        async with stack.database.work(visit.actor, address(request)) as work:
            await choose_winner(work, stack.keys.authority.public_key, section_id, form.value("bid"), reasons, signed)
    except Problem as problem:
        form.refuse(problem, FIELDS.get(problem.code))
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/award"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    found, now = None, None
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        regime = regime_of(ground.section, stack.settings.mode)
        if ground.state not in HIDDEN:
            found = await dossier(session, section_id, taken_down=True)
            now = await standing_of(session, found, regime.count(Rule.CANDIDATES_MAXIMUM))
    return show_section(
        visit,
        stack,
        ground,
        "procurement/choice.html",
        status=form.status,
        form=form,
        found=found,
        left=now.left if now else (),
        chosen=chosen_of(found),
        due=ground.state == SectionState.DETERMINED,
        decides=ground.project.procuring_entity == visit.actor.organisation and visit.actor.role is Role.PROCURING,
        source=regime.parameter(Rule.AWARD_BY),
        report=b64(found.evaluation.digest) if found and found.evaluation else "",
    )


HANDLERS = [choice_page, choose]
