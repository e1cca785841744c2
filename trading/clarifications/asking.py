"""Asking 提问 and objecting 异议: any registered body, in time; who asked is told to nobody."""

from sqlalchemy import func, select

from infra.auth.permissions import require
from infra.db.work import Work
from infra.kernel.canonical import b64, digest
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers import schedule
from trading.clarifications.extending import CLOSING_TIMER, NEVER, hold_closing
from trading.clarifications.rules import check_asked_in_time, shown_from, written
from trading.clarifications.states import OPEN, QuestionKind, QuestionState
from trading.clarifications.tables import Question
from trading.invited.queries import require_bidder
from trading.regimes.regime import Regime, Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.queries import lock_section, public_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

MOST_OPEN = 20
WAITING = "questions.show"
"""The timer that tells the procuring side, on the hour, that questions wait."""


async def ask(work: Work, section_id: str, kind: str, text: str) -> Question:
    """Ask a question, or object, before the rule set's last moment; an objection suspends the tender at once (TBR 22).

    A challenge to the document of a purchase suspends nothing by itself (GPL 57).

    `question.bidder`, `question.kind`, `question.text`, `question.closed`, `question.too-late`, `question.too-many`.
    """
    require(work.ctx.actor, "question.ask")
    if work.ctx.actor.organisation is None:
        raise Problem("question.bidder")
    if kind not in set(QuestionKind):
        raise Problem("question.kind", given=kind[:40])
    text = written(text, "question.text")
    section = await _section(work, section_id, QuestionKind(kind))
    regime = regime_of(section, work.ctx.mode)
    await _check(work, section, regime, QuestionKind(kind), text)
    question = _made(work, section, regime, QuestionKind(kind), text)
    work.session.add(question)
    # Without its section: a numbered event would tell how many ask. The leaf is the asker's to show.
    work.record(
        Event.QUESTION_ASKED, question.id, region=section.region,
        kind=kind, digest=b64(digest({"section": section_id, "text": text})),
    )  # fmt: skip
    await schedule(work, question.shown_at, WAITING, f"{section_id} {stamp(question.shown_at)}")
    if kind == QuestionKind.OBJECTION and regime.allows(Rule.OBJECTION_SUSPENDS):
        await _suspend(work, section, question)
    return question


async def tell_waiting(work: Work, subject: str) -> None:
    """The effect of the hour: the procuring side is told that questions wait, neither how many nor since when."""
    section_id = subject.partition(" ")[0]
    waiting = select(Question.id).where(Question.section == section_id, Question.state.in_(OPEN)).limit(1)
    if (await work.session.execute(waiting)).scalar_one_or_none() is not None:
        section = await work.session.get_one(Section, section_id)
        work.record(Event.QUESTIONS_WAITING, section_id, section=section_id, region=section.region)


async def _section(work: Work, section_id: str, kind: QuestionKind) -> Section:
    """The published section; for an objection locked with its closing, whose timer it holds up."""
    section = await public_section(work.session, section_id)
    if kind is QuestionKind.OBJECTION:
        await hold_closing(work, section_id)
        section = await lock_section(work.session, section_id)
    if section.state != SectionState.BIDDING or section.deadline is None:
        raise Problem("question.closed", section=section_id)
    await require_bidder(work.session, work.ctx.actor, section)
    return section


async def _check(work: Work, section: Section, regime: Regime, kind: QuestionKind, text: str) -> None:
    assert section.deadline is not None and section.published_at is not None
    check_asked_in_time(regime, kind, await work.clock(), section.deadline, section.published_at)
    asker = work.ctx.actor.organisation
    # One after the other: two that are sent at once see each other.
    alone = func.pg_advisory_xact_lock(func.hashtextextended(f"question/{section.id}/{asker}", 0))
    await work.session.execute(select(alone))
    own = select(Question.kind, Question.text).where(Question.asker == asker, Question.section == section.id)
    waiting = [tuple(one) for one in await work.session.execute(own.where(Question.state.in_(OPEN)))]
    if (kind, text) in waiting:
        raise Problem("question.asked")
    if len(waiting) >= MOST_OPEN:
        raise Problem("question.too-many", most=MOST_OPEN)


def _made(work: Work, section: Section, regime: Regime, kind: QuestionKind, text: str) -> Question:
    objects = kind is QuestionKind.OBJECTION
    assert work.ctx.actor.organisation is not None
    return Question(
        id=work.ctx.new_id("question"),
        section=section.id,
        region=section.region,
        asker=work.ctx.actor.organisation,
        kind=kind,
        state=QuestionState.ASKED,
        text=text,
        asked_at=work.ctx.now,
        shown_at=work.ctx.now if objects else shown_from(regime, work.ctx.now),
        due_at=regime.end(work.ctx.now, Rule.OBJECTION_REPLY) if objects else None,
    )


async def _suspend(work: Work, section: Section, question: Question) -> None:
    assert question.due_at is not None
    if section.suspended_at is not None:
        return
    section.suspended_at = work.ctx.now
    await schedule(work, NEVER, CLOSING_TIMER, section.id)
    work.record(
        Event.SECTION_SUSPENDED, section.id, section=section.id, region=section.region, due=stamp(question.due_at)
    )
