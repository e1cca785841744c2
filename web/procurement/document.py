"""The tender document builder: clauses, scoring method and files as a draft; looked at as the public will; frozen."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.amounts import in_words
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.evaluation.method import FULL_MARKS
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.drafting import freeze_draft, read_draft, save_fields
from trading.sections.queries import document_of
from trading.sections.states import SectionState
from trading.sections.tables import SectionDraft
from trading.sections.templates import templates_for
from web.errors import Told
from web.forms import Fields, Form, address, begin, typed
from web.procurement.builder import PRICE, TIES, Draft, arranged, changed, check, clause_text, points, tree
from web.procurement.builder_rows import bands, rows
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.procurement.words import GROUPS, ITEM_KINDS, KINDS, STAGES
from web.procurement.words import TIES as TIE_WORDS
from web.public.results import GROUPS as PUBLIC_GROUPS
from web.public.section_view import TIES as PUBLIC_TIES
from web.public.section_view import full_marks, percent
from web.state import Stack
from web.visit import AnyRequest, Visit


@get("/sections/{tender:str}/{number:str}/document", opt=PROCURERS)
async def edit_document(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The builder with the draft as it was saved; what is wrong with it is told, and never in the way of saving."""
    ground, draft = await _found(stack, visit, tender, number)
    if ground.state is not SectionState.DRAFT:
        return await _show_frozen(visit, stack, ground)
    return _show(visit, stack, ground, draft, await begin(stack, visit, draft.fields))


