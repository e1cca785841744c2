"""Asking for the committee: quota by profession, alternates, bodies to avoid; the draw's phases, never a name."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from expertpool.draw.needs import Need
from expertpool.draw.tables import Draw
from expertpool.experts.profile import checked_identity
from expertpool.experts.rules import RESIDENT
from expertpool.professions.rules import FORM
from infra.auth.organisations import checked_credit_code
from infra.auth.registration.queries import centres
from infra.kernel.problems import Problem
from trading.evaluation.foresight import (
    SECOND_LEVEL,
    deeper,
    draws_of,
    is_running,
    offered,
    phases_of,
    refusal_of,
    section_for,
    suffices,
)
from trading.evaluation.panel import Terms, request_panel
from trading.publication.rules import public_path
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.labels import SECTION_STATES
from web.procurement.attempts import notes_of
from web.procurement.ground import PROCURERS, ground_of, show_section
from web.procurement.times import time_to_type, typed_time
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
ORIGINS = (N_("This district"), N_("The whole city"), N_("The whole province"))
"""Where experts may come from, by the length of the region's code."""
LONGEST_NAME = 80
AT_FIELDS = {
    "panel.past": "evaluation_at",
    "panel.experts": "representatives",
    "panel.representatives": "representatives",
    "panel.too-early": "evaluation_at",
    "panel.place": "place",
    "time.unreadable": "evaluation_at",
}
DEEPER = (1, 2, 3, 4)
"""The lines for professions below the second level."""
_COUNT = re.compile(r"[0-9]{1,2}")


