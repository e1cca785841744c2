"""An addendum 补遗: the document in force edited in the builder, its changes looked at word by word, then published."""

from datetime import datetime
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from infra.kernel.amounts import in_words, read_yuan
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.clarifications.addenda import (
    Content,
    Terms,
    drop_addendum,
    publish_addendum,
    read_addendum,
    save_addendum,
)
from trading.clarifications.queries import version_of
from trading.clarifications.rules import check_clarified, check_extension, written
from trading.clarifications.tables import AddendumDraft
from trading.notices.rules import deadline_after_clarification
from trading.regimes.regime import Rule
from trading.sections.actions import issued, regime_of
from trading.sections.drafting import CLAUSES
from trading.sections.queries import document_of
from trading.sections.states import SectionState
from trading.sections.tables import Document, DocumentVersion
from trading.sections.terms import checked_ceiling
from web.forms import Fields, Form, address, begin, typed
from web.procurement.builder import Draft, arranged, changed, check, clause_text, fields_of
from web.procurement.document import builder_facts, tail_of, typed_instant
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.procurement.times import time_to_type, typed_time
from web.public.document_changes import Comparison, clauses_of, compared, words
from web.state import Stack
from web.visit import AnyRequest, Visit

TERMS = ("summary", "affects", "reason", "deadline", "ceiling")
AT_FIELDS = {
    "addendum.summary": "summary",
    "addendum.reasons": "reason",
    "addendum.too-late": "deadline",
    "addendum.affects": "affects",
    "extension.earlier": "deadline",
    "section.deadline-past": "deadline",
    "section.deadline-seconds": "deadline",
    "section.ceiling": "ceiling",
}


class Found(NamedTuple):
    """The section, its document in force with the version's clauses, and the draft, if one is being written."""

    ground: Ground
    document: Document
    version: DocumentVersion
    clauses: list[list[str]]
    draft: AddendumDraft | None

    @property
    def open(self) -> bool:
        """Whether addenda can be written now."""
        return self.ground.state is SectionState.BIDDING

    @property
    def fields(self) -> dict[str, str]:
        """The builder's fields: as they were typed, else the document in force."""
        if self.draft is not None and self.draft.fields:
            return self.draft.fields
        clauses = tuple((heading, text) for heading, text in self.clauses)
        document = self.document
        return fields_of(Draft(document.method, document.labels, clauses, document.examination))

    @property
    def terms(self) -> dict[str, str]:
        """What was typed of the addendum itself; the ceiling is that in force until another is typed."""
        ceiling = self.ground.section.ceiling
        return {"ceiling": "" if ceiling is None else yuan(Fen(ceiling)), **(self.draft.terms if self.draft else {})}