@post("/sections/{tender:str}/{number:str}/document", opt=PROCURERS, status_code=303)
async def save_document(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Save the draft after the button that was pressed: a row more or less, a template, the preview."""
    ground, draft = await _found(stack, visit, tender, number)
    form, action = typed(visit, data), data.get("action", "save")
    try:
        fields = changed(form.values, action)
        async with stack.database.work(visit.actor, address(request)) as work:
            await save_fields(work, ground.section.id, fields)
    except Problem as problem:
        if ground.state is not SectionState.DRAFT:
            raise
        form.refuse(problem)
        return _show(visit, stack, ground, draft, form)
    tail = tail_of(action)
    return Redirect(visit.url(f"{ground.path}/document") + tail, status_code=303)


@get("/sections/{tender:str}/{number:str}/document/preview", opt=PROCURERS)
async def preview_document(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The document as the public will see it, or all that keeps it from being frozen."""
    ground, draft = await _found(stack, visit, tender, number)
    return _show_preview(visit, stack, ground, draft, Form(visit.language, draft.fields))


@post("/sections/{tender:str}/{number:str}/document/preview", opt=PROCURERS, status_code=303)
async def freeze(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Freeze exactly the draft that the preview showed."""
    ground, draft = await _found(stack, visit, tender, number)
    form = Form(visit.language, draft.fields)
    told = check(form, regime_of(ground.section, stack.settings.mode))
    if form.refused:
        return _show_preview(visit, stack, ground, draft, Form(visit.language, draft.fields))
    try:
        await freeze_draft(
            stack.database,
            stack.objects,
            visit.actor,
            ground.section.id,
            method=told.method,
            labels=told.labels,
            clauses=clause_text(ground.section.title, told.clauses),
            headed=told.clauses,
            examination=told.examination,
            saved_at=typed_instant(data.get("saved_at", "")),
            address=address(request),
        )
    except Problem as problem:
        refused = Form(visit.language, draft.fields)
        refused.refuse(problem)
        return _show_preview(visit, stack, ground, draft, refused)
    return Redirect(visit.url(f"{ground.path}/notice"), status_code=303)


def tail_of(action: str) -> str:
    """Where a button of the builder leads: to the row it added, or to another page of the document."""
    if action.startswith("add:band-"):
        return f"#bands-{action.removeprefix('add:band-')}"
    if action.startswith("examine:"):
        return "#checks"
    places = {"add:item": "#items", "add:check": "#checks", "add:clause": "#clauses"}
    pages = {"preview": "/preview", "files": "/files", "table": "/table"}
    return {**places, **pages}.get(action, "")


async def _found(stack: Stack, visit: Visit, tender: str, number: str) -> tuple[Ground, SectionDraft]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
        return ground, await read_draft(session, ground.section)


def _show(visit: Visit, stack: Stack, ground: Ground, draft: SectionDraft, form: Form) -> Response[str]:
    form.values = arranged(form.values)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/document.html",
        status=form.status,
        form=form,
        draft=draft,
        saved=bool(draft.saved_at),
        **builder_facts(visit, stack, ground, form),
    )


def builder_facts(visit: Visit, stack: Stack, ground: Ground, form: Form) -> dict[str, Any]:
    """What the builder's templates need for a form whose rows are arranged."""
    text = visit.texts.gettext
    regime = regime_of(ground.section, stack.settings.mode)
    return {
        "conflicts": _conflicts(visit, stack, ground, form.values) if form.values else [],
        "items": rows(form.values, "item"),
        "bands": [bands(form.values, place) for place in range(1, len(rows(form.values, "item")) + 1)],
        "checks": rows(form.values, "check"),
        "tree": tree(form.values),
        "stages": [(stage.value, text(words)) for stage, words in STAGES.items()],
        "grounds": [("", "–"), *((one, one) for one in regime.words(Rule.REJECTION_GROUNDS))],
        "ground_rule": regime.parameter(Rule.REJECTION_GROUNDS),
        "reasons_share": percent(str(regime.rate(Rule.REASON_BELOW))),
        "clauses": rows(form.values, "clause"),
        "points": points(form.values),
        "full": FULL_MARKS,
        "price_fields": PRICE,
        "templates": templates_for(regime),
        "kinds": [(kind, text(words)) for kind, words in KINDS.items()],
        "kind_words": KINDS,
        "group_words": GROUPS,
        "groups": [(group, text(words)) for group, words in GROUPS.items()],
        "item_kinds": [(kind, text(words)) for kind, words in ITEM_KINDS.items()],
        "ties": [("", "–"), *((tie, text(words)) for tie, words in TIE_WORDS.items())],
        "tie_places": range(1, TIES + 1),
    }


def _show_preview(visit: Visit, stack: Stack, ground: Ground, draft: SectionDraft, form: Form) -> Response[str]:
    checked = Form(visit.language, draft.fields)
    told = check(checked, regime_of(ground.section, stack.settings.mode))
    shown = {} if checked.refused else as_shown(told)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/document_preview.html",
        status=form.status,
        form=form,
        draft=draft,
        conflicts=checked.refusals,
        told=told,
        saved_at=draft.saved_at.isoformat() if draft.saved_at else "",
        **_ceiling(ground),
        **shown,
    )


async def _show_frozen(visit: Visit, stack: Stack, ground: Ground) -> Response[str]:
    async with stack.database.reading() as session:
        document = await document_of(session, ground.section.id)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/document_frozen.html",
        document=document,
        **_ceiling(ground),
        **as_shown(Draft(document.method, document.labels, (), document.examination)),
    )


def as_shown(told: Draft) -> dict[str, Any]:
    """What the public page's own template of a method needs."""
    return {
        "method": told.method,
        "found": SimpleNamespace(document=SimpleNamespace(labels=told.labels, examination=told.examination)),
        "full_marks": full_marks(told.method),
        "percent": percent,
        "stage_names": STAGES,
        "tie_names": PUBLIC_TIES,
        "groups": PUBLIC_GROUPS,
    }


def _ceiling(ground: Ground) -> dict[str, str | None]:
    ceiling = ground.section.ceiling
    if ceiling is None:
        return {"ceiling": None, "ceiling_words": None}
    return {"ceiling": yuan(Fen(ceiling)), "ceiling_words": in_words(Fen(ceiling))}


def _conflicts(visit: Visit, stack: Stack, ground: Ground, fields: dict[str, str]) -> list[tuple[str | None, Told]]:
    form = Form(visit.language, fields)
    check(form, regime_of(ground.section, stack.settings.mode))
    return form.refusals


def typed_instant(text: str) -> datetime | None:
    """The instant a hidden field brings back; None for what is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


HANDLERS = [edit_document, save_document, preview_document, freeze]
