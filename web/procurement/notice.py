"""Keyset and notice: a deadline that holds, three trustees who sign for it, a notice looked at before it is published."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.custody import duties
from infra.kernel.amounts import in_words
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.notices.rules import REQUIRED_FIELDS, check_fields, check_periods, preview_periods
from trading.regimes.days import ShortDays
from trading.regimes.regime import Regime, Rule
from trading.regimes.rules import REGIMES
from trading.sections.actions import ask_for_keyset, publish_tender, regime_of
from trading.sections.drafting import read_draft, save_notice
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.i18n import ZONE, moment, utc_offset
from web.labels import INVITED
from web.labels_notices import NOTICE_FACTS
from web.procurement.custodians import Custodian, custodians_of
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.procurement.times import time_to_type, typed_time
from web.state import Stack
from web.visit import AnyRequest, Visit

AT_FIELDS = {
    "notice.sale-too-short": "sale_ends",
    "notice.sale-after-deadline": "sale_ends",
    "notice.deadline-too-early": "deadline",
    "section.deadline-past": "deadline",
    "section.deadline-seconds": "deadline",
}
DEMO_MARGIN, MARGIN = timedelta(minutes=5), timedelta(days=1)
MORNING = 9, 30


@get("/sections/{tender:str}/{number:str}/notice", opt=PROCURERS)
async def edit_notice(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """Times and keyset first, then the notice's fields; each as it was saved last."""
    ground = await _ground(stack, visit, tender, number)
    async with stack.database.reading() as session:
        draft = await read_draft(session, ground.section)
    suggested = _suggested(_regime(visit, stack, ground), visit.now)
    times = {name: time_to_type(at) for name, at in zip(("sale_ends", "deadline"), suggested, strict=True)}
    if ground.progress.keyset:
        times["deadline"] = time_to_type(ground.progress.keyset.deadline)
    initial = {"name": ground.section.title, **draft.notice}
    stale = _overdue(initial, visit.now)
    form = await begin(stack, visit, {**times, **initial, **({"deadline": times["deadline"]} if stale else {})})
    return await _show(visit, stack, ground, form)