@get("/sections/{tender:str}/{number:str}/addendum", opt=PROCURERS)
async def edit_addendum(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The builder with the document in force, or with what was changed so far."""
    found = await _found(stack, visit, tender, number)
    return _show(visit, stack, found, await begin(stack, visit, {**found.fields, **found.terms}))


@post("/sections/{tender:str}/{number:str}/addendum", opt=PROCURERS, status_code=303)
async def write_addendum(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Save the draft after the button that was pressed."""
    found = await _found(stack, visit, tender, number)
    form, action = typed(visit, data), data.get("action", "save")
    terms = {name: form.value(name) for name in TERMS}
    try:
        fields = changed(form.values, "save" if action.startswith("template:") else action)
        async with stack.database.work(visit.actor, address(request)) as work:
            await save_addendum(work, found.ground.section.id, arranged(fields), terms)
    except Problem as problem:
        form.refuse(problem)
        return _show(visit, stack, found, form)
    tail = tail_of(action)
    return Redirect(visit.url(f"{found.ground.path}/addendum") + tail, status_code=303)


@post("/sections/{tender:str}/{number:str}/addendum/removal", opt=PROCURERS, status_code=303)
async def remove_addendum(
    tender: FromPath[str],
    number: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Throw the draft away and begin again from the document in force."""
    found = await _found(stack, visit, tender, number)
    async with stack.database.work(visit.actor, address(request)) as work:
        await drop_addendum(work, found.ground.section.id)
    return Redirect(visit.url(f"{found.ground.path}/questions"), status_code=303)


@get("/sections/{tender:str}/{number:str}/addendum/preview", opt=PROCURERS)
async def preview_addendum(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """What would change, word by word, and what still keeps it back."""
    found = await _found(stack, visit, tender, number)
    return _show_preview(visit, stack, found, Form(visit.language, found.terms))


@post("/sections/{tender:str}/{number:str}/addendum/preview", opt=PROCURERS, status_code=303)
async def publish(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Publish exactly the draft that the preview showed."""
    found = await _found(stack, visit, tender, number)
    form, checked = Form(visit.language, found.terms), Form(visit.language, {**found.fields, **found.terms})
    content, terms = _read(visit, stack, found, checked)
    if content is None or terms is None:
        return _show_preview(visit, stack, found, form)
    try:
        await publish_addendum(
            stack.database, stack.objects, visit.actor, found.ground.section.id, content, terms,
            typed_instant(data.get("saved_at", "")), address(request),
        )  # fmt: skip
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return _show_preview(visit, stack, found, form)
    return Redirect(visit.url(f"{found.ground.path}/clarifications"), status_code=303)


async def _found(stack: Stack, visit: Visit, tender: str, number: str) -> Found:
    async with stack.database.reading() as session:
        return await find(session, visit, tender, number)


async def find(session: AsyncSession, visit: Visit, tender: str, number: str) -> Found:
    """A section of one's own whose document is frozen; `section.without-document` before."""
    ground = await ground_of(session, visit, tender, number)
    if ground.state is SectionState.DRAFT:
        raise Problem("section.without-document", section=ground.section.id)
    document = await document_of(session, ground.section.id)
    version = await version_of(session, ground.section.id, document.version)
    clauses = await clauses_of(session, ground.section.title, version)
    return Found(ground, document, version, clauses, await read_addendum(session, ground.section))


def _read(visit: Visit, stack: Stack, found: Found, form: Form) -> tuple[Content | None, Terms | None]:
    """What the draft says; what is wrong is refused at the form, all of it."""
    section, told = found.ground.section, check(form, regime_of(found.ground.section, stack.settings.mode))
    ceiling: Fen | None = None
    with form.field("ceiling"):
        text = form.value("ceiling").strip()
        ceiling = checked_ceiling(read_yuan(text)) if text else None
    terms = _terms(visit, stack, found, form)
    if form.refused or terms is None:
        return None, None
    clauses = [list(clause) for clause in told.clauses]
    text = clause_text(section.title, told.clauses)
    return Content(told.method, told.labels, text, clauses, ceiling, told.examination), terms


def _terms(visit: Visit, stack: Stack, found: Found, form: Form) -> Terms | None:
    section = found.ground.section
    assert section.deadline is not None
    with form.field("summary"):
        written(form.value("summary"), "addendum.summary")
    with form.field("affects"):
        if form.value("affects") not in ("yes", "no"):
            raise Problem("addendum.affects")
    with form.field("reason"):
        written(form.value("reason"), "addendum.reasons")
    deadline: datetime | None = None
    affects = form.value("affects") == "yes"
    with form.field("deadline"):
        if form.value("deadline").strip():
            deadline = typed_time(form.value("deadline"))
            check_extension(visit.now, section.deadline, deadline)
        regime = regime_of(section, stack.settings.mode)
        check_clarified(regime, visit.now, deadline or section.deadline, affects=affects)
    return None if form.refused else Terms(form.value("summary"), affects, form.value("reason"), deadline)


def _show(visit: Visit, stack: Stack, found: Found, form: Form) -> Response[str]:
    section, regime = found.ground.section, regime_of(found.ground.section, stack.settings.mode)
    terms = {name: form.value(name) for name in TERMS}
    form.values = {**arranged(form.values), **terms}
    earliest = None
    if section.deadline is not None:
        earliest = deadline_after_clarification(regime, visit.now, section.deadline)
    text = visit.texts.gettext
    return show_section(
        visit,
        stack,
        found.ground,
        "procurement/addendum.html",
        status=form.status,
        form=form,
        draft=found.draft,
        files=found.draft.files if found.draft else found.document.files,
        clause_file=CLAUSES,
        version=found.document.version,
        open=found.open,
        earliest=earliest,
        suggested=time_to_type(earliest) if earliest else "",
        rule=regime.parameter(Rule.CLARIFICATION),
        yes_no=[("", "–"), ("yes", text("Yes")), ("no", text("No"))],
        **builder_facts(visit, stack, found.ground, form),
    )


def _show_preview(visit: Visit, stack: Stack, found: Found, form: Form) -> Response[str]:
    checked = Form(visit.language, {**found.fields, **found.terms})
    content, terms = _read(visit, stack, found, checked)
    if found.draft is None:
        checked.refuse(Problem("addendum.none"))
    section = found.ground.section
    assert section.deadline is not None
    deadline = terms.deadline if terms and terms.deadline else section.deadline
    ceiling = content.ceiling if content else None
    return show_section(
        visit,
        stack,
        found.ground,
        "procurement/addendum_preview.html",
        status=form.status,
        form=form,
        conflicts=checked.refusals,
        comparison=_comparison(visit, found, content),
        terms=terms,
        version=found.document.version + 1,
        deadline=deadline,
        moved=deadline != section.deadline,
        ceiling=None if ceiling is None else yuan(ceiling),
        ceiling_words=None if ceiling is None else in_words(ceiling),
        saved_at=found.draft.saved_at.isoformat() if found.draft else "",
        **words(),
    )


def _comparison(visit: Visit, found: Found, content: Content | None) -> Comparison | None:
    """The version that would be issued beside the one in force."""
    if content is None or found.draft is None:
        return None
    document = Document(
        section=found.ground.section.id,
        region=found.ground.section.region,
        method=content.method,
        labels=content.labels,
        examination=[*content.examination],
        files=found.draft.files,
        digest=b"",
        frozen_at=visit.now,
        version=found.document.version + 1,
    )
    next_one = issued(found.ground.section, document, content.clauses)
    next_one.ceiling = content.ceiling
    return compared(visit, found.version, next_one, (found.clauses, content.clauses))


HANDLERS = [edit_addendum, write_addendum, remove_addendum, preview_addendum, publish]
