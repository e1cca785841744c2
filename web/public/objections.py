"""Objections to a result as everybody reads them 结果异议: their numbers, when they came, and what became of them."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from trading.objections.actions import objection_until
from trading.objections.queries import objections_of
from trading.objections.states import ObjectionState
from trading.objections.tables import ResultObjection
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.queries import public_section
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import Visit

OUTCOMES = {
    "raised": N_("waits for an answer"),
    "upheld": N_("answered: upheld"),
    "dismissed": N_("answered: not upheld"),
    "withdrawn": N_("taken back"),
}


def outcome(one: ResultObjection) -> str:
    """What became of an objection, a key of `OUTCOMES`."""
    if one.state != ObjectionState.ANSWERED:
        return one.state
    return "upheld" if one.upheld else "dismissed"


@get("/sections/{tender:str}/{number:str}/objections", opt={"audience": "public"})
async def objections(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Every objection by number: neither who raised it nor what it says."""
    section_id = f"{tender}/{number}"
    async with stack.database.reading() as session:
        section = await public_section(session, section_id)
        found = await objections_of(session, section.id)
    regime = regime_of(section, stack.settings.mode)
    until = objection_until(section, regime)
    return page(
        visit,
        "public/objections.html",
        demo=stack.demo,
        section=section,
        path=f"/sections/{section.id}",
        found=[(one, outcome(one)) for one in found],
        outcomes=OUTCOMES,
        reply=regime.parameter(Rule.OBJECTION_REPLY),
        until=until,
        open=until is not None and visit.now < until,
        reviewed=regime.reviewed,
        challenge=regime.parameter(Rule.CHALLENGE) if regime.reviewed else None,
    )


HANDLERS = [objections]
