"""Asking for the committee: quota by profession, alternates, bodies to avoid; the draw's phases, never a name."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.draw.tables import Draw
from expertpool.experts.queries import reach
from infra.auth.organisations import checked_credit_code
from infra.kernel.problems import Problem
from trading.evaluation.foresight import draws_of, is_running, phases_of, section_for, suffices
from trading.evaluation.panel import request_panel
from trading.publication.rules import public_path
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.labels import SECTION_STATES
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

PROFESSIONS = {
    "A01": N_("Planning"),
    "A02": N_("Investment decision"),
    "A03": N_("Survey"),
    "A04": N_("Design"),
    "A05": N_("Supervision of works"),
    "A06": N_("Cost"),
    "A07": N_("Project management"),
    "A08": N_("Construction works"),
}
"""First two levels of the profession code (发改法规〔2018〕316号); others are shown by their code."""

PHASES = {
    "requested": N_("Asked for"),
    "frozen": N_("Pool frozen"),
    "audited": N_("Pool audited by the supervisor"),
    "committed": N_("Three bodies have committed"),
    "revealed": N_("Drawn; names sealed until sign-in"),
}
MOST = 99
SOON, LATER = 2, 10
"""Seconds until a page asks again: while something goes on by itself, and while it waits for a person."""
OVER = frozenset({*public_path()[public_path().index(SectionState.MARKED) :], SectionState.FAILED})
"""The states in which no committee is drawn or seated any more."""
FORMS = "forms"
"""What a page that asks again says of the forms it shows; it is sent forms only where others are due."""
_COUNT = re.compile(r"[0-9]{1,2}")


@get("/sections/{tender:str}/{number:str}/panel", opt=PROCURERS)
async def panel(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The request form with what the pool holds, and how far a draw has come."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit, {"alternates": "1"}))


@post("/sections/{tender:str}/{number:str}/panel/reach", opt=PROCURERS, status_code=200)
async def foreseen(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """Whether the pool suffices for what is typed: one word, so that nobody counts who works where."""
    form = typed(visit, data)
    async with stack.database.reading() as session:
        section = await section_for(session, visit.actor, f"{tender}/{number}")
        quota = _quota(form)
        enough = await suffices(session, section, quota, _codes(form)) if quota else None
    return page(visit, "procurement/panel_reach.html", demo=stack.demo, enough=enough, asked=sum(quota.values()))


@post("/sections/{tender:str}/{number:str}/panel", opt=PROCURERS, status_code=303)
async def ask(
    request: AnyRequest,
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Ask for the committee; the centre freezes the pool, and the rest happens by itself."""
    form, section_id = typed(visit, data), f"{tender}/{number}"
    alternates = form.value("alternates").strip()
    with form.field("alternates"):
        if not _COUNT.fullmatch(alternates):
            raise Problem("panel.number", given=alternates[:20])
    with form.field("avoid"):
        for code in _codes(form):
            checked_credit_code(code)
    if form.refused:
        return await _show(visit, stack, section_id, form)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            section = await section_for(work.session, visit.actor, section_id)
            if not await suffices(work.session, section, _quota(form), _codes(form)):
                raise Problem("panel.pool")
            await request_panel(work, section_id, quota=_quota(form), alternates=int(alternates), avoid=_codes(form))
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/panel"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        section = ground.section
        found = await draws_of(session, section_id)
        phases = [(draw, await phases_of(session, draw)) for draw in found[:5]]
        counts = await reach(session, section.region)
    regime = regime_of(section, stack.settings.mode)
    allowed = (*regime.words(Rule.DRAW_STATES), SectionState.EVALUATING)
    forms = "ask" if section.state in allowed and _may_ask(found) else "wait" if section.state in allowed else "none"
    return show_section(
        visit,
        stack,
        ground,
        "procurement/panel.html",
        status=form.status,
        form=form,
        counts=counts,
        professions=PROFESSIONS,
        attempts=phases,
        phase_names=PHASES,
        forms=forms,
        exchanged=dict(visit.asked).get(FORMS) != forms,
        path=f"/sections/{section_id}/panel",
        turns=turns(section, moving=bool(found) and is_running(found[0])),
        allowed=[SECTION_STATES[SectionState(state)] for state in allowed],
        least=regime.parameter(Rule.PANEL_MINIMUM),
        odd=regime.allows(Rule.PANEL_ODD),
    )


def turns(section: Section, *, moving: bool) -> int | None:
    """After how many seconds a page about the committee asks again; None once there is nothing to wait for."""
    if section.state in OVER:
        return None
    return SOON if moving else LATER


def _may_ask(found: list[Draw]) -> bool:
    """Whether the next request is welcome: none yet, one not frozen, or the supervisor has allowed another."""
    return not found or found[0].state == "requested" or found[0].repeat_reason is not None


def _quota(form: Form) -> Mapping[str, int]:
    """The numbers asked for by profession; empty fields and zeros are left out."""
    asked = {name.removeprefix("quota-"): text.strip() for name, text in form.values.items() if name[:6] == "quota-"}
    return {name: int(text) for name, text in asked.items() if _COUNT.fullmatch(text) and int(text)}


def _codes(form: Form) -> list[str]:
    return sorted({code.upper() for code in re.split(r"[\s,;，；、]+", form.value("avoid")) if code})[:MOST]


HANDLERS = [panel, foreseen, ask]
