"""Kept pages of a section: renewed by what happened after the deadline, by nothing that happened before."""

import re
from dataclasses import replace

import httpx
import pytest
from applications import app_on
from section_story import PAGES, Story
from sqlalchemy import event, func, select

from infra.db.journal import Line
from trading.publication.queries import acts_after_closing, dossier, readable_lines

CLOCK = re.compile(r"<(server-clock|count-down).*?</\1>", re.S)


async def test_while_bids_come_in_a_sections_pages_have_one_version(story: Story) -> None:
    async with story.hall.database.reading() as session:
        bids = select(func.count()).where(Line.section == story.running, Line.event == "bid.submitted")
        assert (await session.execute(bids)).scalar_one() == 5
    assert await acts_after_closing(story.hall.database.engine, story.running) == 0


@pytest.mark.parametrize("name", ["failed", "opened", "finished"])
async def test_after_the_deadline_every_journal_line_makes_a_new_version(story: Story, name: str) -> None:
    section = getattr(story, name)
    async with story.hall.database.reading() as session:
        lines = (await session.execute(select(func.count()).where(Line.section == section))).scalar_one()
    assert await acts_after_closing(story.hall.database.engine, section) == lines > 5


@pytest.mark.parametrize("section", ["YH-NONE/01", "", "nonsense"])
async def test_what_is_no_section_has_no_version(story: Story, section: str) -> None:
    assert await acts_after_closing(story.hall.database.engine, section) == 0


async def test_before_the_deadline_the_log_page_does_not_even_fetch_what_it_hides(story: Story) -> None:
    engine, fetched = story.hall.database.engine.sync_engine, []

    def note(_: object, __: object, ___: object, parameters: tuple[object, ...], *more: object) -> None:
        fetched.append(parameters)

    async with story.hall.database.reading() as session:
        found = await dossier(session, story.running)
        event.listen(engine, "before_cursor_execute", note)
        await readable_lines(session, found)
        event.remove(engine, "before_cursor_execute", note)
    asked = {text for parameters in fetched for text in parameters if isinstance(text, str)}
    assert "notice.published" in asked
    assert not asked & {"bid.started", "bid.submitted", "bid.replaced", "bid.withdrawn", "bid.refused"}


@pytest.mark.parametrize("path", PAGES)
async def test_a_kept_page_of_a_section_is_the_page_made_anew(story: Story, path: str) -> None:
    transport = httpx.ASGITransport(app_on(replace(story.hall.stack, pages_keep=3600.0)))
    async with httpx.AsyncClient(transport=transport, base_url="http://hall.test") as visitor:
        for section in (story.running, story.failed, story.opened, story.finished):
            answers = [await visitor.get(f"/sections/{section}{path}") for _ in range(2)]
            async with await story.hall.client() as other:
                answers.append(await other.get(f"/sections/{section}{path}"))
            assert {answer.status_code for answer in answers} == {200}
            assert len({CLOCK.sub("", answer.text) for answer in answers}) == 1