@get("/sections/{tender:str}/{number:str}/panel", opt=PROCURERS)
async def panel(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The request form with what the pool holds, and how far a draw has come."""
    return await show_panel(
        visit,
        stack,
        f"{tender}/{number}",
        await begin(stack, visit, await _initial(stack, visit, f"{tender}/{number}")),
    )


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
        at = _time(form)
        quota = asked_for(form, section.region)
        enough = await suffices(session, section, quota, _codes(form), at) if quota else None
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
    with form.field("representatives"):
        _representatives(form)
    for place in DEEPER:
        with form.field(f"deep-{place}"):
            require_deeper(form, place)
    with form.field("avoid"):
        for code in _codes(form):
            checked_credit_code(code)
    with form.field("private_persons"):
        _persons(form)
    with form.field("evaluation_at"):
        typed_time(form.value("evaluation_at"))
    if form.refused:
        return await show_panel(visit, stack, section_id, form)
    terms = Terms(
        typed_time(form.value("evaluation_at")), form.value("place"), form.value("remote") == "yes", _persons(form)
    )
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            section = await section_for(work.session, visit.actor, section_id)
            quota = asked_for(form, section.region)
            if not await suffices(work.session, section, quota, _codes(form), terms.evaluation_at):
                raise Problem("panel.pool")
            await request_panel(
                work, section_id, quota=quota, alternates=int(alternates), avoid=_codes(form),
                keys=stack.keys.service, terms=terms, representatives=_representatives(form),
            )  # fmt: skip
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await show_panel(visit, stack, section_id, form)
    return Redirect(visit.url(f"/sections/{section_id}/panel"), status_code=303)


async def _initial(stack: Stack, visit: Visit, section_id: str) -> dict[str, str]:
    """The full hour after the next, and the house of the region's centre."""
    at = (visit.now + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    async with stack.database.reading() as session:
        section = await section_for(session, visit.actor, section_id)
        houses = {one.region: one.name for one in await centres(session)}
    return {
        "alternates": "1",
        "representatives": "0",
        "evaluation_at": time_to_type(at),
        "place": houses.get(section.region, ""),
    }


async def show_panel(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    """The page as it stands now, with a form that may have been refused."""
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, *section_id.split("/"))
        section = ground.section
        found = await draws_of(session, section_id)
        phases = [(draw, await phases_of(session, draw)) for draw in found[:5]]
        notes = await notes_of(session, visit, found[:5])
        refused = await refusal_of(session, found[0]) if found else None
        counts = await offered(session, section.region)
        below = await deeper(session, section.region)
    regime = regime_of(section, stack.settings.mode)
    allowed = (*regime.words(Rule.DRAW_STATES), SectionState.EVALUATING)
    forms = "ask" if section.state in allowed and _may_ask(found) else "wait" if section.state in allowed else "none"
    if forms == "ask" and _for_vacant(found):
        forms = "fill"
    return show_section(
        visit,
        stack,
        ground,
        "procurement/panel.html",
        status=form.status,
        form=form,
        counts=counts,
        below=below,
        deeper=DEEPER,
        deeper_typed=any(form.value(f"deep-{place}") for place in DEEPER),
        representatives=found[0].request.get("representatives", 0) if found else 0,
        most=regime.parameter(Rule.REPRESENTATIVES_MOST),
        share=regime.parameter(Rule.PANEL_EXPERTS),
        refused=refused,
        professions=PROFESSIONS,
        origins=dict(zip((section.region, section.region[:4], section.region[:2]), ORIGINS, strict=True)),
        attempts=phases,
        notes=notes,
        phase_names=PHASES,
        forms=forms,
        exchanged=dict(visit.asked).get(FORMS) != forms,
        path=f"/sections/{section_id}/panel",
        turns=turns(section, moving=bool(found) and is_running(found[0])),
        allowed=[SECTION_STATES[SectionState(state)] for state in allowed],
        least=regime.parameter(Rule.PANEL_MINIMUM),
        odd=regime.allows(Rule.PANEL_ODD),
        lead=regime.parameter(Rule.DRAW_LEAD),
    )


def turns(section: Section, *, moving: bool) -> int | None:
    """After how many seconds a page about the committee asks again; None once there is nothing to wait for."""
    if section.state in OVER:
        return None
    return SOON if moving else LATER


def _may_ask(found: list[Draw]) -> bool:
    """Whether the next request is welcome: none yet, one not frozen, or the supervisor has allowed another."""
    return not found or found[0].state == "requested" or found[0].repeat_reason is not None


def _for_vacant(found: list[Draw]) -> bool:
    """Whether only the vacant seats may be asked for next."""
    if not found:
        return False
    return found[0].supplement if found[0].state == "requested" else found[0].repeat_supplement


def asked_for(form: Form, home: str) -> Mapping[str, int]:
    """The numbers asked for by need; a profession of the section's own region is told by its bare code."""
    found: dict[str, int] = {}
    for name, text in form.values.items():
        profession = name.removeprefix("quota-")
        if profession != name and _COUNT.fullmatch(text.strip()) and int(text):
            region = form.value(f"region-{profession}") or home
            found[profession if region == home else Need(profession, region).code] = int(text)
    for place in DEEPER:
        code, text = _deeper_code(form, place), form.value(f"deepquota-{place}").strip()
        if FORM.fullmatch(code) and _COUNT.fullmatch(text) and int(text):
            need = Need(code, form.value(f"deepregion-{place}") or home).code
            found[need] = found.get(need, 0) + int(text)
    return found


def _deeper_code(form: Form, place: int) -> str:
    return form.value(f"deep-{place}").strip().upper()


def require_deeper(form: Form, place: int) -> None:
    """`panel.need` where a line names no profession below the second level, or no number of judges."""
    code, text = _deeper_code(form, place), form.value(f"deepquota-{place}").strip()
    if not code and not text:
        return
    if not FORM.fullmatch(code) or len(code) <= SECOND_LEVEL or not _COUNT.fullmatch(text):
        raise Problem("panel.need", given=code[:9])


def _representatives(form: Form) -> int:
    text = form.value("representatives").strip() or "0"
    if not _COUNT.fullmatch(text):
        raise Problem("representative.number", given=text[:20])
    return int(text)


def _persons(form: Form) -> tuple[tuple[str, str], ...]:
    """Who must not be drawn, one a line: a whole name, or a name and an identity number; `panel.person` for others."""
    found = []
    for place, line in enumerate(form.value("private_persons").splitlines(), 1):
        parts = [part.strip() for part in re.split(r"[,，;；\t]", line) if part.strip()]
        if not parts:
            continue
        name, number = (*parts, "")[:2]
        if len(parts) > 2 or len(name) > LONGEST_NAME or any(sign.isdigit() for sign in name):
            raise Problem("panel.person", line=place)
        found.append((name, _identity(number, place)))
    return tuple(found[:MOST])


def _identity(number: str, place: int) -> str:
    try:
        return checked_identity(f"{RESIDENT}:{number}") if number else ""
    except Problem as problem:
        raise Problem("panel.person", line=place) from problem


def _time(form: Form) -> datetime | None:
    """The time of the evaluation as far as it can be read."""
    try:
        return typed_time(form.value("evaluation_at"))
    except Problem:
        return None


def _codes(form: Form) -> list[str]:
    return sorted({code.upper() for code in re.split(r"[\s,;，；、]+", form.value("avoid")) if code})[:MOST]


HANDLERS = [panel, foreseen, ask]
