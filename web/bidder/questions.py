"""Asking and objecting as a bidder 答疑·异议: the form, one's own questions, what was answered, being told of changes."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.clarifications.asking import ask
from trading.clarifications.queries import changes_of, is_subscribed, own_questions, section_of_own
from trading.clarifications.rules import asked_until
from trading.clarifications.states import QuestionKind, QuestionState
from trading.clarifications.subscribing import leave_body, subscribe_body
from trading.invited.queries import require_bidder
from trading.publication.queries import dossier
from trading.regimes.regime import Rule
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.public.section_view import regime_of
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

BIDDER = {"audience": "bidder"}
KINDS = {
    QuestionKind.QUESTION: N_("Question about the document"),
    QuestionKind.OBJECTION: N_("Objection to the document (the tender stands still until it is answered)"),
}
STATES = {
    QuestionState.ASKED: N_("Received, not answered yet"),
    QuestionState.PREPARED: N_("Received, not answered yet"),
    QuestionState.PUBLISHED: N_("Answered to everybody"),
    QuestionState.REFUSED: N_("Returned to you"),
}
TONES = {QuestionState.PUBLISHED: " tag--ok", QuestionState.REFUSED: " tag--warn"}
AT_FIELDS = {"question.text": "text", "question.kind": "kind", "question.too-late": "kind"}


@get("/sections/{tender:str}/{number:str}/ask", opt=BIDDER)
async def ask_form(
    tender: FromPath[str], number: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[str]:
    """The form, and what one's own body has asked so far."""
    return await _show(visit, stack, f"{tender}/{number}", await begin(stack, visit, {"kind": "question"}))


@get("/questions/{question:str}", opt=BIDDER)
async def own_question(
    question: FromPath[str], visit: NamedDependency[Visit], stack: NamedDependency[Stack]
) -> Response[Any]:
    """Where a message about one of one's own questions leads; `question.unknown` for any other."""
    async with stack.database.reading() as session:
        section = await section_of_own(session, visit.actor, question)
    return Redirect(visit.url(f"/sections/{section}/ask") + "#own", status_code=303)


@post("/sections/{tender:str}/{number:str}/ask", opt=BIDDER, status_code=303)
async def send_question(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Ask or object."""
    section, form = f"{tender}/{number}", typed(visit, data)
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            await ask(work, section, form.value("kind"), form.value("text"))
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return await _show(visit, stack, section, form)
    return Redirect(visit.url(f"/sections/{section}/ask") + "#own", status_code=303)


@post("/sections/{tender:str}/{number:str}/following", opt=BIDDER, status_code=303)
async def follow(
    tender: FromPath[str],
    number: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Let one's body be told of changes by message, or no more."""
    section = f"{tender}/{number}"
    async with stack.database.work(visit.actor, address(request)) as work:
        await (leave_body if data.get("action") == "leave" else subscribe_body)(work, section)
    return Redirect(visit.url(f"/sections/{section}/ask"), status_code=303)


async def _show(visit: Visit, stack: Stack, section_id: str, form: Form) -> Response[str]:
    async with stack.database.reading() as session:
        found = await dossier(session, section_id)
        await require_bidder(session, visit.actor, found.section)
        own = await own_questions(session, visit.actor, section_id)
        changes = await changes_of(session, section_id)
        follows = await is_subscribed(session, visit.actor, section_id)
    section, regime = found.section, regime_of(found)
    assert section.deadline is not None and section.published_at is not None
    clock = section.deadline, section.published_at
    rules = ((QuestionKind.QUESTION, Rule.QUESTION), (QuestionKind.OBJECTION, Rule.OBJECTION_DOCUMENT))
    return page(
        visit,
        "bidder/ask.html",
        demo=stack.demo,
        status=form.status,
        found=found,
        section=section,
        path=f"/sections/{section.id}",
        form=form,
        open=section.state == SectionState.BIDDING and visit.now < section.deadline,
        limits=[(kind, asked_until(regime, kind, *clock), regime.parameter(rule)) for kind, rule in rules],
        kinds=[(str(kind), visit.texts.gettext(text)) for kind, text in KINDS.items()],
        own=own,
        answers={one.question: one for one in changes.clarifications},
        states=STATES,
        tones=TONES,
        changes=changes,
        follows=follows,
    )


HANDLERS = [ask_form, own_question, send_question, follow]
