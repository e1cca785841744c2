"""Award and publicity: the report, the candidates and their publicity, the award; each step with its consequence."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.db.work import Work
from infra.kernel.amounts import in_words, read_yuan
from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.notices.rules import publicity_start_due
from trading.notices.tables import Notice, NoticeKind
from trading.publication.actions import publish_award, publish_candidates
from trading.publication.queries import Dossier, dossier
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import HIDDEN
from trading.sections.states import SectionState
from web.forms import Fields, Form, address
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.public.results import results
from web.public.section_view import FAILURES, notice_of
from web.state import Stack
from web.visit import AnyRequest, Visit

ACTS: dict[str, Callable[[Work, str], Awaitable[Notice]]] = {
    "candidates": publish_candidates,
    "award": publish_award,
}


@get("/sections/{tender:str}/{number:str}/award", opt=PROCURERS)
async def award_page(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What was reported, what may be published now and by whom, how long the publicity still runs."""
    return await _show(visit, stack, await _ground(stack, visit, tender, number), Form(visit.language, {}))


@post("/sections/{tender:str}/{number:str}/award", opt=PROCURERS, status_code=303)
async def publish(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Publish candidates or award, whichever the button said."""
    ground = await _ground(stack, visit, tender, number)
    form = Form(visit.language, {})
    try:
        act = ACTS.get(data.get("action", ""))
        if act is None:
            raise Problem("award.action")
        async with stack.database.work(visit.actor, address(request)) as work:
            await act(work, ground.section.id)
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, ground, form)
    return Redirect(visit.url(f"{ground.path}/award"), status_code=303)


async def _ground(stack: Stack, visit: Visit, tender: str, number: str) -> Ground:
    async with stack.database.reading() as session:
        return await ground_of(session, visit, tender, number)


async def _show(visit: Visit, stack: Stack, ground: Ground, form: Form) -> Response[str]:
    found = None
    if ground.state not in HIDDEN:
        async with stack.database.reading() as session:
            found = await dossier(session, ground.section.id)
    regime = regime_of(ground.section, stack.settings.mode)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/award.html",
        status=form.status,
        form=form,
        found=found,
        decides=ground.project.procuring_entity == visit.actor.organisation and visit.actor.role is Role.PROCURING,
        publicity=regime.parameter(Rule.PUBLICITY),
        reply=regime.parameter(Rule.OBJECTION_REPLY),
        start_due=publicity_start_due(regime, visit.now),
        failure=FAILURES.get(ground.section.failed_why or ""),
        **_result(found),
        **{name: _is(ground, *states) for name, states in STAGES.items()},
    )


STAGES = {
    "early": (
        SectionState.DRAFT,
        SectionState.READY,
        SectionState.BIDDING,
        SectionState.DECRYPTING,
        SectionState.OPENED,
        SectionState.EVALUATING,
        SectionState.MARKED,
    ),
    "reported": (SectionState.REPORTED,),
    "running": (SectionState.PUBLICITY,),
    "determined": (SectionState.DETERMINED,),
    "notified": (SectionState.NOTIFIED,),
    "failed": (SectionState.FAILED,),
}


def _is(ground: Ground, *states: SectionState) -> bool:
    return ground.state in states


def _result(found: Dossier | None) -> dict[str, Any]:
    """Ranking, tie, first candidate with its price in words, and the notices that are out."""
    told = results(found) if found else None
    ranking = told.ranking if told else []
    first = ranking[0] if ranking else None
    return {
        "ranking": ranking,
        "tied": bool(found and found.evaluation and _tied(found.evaluation.evidence["out"]["order"])),
        "first": first,
        "candidates": notice_of(found, NoticeKind.CANDIDATES) if found else None,
        "awarded": notice_of(found, NoticeKind.AWARD) if found else None,
        "price_words": in_words(read_yuan(first.entry.form["price"])) if first and first.entry.form else "",
    }


def _tied(order: list[Any]) -> bool:
    return any(not isinstance(one, str) for one in order)


HANDLERS = [award_page, publish]
