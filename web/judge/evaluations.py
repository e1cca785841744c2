"""The sections of a region whose committee is drawn, sits or has to be drawn again: for the centre and the supervisor."""

from litestar import Response, get
from litestar.di import NamedDependency

from infra.kernel.context import Role
from trading.evaluation.foresight import AT_ONCE, EVALUATIONS, evaluations
from trading.sections.states import SectionState
from web.labels import SECTION_STATES
from web.procurement.panel import PHASES
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

STATES = {
    "requested": PHASES["requested"],
    "frozen": PHASES["frozen"],
    "committed": PHASES["committed"],
    "revealed": PHASES["revealed"],
}


@get("/evaluations", opt={"audience": ("centre", "supervisor")})
async def listed(request: AnyRequest, visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """One page of them, the newest first, by state (`?state=`) and from a place on (`?after=`)."""
    state = request.query_params.get("state")
    wanted = SectionState(state) if state in set(EVALUATIONS) else None
    after = request.query_params.get("after") or ""
    async with stack.database.reading(visit.actor) as session:
        rows = await evaluations(session, visit.actor, wanted, after)
    return page(
        visit,
        "judge/evaluations.html",
        demo=stack.demo,
        rows=rows[:AT_ONCE],
        following=visit.url(visit.path, {"state": state, "after": rows[AT_ONCE - 1][0].id})
        if len(rows) > AT_ONCE
        else None,
        states=[(one, SECTION_STATES[one]) for one in EVALUATIONS],
        state_names=SECTION_STATES,
        draw_names=STATES,
        wanted=wanted,
        tail="seats" if visit.actor.role is Role.CENTRE else "redraw",
    )


HANDLERS = [listed]
