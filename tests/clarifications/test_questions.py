"""Questions and objections: asked in time, answered to everybody, suspending the closing, and never telling who asked."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from clarifying import OBJECTION, QUESTION, REASONS, amended, answered, asked, ends_in, extended
from scenes import FAR, Hall
from sqlalchemy import select, update

from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.timers_table import Timer
from trading.clarifications.answering import answer, refuse
from trading.clarifications.queries import changes_of, find_asked, inbox, own_questions
from trading.clarifications.rules import check_clarified, shown_from
from trading.clarifications.states import QuestionState
from trading.clarifications.tables import Question
from trading.regimes.rules import CONSTRUCTION, DEMONSTRATION
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak


async def refusal(
    hall: Hall, section: str, login: str = "bidder1", kind: str = "question", text: str = QUESTION
) -> str:
    with pytest.raises(Problem) as refused:
        await asked(hall, section, login, kind, text)
    return refused.value.code


async def test_a_question_is_answered_to_everybody_word_for_word_and_logged(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    question = await asked(hall, section)
    await hall.wait_until(question.shown_at)
    await answered(hall, question.id)
    async with hall.database.reading() as session:
        (found,) = (await changes_of(session, section)).clarifications
    assert (found.number, found.asked, found.answer) == (1, QUESTION, "含节假日。")
    (line,) = await hall.lines(Event.CLARIFICATION_PUBLISHED, section=section)
    assert (line.facts["question"], line.facts["affects"], line.facts["reasons"]) == (QUESTION, False, REASONS)


async def test_a_question_leaves_no_event_among_those_of_its_section(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    await asked(hall, section)
    lines = await hall.lines(Event.QUESTION_ASKED, Event.QUESTION_REFUSED)
    assert lines and all(line.section is None and line.salt is not None for line in lines)
    assert QUESTION not in str([line.facts for line in lines])


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("hint", QUESTION, "question.kind"),
        ("question", " ", "question.text"),
        ("question", "字" * 4001, "question.text"),
    ],
)
async def test_a_question_says_something_of_a_known_kind(hall: Hall, kind: str, text: str, code: str) -> None:
    section = await hall.a_tender(FAR)
    assert await refusal(hall, section, kind=kind, text=text) == code


async def test_only_registered_bidders_ask(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    assert await refusal(hall, section, "agent") == "permission.denied"
    assert await refusal(hall, await hall.a_draft()) == "section.unknown"


async def test_a_question_that_is_sent_twice_at_once_is_asked_once(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    sent = await asyncio.gather(asked(hall, section), asked(hall, section), return_exceptions=True)
    assert [one.code for one in sent if isinstance(one, Problem)] == ["question.asked"]
    assert await refusal(hall, section) == "question.asked"
    await asked(hall, section, "bidder2")


async def test_a_body_asks_twenty_questions_at_most_before_an_answer(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    for number in range(20):
        await asked(hall, section, text=f"{QUESTION}{number}")
    assert await refusal(hall, section) == "question.too-many"
    await asked(hall, section, "bidder2")


@pytest.mark.parametrize("kind", ["question", "objection"])
async def test_what_comes_later_than_ten_days_before_the_deadline_is_refused(hall: Hall, kind: str) -> None:
    section = await hall.a_tender(FAR)
    await ends_in(hall, section, 2)
    assert await refusal(hall, section, kind=kind) == "question.too-late"


async def test_an_answer_that_affects_bids_too_late_is_refused(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    question = await asked(hall, section)
    await hall.wait_until(question.shown_at)
    await ends_in(hall, section, 3)
    with pytest.raises(Problem) as refused:
        await answered(hall, question.id, affects=True)
    assert refused.value.code == "addendum.too-late"


def test_fifteen_days_are_counted_to_the_end_of_the_day_before_the_deadline() -> None:
    deadline = datetime(2026, 12, 16, 1, 30, tzinfo=UTC)
    check_clarified(CONSTRUCTION, datetime(2026, 12, 1, 15, 59, tzinfo=UTC), deadline, affects=True)
    check_clarified(CONSTRUCTION, datetime(2026, 12, 5, tzinfo=UTC), deadline, affects=False)
    with pytest.raises(Problem) as refused:
        check_clarified(CONSTRUCTION, datetime(2026, 12, 1, 16, 1, tzinfo=UTC), deadline, affects=True)
    assert refused.value.facts["short_by"] == 1


def test_the_procuring_side_sees_a_question_at_the_next_full_hour() -> None:
    asked_at = datetime(2026, 12, 1, 2, 17, 30, tzinfo=UTC)
    assert shown_from(CONSTRUCTION, asked_at) == datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert timedelta(0) < shown_from(DEMONSTRATION, asked_at) - asked_at <= timedelta(seconds=0.02)


async def test_an_answer_says_something_and_why_it_matters_or_not(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    question = await asked(hall, section)
    await hall.wait_until(question.shown_at)
    for told, code in (({"text": " "}, "question.answer"), ({"reasons": ""}, "question.reasons")):
        with pytest.raises(Problem) as refused:
            await answered(hall, question.id, **told)
        assert refused.value.code == code


async def test_strangers_find_no_question(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    question = await asked(hall, section)
    await hall.wait_until(question.shown_at)
    for login in ("bidder2", "centre"):
        with pytest.raises(Problem) as refused:
            async with hall.database.work(hall.actor(login)) as work:
                await answer(work, question.id, "是", affects=False, reasons=REASONS)
        assert refused.value.code == "permission.denied"
    async with hall.database.reading() as session:
        assert await own_questions(session, hall.actor("bidder2"), section) == []
        with pytest.raises(Problem) as refused:
            await find_asked(session, hall.actor("agent"), section, "question-none")
    assert refused.value.code == "question.unknown"


async def test_a_question_is_not_seen_before_its_hour(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    question = await asked(hall, section)
    async with hall.database.work(SYSTEM) as work:
        later = work.ctx.now + timedelta(hours=1)
        await work.session.execute(update(Question).where(Question.id == question.id).values(shown_at=later))
    async with hall.database.reading() as session:
        assert (await inbox(session, hall.actor("agent"), section)).total == 0
    with pytest.raises(Problem) as refused:
        await answered(hall, question.id)
    assert refused.value.code == "question.unknown"


async def test_a_returned_question_goes_back_with_reasons_to_its_asker_alone(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    question = await asked(hall, section)
    await hall.wait_until(question.shown_at)
    async with hall.database.work(hall.actor("agent")) as work:
        await refuse(work, question.id, "问题写明了投标人名称")
    async with hall.database.reading() as session:
        (own,) = await own_questions(session, hall.actor("bidder1"), section)
        assert (own.state, own.refusal) == (QuestionState.REFUSED, "问题写明了投标人名称")
        assert not (await changes_of(session, section)).any
    with pytest.raises(Problem) as refused:
        await answered(hall, question.id)
    assert refused.value.code == "workflow.not-now"


async def test_an_objection_suspends_the_closing_until_it_is_answered(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    objection = await asked(hall, section, kind="objection", text=OBJECTION)
    assert objection.due_at is not None and (await hall.section(section)).suspended_at is not None
    await hall.due()
    async with hall.database.reading() as session:
        due = select(Timer.due_at).where(Timer.verb == "section.close", Timer.subject == section)
        assert (await session.scalars(due)).one().year == 9999
    with pytest.raises(Problem) as refused:
        async with hall.database.work(hall.actor("agent")) as work:
            await refuse(work, objection.id, "不予受理")
    assert refused.value.code == "question.objection"
    await answered(hall, objection.id, "删除该加分项，见补遗。", later=True)
    later = await extended(hall, section, 60)
    await amended(hall, section)
    found = await hall.section(section)
    assert (found.suspended_at, found.deadline, found.state) == (None, later, SectionState.BIDDING)
    async with hall.database.reading() as session:
        assert (await session.scalars(due)).one() == later
    told = await hall.lines(Event.SECTION_SUSPENDED, Event.SECTION_RESUMED, section=section)
    assert [line.event for line in told] == [Event.SECTION_SUSPENDED, Event.SECTION_RESUMED]


async def test_a_suspended_section_whose_deadline_has_passed_is_extended_or_closes_with_the_answer(hall: Hall) -> None:
    section = await hall.a_tender(FAR)
    objection = await asked(hall, section, kind="objection", text=OBJECTION)
    async with hall.database.work(SYSTEM) as work:
        found = await work.session.get_one(type(await hall.section(section)), section)
        found.deadline = work.ctx.now.replace(microsecond=0) - timedelta(seconds=5)
    await hall.due()
    assert await hall.in_state(section, SectionState.BIDDING)
    await extended(hall, section, 600)
    await answered(hall, objection.id)
    await hall.due()
    assert await hall.in_state(section, SectionState.BIDDING)
