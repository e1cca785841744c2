"""Forms of clarification that are sent twice, as by a hurried hand: one effect, and the second is told in words."""

import asyncio
import re
from datetime import timedelta

import pytest
from clarifying import QUESTION, REASONS, asked, count, versions
from procurement_scene import SAVED_AT, Office
from scenes import FAR
from test_clarification_pages import TERMS, fields_of

from infra.kernel.events import Event
from trading.clarifications.tables import Question
from web.procurement.times import time_to_type

pytestmark = pytest.mark.soak


async def twice(office: Office, path: str, login: str = "agent", **fields: str) -> str:
    """A form sent twice at once: one is taken, the other refused with a page that says why; that page."""
    await office.client(login)
    sent = await asyncio.gather(*(office.send(path, login, **fields) for _ in range(2)))
    first, second = sorted(sent, key=lambda one: one.status_code)
    assert (first.status_code, second.status_code) == (303, 409), (first.text, second.text)
    assert re.search(r"<h1[^>]*>", second.text)
    return second.text


async def test_a_question_is_asked_once(office: Office) -> None:
    path = f"/sections/{await office.hall.a_tender(FAR)}/ask"
    before = await count(office.hall, Question)
    told = await twice(office, path, "bidder1", kind="question", text=QUESTION)
    assert "已经提出" in told and await count(office.hall, Question) == before + 1


async def test_an_answer_is_published_once(office: Office) -> None:
    section = await office.hall.a_tender(FAR)
    question = await asked(office.hall, section)
    await office.hall.wait_until(question.shown_at)
    path = f"/sections/{section}/questions/{question.id}"
    await twice(office, path, answer="含节假日。", affects="no", reason=REASONS)
    assert len(await office.hall.lines(Event.CLARIFICATION_PUBLISHED, section=section)) == 1


async def test_an_extension_is_published_once(office: Office) -> None:
    section = await office.hall.a_tender(FAR)
    before = (await office.hall.section(section)).deadline
    assert before is not None
    later = time_to_type(before + timedelta(hours=1))
    await twice(office, f"/sections/{section}/extension", deadline=later, reason="补图")
    assert len(await office.hall.lines(Event.SECTION_EXTENDED, section=section)) == 1


async def test_an_addendum_is_published_once(office: Office) -> None:
    section = await office.published(FAR)
    path = f"/sections/{section}/addendum"
    fields = fields_of((await office.see(path)).text) | TERMS
    await office.done(path, action="preview", **fields)
    saved = SAVED_AT.search((await office.see(f"{path}/preview")).text)
    assert saved is not None
    await twice(office, f"{path}/preview", saved_at=saved[1])
    assert len(await versions(office.hall, section)) == 2
