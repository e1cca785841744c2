"""Answering: to everybody at once, word for word as it was asked, now or with the next addendum; or back to the asker."""

from collections.abc import Sequence

from sqlalchemy import func, select

from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.clarifications.extending import CLOSING_TIMER, bidding_section
from trading.clarifications.rules import check_clarified, written
from trading.clarifications.states import LIFE, OPEN, QuestionKind, QuestionState
from trading.clarifications.subscribing import tell_subscribers
from trading.clarifications.tables import Clarification, Question
from trading.regimes.regime import Rule
from trading.sections.actions import own_section, regime_of
from trading.sections.tables import Section


async def answer(work: Work, question_id: str, text: str, *, affects: bool, reasons: str, later: bool = False) -> None:
    """Publish the answer to everybody, or (`later`) keep it for the next addendum.

    `affects` says whether it may touch the preparation of bids, `reasons` why; both are published, and an answer that
    comes too late for the deadline is refused (TBR 21): `addendum.too-late`. `question.unknown`, `question.answer`,
    `question.reasons`, `extension.closed`.
    """
    question, section = await _own(work, question_id)
    state = LIFE.move("prepare" if later else "publish", QuestionState(question.state), work.ctx.actor.role)
    told, why = written(text, "question.answer"), written(reasons, "question.reasons")
    assert section.deadline is not None
    if not later:
        check_clarified(regime_of(section, work.ctx.mode), await work.clock(), section.deadline, affects=affects)
    question.answer, question.affects, question.reasons = told, affects, why
    if later:
        question.state = state
        work.record(Event.ANSWER_PREPARED, section.id, region=section.region)
        return
    await publish(work, section, [question], None)
    await resume(work, section)
    await tell_subscribers(work, section.id, Event.CLARIFICATION_PUBLISHED)


async def refuse(work: Work, question_id: str, reasons: str) -> None:
    """Return a question with reasons, which its asker alone reads; an objection must be answered: `question.objection`."""
    question, section = await _own(work, question_id)
    if question.kind == QuestionKind.OBJECTION:
        raise Problem("question.objection")
    question.state = LIFE.move("refuse", QuestionState(question.state), work.ctx.actor.role)
    question.refusal, question.decided_at = written(reasons, "question.refusal"), work.ctx.now
    work.record(Event.QUESTION_REFUSED, question.id, region=section.region, reasons=question.refusal)


async def publish(work: Work, section: Section, questions: Sequence[Question], addendum: int | None) -> None:
    """Publish answered questions under the section's next numbers, within a use-case that has locked the section."""
    count = select(func.count()).select_from(Clarification).where(Clarification.section == section.id)
    with work.session.no_autoflush:
        number = (await work.session.execute(count)).scalar_one()
    for question in questions:
        number += 1
        question.state = LIFE.move("publish", QuestionState(question.state), work.ctx.actor.role)
        question.decided_at = work.ctx.now
        found = _clarification(work, question, number, addendum)
        work.session.add(found)
        work.record(
            Event.CLARIFICATION_PUBLISHED, section.id, section=section.id, region=section.region, number=number,
            kind=found.kind, question=found.asked, answer=found.answer, affects=found.affects, reasons=found.reasons,
        )  # fmt: skip
    await work.session.flush()


async def prepared(work: Work, section_id: str) -> list[Question]:
    """The questions whose answers wait for the addendum, in an order that tells nothing of when they came."""
    wanted = select(Question).where(Question.section == section_id, Question.state == QuestionState.PREPARED)
    return list((await work.session.execute(wanted.order_by(Question.id).with_for_update())).scalars())


async def resume(work: Work, section: Section) -> None:
    """Let the tender go on once no objection is open; the closing then waits for the deadline that holds."""
    if section.suspended_at is None:
        return
    await work.session.flush()
    left = select(func.count()).select_from(Question).where(
        Question.section == section.id, Question.kind == QuestionKind.OBJECTION, Question.state.in_(OPEN)
    )  # fmt: skip
    if (await work.session.execute(left)).scalar_one():
        return
    assert section.deadline is not None
    section.suspended_at = None
    await schedule(work, section.deadline, CLOSING_TIMER, section.id)
    work.record(Event.SECTION_RESUMED, section.id, section=section.id, region=section.region)


async def _own(work: Work, question_id: str) -> tuple[Question, Section]:
    """A question on a section of one's own that may be seen by now, both locked; `question.unknown` for any other.

    A challenge that suspended nothing may also be answered when bids are taken no more (GPL 53).
    """
    question = None if "\0" in question_id else await work.session.get(Question, question_id)
    if question is None or question.shown_at > work.ctx.now:
        raise Problem("question.unknown", id=question_id)
    try:
        section, _ = await bidding_section(work, question.section, "question.answer")
    except Problem as problem:
        if problem.code == "section.unknown":
            raise Problem("question.unknown", id=question_id) from problem
        section = await own_section(work, question.section, "question.answer")
        outlives = not regime_of(section, work.ctx.mode).allows(Rule.OBJECTION_SUSPENDS)
        if problem.code != "extension.closed" or question.kind != QuestionKind.OBJECTION or not outlives:
            raise
    await work.session.refresh(question, with_for_update=True)
    return question, section


def _clarification(work: Work, question: Question, number: int, addendum: int | None) -> Clarification:
    assert question.answer is not None and question.affects is not None and question.reasons is not None
    return Clarification(
        section=question.section,
        region=question.region,
        number=number,
        question=question.id,
        kind=question.kind,
        asked=question.text,
        answer=question.answer,
        affects=question.affects,
        reasons=question.reasons,
        addendum=addendum,
        published_at=work.ctx.now,
    )