@post("/sections/{tender:str}/{number:str}/notice/keyset", opt=PROCURERS, status_code=303)
async def request_keys(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Ask the trustees for the keyset of a deadline, after the periods have been looked at; nothing is sent before."""
    ground = await _ground(stack, visit, tender, number)
    form = await _merged(stack, visit, ground, data)
    times = _times(form)
    if times:
        try:
            check_periods(_regime(visit, stack, ground), visit.now, *times)
            async with stack.database.work(visit.actor, address(request)) as work:
                await save_notice(work, ground.section.id, _notice(form))
            async with stack.database.work(visit.actor, address(request)) as work:
                await ask_for_keyset(work, ground.section.id, times[1])
            return Redirect(visit.url(f"{ground.path}/notice") + "#keys", status_code=303)
        except Problem as problem:
            form.refuse(problem, AT_FIELDS.get(problem.code))
    return await _show(visit, stack, ground, form)


@post("/sections/{tender:str}/{number:str}/notice", opt=PROCURERS, status_code=303)
async def save(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Save the notice's fields, and go on to the preview where that was asked for."""
    ground = await _ground(stack, visit, tender, number)
    form = await _merged(stack, visit, ground, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await save_notice(work, ground.section.id, _notice(form))
    except Problem as problem:
        form.refuse(problem)
        return await _show(visit, stack, ground, form)
    tail = "/preview" if data.get("action") == "preview" else ""
    return Redirect(visit.url(f"{ground.path}/notice{tail}"), status_code=303)


@get("/sections/{tender:str}/{number:str}/notice/preview", opt=PROCURERS)
async def preview_notice(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The notice as it will be published, and what still keeps it back."""
    ground = await _ground(stack, visit, tender, number)
    return await _show_preview(visit, stack, ground, None)


@post("/sections/{tender:str}/{number:str}/notice/preview", opt=PROCURERS, status_code=303)
async def publish(
    tender: FromPath[str],
    number: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Publish the notice; what is published stays."""
    ground = await _ground(stack, visit, tender, number)
    async with stack.database.reading() as session:
        form = Form(visit.language, (await read_draft(session, ground.section)).notice)
    times = _times(form)
    if times is None:
        return await _show_preview(visit, stack, ground, form)
    fields = {name: form.value(name).strip() for name in REQUIRED_FIELDS}
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await publish_tender(work, ground.section.id, sale_ends=times[0], deadline=times[1], fields=fields)
    except Problem as problem:
        form.refuse(problem)
        return await _show_preview(visit, stack, ground, form)
    return Redirect(visit.url(ground.path), status_code=303)


async def _ground(stack: Stack, visit: Visit, tender: str, number: str) -> Ground:
    async with stack.database.reading() as session:
        return await ground_of(session, visit, tender, number)


async def _merged(stack: Stack, visit: Visit, ground: Ground, data: dict[str, str]) -> Form:
    """What was sent, over what had been saved: times and fields stand in forms of their own."""
    async with stack.database.reading() as session:
        draft = await read_draft(session, ground.section)
    return typed(visit, {**draft.notice, **data})


def _notice(form: Form) -> dict[str, str]:
    return {name: form.value(name) for name in (*REQUIRED_FIELDS, "sale_ends", "deadline") if form.value(name).strip()}


def _times(form: Form) -> tuple[datetime, datetime] | None:
    found = []
    for name in ("sale_ends", "deadline"):
        with form.field(name):
            found.append(typed_time(form.value(name)))
    return (found[0], found[1]) if len(found) == 2 else None


def _overdue(fields: dict[str, str], now: datetime) -> bool:
    try:
        return typed_time(fields["deadline"]) <= now
    except (KeyError, Problem):
        return False


def _regime(visit: Visit, stack: Stack, ground: Ground) -> Regime:
    kind = regime_of(ground.section, stack.settings.mode).kind
    return REGIMES.on(visit.now, kind, mode=stack.settings.mode, region=ground.section.region)


def _suggested(regime: Regime, now: datetime) -> tuple[datetime, datetime]:
    """A sale and a deadline that leave time to write the notice: minutes in the demo, else a morning after the earliest."""
    earliest = preview_periods(regime, now)
    if isinstance(regime.days, ShortDays):
        deadline = (earliest.deadline_from + DEMO_MARGIN).replace(second=0, microsecond=0)
        return deadline, deadline
    local = (earliest.deadline_from + MARGIN).astimezone(ZONE)
    while not regime.days.calendar.is_working(local.date()):
        local += MARGIN
    deadline = local.replace(hour=MORNING[0], minute=MORNING[1], second=0, microsecond=0)
    return deadline, deadline


async def _show(visit: Visit, stack: Stack, ground: Ground, form: Form) -> Response[str]:
    regime = _regime(visit, stack, ground)
    keyset = ground.progress.keyset
    custodians: list[Custodian] = []
    async with stack.database.reading() as session:
        custodians = await custodians_of(session, keyset)
        enrolled = await duties.trustees(session)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/notice.html",
        status=form.status,
        form=form,
        open=ground.state in (SectionState.DRAFT, SectionState.READY),
        ready=ground.state is SectionState.READY,
        keyset=keyset,
        second=ground.progress.second,
        keyed=ground.progress.keyed,
        custodians=custodians,
        enrolled=len(enrolled),
        periods=preview_periods(regime, visit.now),
        rules=[regime.parameter(rule) for rule in (Rule.DOCUMENT_SALE, Rule.SUBMISSION)],
        fields_needed=[(name, NOTICE_FACTS[name]) for name in REQUIRED_FIELDS],
    )


async def _show_preview(visit: Visit, stack: Stack, ground: Ground, form: Form | None) -> Response[str]:
    async with stack.database.reading() as session:
        draft = await read_draft(session, ground.section)
    form = form or Form(visit.language, draft.notice)
    checked = Form(visit.language, draft.notice)
    times = _times(checked)
    _check(checked, ground, times)
    if times:
        for problem in preview_periods(_regime(visit, stack, ground), visit.now, *times).refusals:
            checked.refuse(problem, AT_FIELDS.get(problem.code))
    ceiling = ground.section.ceiling
    return show_section(
        visit,
        stack,
        ground,
        "procurement/notice_preview.html",
        status=form.status,
        form=form,
        conflicts=checked.refusals,
        facts=[(NOTICE_FACTS[name], draft.notice.get(name, "")) for name in REQUIRED_FIELDS],
        times=times,
        invited_by=INVITED.get(ground.section.invited_by or "", ""),
        ceiling=None if ceiling is None else yuan(Fen(ceiling)),
        ceiling_words=None if ceiling is None else in_words(Fen(ceiling)),
        publishable=not checked.refusals and ground.state is SectionState.READY,
        deadline_told=f"{moment(times[1], visit.language, seconds=True)} {utc_offset(times[1])}" if times else "",
    )


def _check(checked: Form, ground: Ground, times: tuple[datetime, datetime] | None) -> None:
    """What keeps the notice back besides the periods: fields, document, keyset, another deadline than the keyset's."""
    keyset = ground.progress.keyset
    keyed = ground.progress.keyed
    try:
        check_fields(checked.values)
    except Problem as problem:
        checked.refuse(problem)
    if ground.state is SectionState.DRAFT:
        checked.refuse(Problem("section.without-document", section=ground.section.id))
    if keyset is None or not keyed:
        checked.refuse(Problem("section.without-keyset", section=ground.section.id))
    elif times and times[1] != keyset.deadline:
        checked.refuse(Problem("section.keyset-deadline", keyset=keyset.deadline, deadline=times[1]), "deadline")


HANDLERS = [edit_notice, request_keys, save, preview_notice, publish]
