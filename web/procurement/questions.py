"""The inbox of questions 答疑: read without knowing who asks, answered to everybody at once, or returned with reasons."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from infra.kernel.problems import Problem
from trading.clarifications.answering import answer, refuse
from trading.clarifications.queries import Asked, changes_of, find_asked, inbox
from trading.clarifications.states import QuestionKind, QuestionState
from trading.notices.rules import clarification_until
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of
from trading.sections.states import SectionState
from web.forms import Fields, Form, address, begin, typed
from web.i18n import N_
from web.procurement.ground import PROCURERS, Ground, ground_of, show_section
from web.state import Stack
from web.visit import AnyRequest, Visit

STATES = {
    QuestionState.ASKED: N_("Waits for an answer"),
    QuestionState.PREPARED: N_("Answered with the next addendum"),
    QuestionState.PUBLISHED: N_("Answered to everybody"),
    QuestionState.REFUSED: N_("Returned"),
}
TONES = {
    QuestionState.ASKED: " tag--warn",
    QuestionState.PREPARED: " tag--info",
    QuestionState.PUBLISHED: " tag--ok",
    QuestionState.REFUSED: "",
}
KINDS = {QuestionKind.QUESTION: N_("Question"), QuestionKind.OBJECTION: N_("Objection")}
AT_FIELDS = {
    "question.answer": "answer",
    "question.reasons": "reason",
    "addendum.affects": "affects",
    "addendum.too-late": "affects",
    "question.refusal": "refusal",
    "question.objection": "refusal",
}


@get("/sections/{tender:str}/{number:str}/questions", opt=PROCURERS)
async def question_list(
    tender: FromPath[str],
    number: FromPath[str],
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """Questions by day, what was issued so far, and the ways to an addendum or a later deadline."""
    asked = request.query_params
    place = asked.get("page", "")
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
        wanted = int(place) if place.isascii() and place.isdigit() and len(place) < 6 else 1
        found = await inbox(session, visit.actor, ground.section.id, asked.get("state", ""), wanted)
        changes = await changes_of(session, ground.section.id)
    regime = regime_of(ground.section, stack.settings.mode)
    deadline = ground.section.deadline
    return show_section(
        visit,
        stack,
        ground,
        "procurement/questions.html",
        found=found,
        asked_state=asked.get("state", ""),
        changes=changes,
        states=STATES,
        tones=TONES,
        kinds=KINDS,
        open=ground.state is SectionState.BIDDING,
        until=None if deadline is None else clarification_until(regime, deadline),
        rule=regime.parameter(Rule.CLARIFICATION),
    )


@get("/sections/{tender:str}/{number:str}/questions/{question:str}", opt=PROCURERS)
async def one_question(
    tender: FromPath[str],
    number: FromPath[str],
    question: FromPath[str],
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[str]:
    """One question as it was asked, and the form of its answer."""
    ground, asked = await _found(stack, visit, tender, number, question)
    initial = {"answer": asked.answer or "", "reason": asked.reasons or ""}
    if asked.affects is not None:
        initial["affects"] = "yes" if asked.affects else "no"
    return _show(visit, stack, ground, asked, await begin(stack, visit, initial))


@post("/sections/{tender:str}/{number:str}/questions/{question:str}", opt=PROCURERS, status_code=303)
async def answer_question(
    tender: FromPath[str],
    number: FromPath[str],
    question: FromPath[str],
    data: Fields,
    request: AnyRequest,
    visit: NamedDependency[Visit],
    stack: NamedDependency[Stack],
) -> Response[Any]:
    """Publish the answer, keep it for the addendum, or return the question."""
    ground, asked = await _found(stack, visit, tender, number, question)
    form, action = typed(visit, data), data.get("action", "publish")
    try:
        async with stack.database.work(visit.actor, address(request)) as work:
            if action == "refuse":
                await refuse(work, asked.id, form.value("refusal"))
            else:
                if form.value("affects") not in ("yes", "no"):
                    raise Problem("addendum.affects")
                affects, reasons = form.value("affects") == "yes", form.value("reason")
                told = form.value("answer")
                await answer(work, asked.id, told, affects=affects, reasons=reasons, later=action == "prepare")
    except Problem as problem:
        form.refuse(problem, AT_FIELDS.get(problem.code))
        return _show(visit, stack, ground, asked, form)
    return Redirect(visit.url(f"{ground.path}/questions"), status_code=303)


async def _found(stack: Stack, visit: Visit, tender: str, number: str, question: str) -> tuple[Ground, Asked]:
    async with stack.database.reading() as session:
        ground = await ground_of(session, visit, tender, number)
        return ground, await find_asked(session, visit.actor, ground.section.id, question)


def _show(visit: Visit, stack: Stack, ground: Ground, asked: Asked, form: Form) -> Response[str]:
    text = visit.texts.gettext
    regime = regime_of(ground.section, stack.settings.mode)
    return show_section(
        visit,
        stack,
        ground,
        "procurement/question.html",
        status=form.status,
        form=form,
        asked=asked,
        states=STATES,
        tones=TONES,
        kinds=KINDS,
        open=ground.state is SectionState.BIDDING and asked.state in (QuestionState.ASKED, QuestionState.PREPARED),
        yes_no=[("", "–"), ("yes", text("Yes")), ("no", text("No"))],
        rule=regime.parameter(Rule.CLARIFICATION),
    )


HANDLERS = [question_list, one_question, answer_question]
