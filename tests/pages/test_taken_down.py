"""After its term what was published of a section is gone from every page, list, feed and export; the log keeps a digest."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from onlookers import walk
from section_story import FILES, PAGES, Story, plain, told
from sqlalchemy import func, select

from infra.db.journal import Line
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.objects import Objects
from infra.timers import schedule
from trading.notices.tables import Notice
from trading.publication.logged import disclosed, disclosed_entry
from trading.publication.term import ENDING, begin_term, take_down
from trading.sections.actions import regime_of
from trading.sections.queries import lock_section
from trading.sections.tables import Section

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
MORE = (
    "/tender-document",
    "/clarifications",
    "/inquiries",
    "/objections",
    "/contract",
    "/hall",
    "/report.pdf",
    "/result.json",
)


@dataclass
class TakenDown:
    """The story, the notices that were public, what answered before and afterwards, and who else could read."""

    story: Story
    notices: list[str] = field(default_factory=list)
    title: str = ""
    winner: str = ""
    before: dict[str, httpx.Response] = field(default_factory=dict)
    after: dict[str, httpx.Response] = field(default_factory=dict)
    parties: dict[str, httpx.Response] = field(default_factory=dict)
    walked: dict[str, str] = field(default_factory=dict)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gone(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[TakenDown]:
    """A finished section whose term ends now, as a rule set that sets one would end it."""
    async with told(postgres, template, objects, bidders=6) as story:
        found, hall, section = TakenDown(story), story.hall, story.finished
        async with hall.database.reading() as session:
            wanted = select(Notice.id).where(Notice.section == section)
            found.notices = list(await session.scalars(wanted))
            found.title = (await session.get_one(Section, section)).title
        [award] = await hall.lines(Event.AWARD_PUBLISHED, section=section)
        found.winner = award.facts["winner"]["bidder"]
        found.before = await _look(found)
        async with hall.database.work(SYSTEM) as work:
            row = await lock_section(work.session, section)
            row.public_until = work.ctx.now + timedelta(seconds=1)
            await schedule(work, row.public_until, ENDING, section)
        until = (await hall.section(section)).public_until
        assert until is not None
        await hall.wait_until(until)
        await hall.due()
        for _ in range(3):
            await hall.step()
        found.after = await _look(found)
        found.walked = await walk(hall, section, None)
        for login, tail in (
            ("bidder1", "mine"), ("bidder1", "letter"), ("bidder6", "mine"), ("agent", "award"), ("agent", "archive"),
            ("supervisor", "archive"), ("centre", "archive"), ("bidder6", "marks"),
        ):  # fmt: skip
            async with await hall.client(login) as client:
                found.parties[f"{login} {tail}"] = await client.get(f"/sections/{section}/{tail}")
        yield found


async def _look(found: TakenDown) -> dict[str, httpx.Response]:
    section = found.story.finished
    async with await found.story.hall.client() as client:
        paths = [f"/sections/{section}{tail}" for tail in (*PAGES, *FILES, *MORE)]
        paths += [f"/en{path}" for path in paths[:2]] + [f"/notices/{one}" for one in found.notices]
        paths += [
            "/",
            "/?tab=candidates",
            "/notices",
            f"/notices?q={found.title}",
            "/notices.csv",
            "/notices.rss",
            "/log",
        ]
        return {path: await client.get(path) for path in paths}


def lists(answers: dict[str, httpx.Response]) -> dict[str, httpx.Response]:
    """Pages that are about more than one section."""
    return {path: one for path, one in answers.items() if "/sections/" not in path and "/notices/" not in path}


async def test_every_page_export_and_notice_of_it_answers_the_same(gone: TakenDown) -> None:
    own = {path for path in gone.after if path not in lists(gone.after)}
    assert len(own) > 20
    assert {path for path in own if gone.before[path].status_code >= 400} <= {
        f"/sections/{gone.story.finished}/report.pdf"
    }
    assert {path: gone.after[path].status_code for path in own} == dict.fromkeys(own, 410)


async def test_the_page_says_when_by_which_rule_and_with_what_digest(gone: TakenDown) -> None:
    section = await gone.story.hall.section(gone.story.finished)
    assert section.taken_down_at is not None and section.taken_down_digest is not None
    words = plain(gone.after[f"/sections/{section.id}"].text)
    assert "公开期限已满" in words and section.taken_down_digest.hex() in words
    assert "发改法规规〔2022〕1117号" in words.replace(" ", "") and "○" in words
    assert section.taken_down_digest.hex() in gone.after[f"/en/sections/{section.id}"].text


async def test_the_log_keeps_the_digest_that_it_had_before(gone: TakenDown) -> None:
    hall, section = gone.story.hall, gone.story.finished
    [line] = await hall.lines(Event.PUBLICATION_TAKEN_DOWN, section=section)
    [sealed] = await hall.lines(Event.SECTION_ARCHIVED, section=section)
    row = await hall.section(section)
    assert line.facts["index"] == sealed.facts["index"] == b64(row.taken_down_digest or b"")


async def test_no_list_search_feed_or_table_tells_of_it_any_more(gone: TakenDown) -> None:
    told_of = {
        path for path, one in lists(gone.before).items() if gone.story.finished in one.text or gone.title in one.text
    }
    assert {"/notices", "/notices.csv", "/notices.rss"} <= told_of
    for path, answer in lists(gone.after).items():
        assert answer.status_code == 200
        assert [one for one in gone.notices if one in answer.text] == [], path


async def test_no_public_address_at_all_tells_who_won(gone: TakenDown) -> None:
    """Every route with the section's own ids; bodies are listed in the directory whether they bid or not."""
    section = gone.story.finished
    about = {path: body for path, body in gone.walked.items() if section in path}
    assert len(about) > 20
    assert {path for path, body in about.items() if gone.winner in body} == set()
    assert {path: body[:3] for path, body in about.items() if body.startswith("200")} == {}


async def test_a_bodys_public_record_no_longer_names_the_section(gone: TakenDown) -> None:
    hall = gone.story.hall
    async with await hall.client() as client:
        page = await client.get(f"/subjects/{hall.bodies['bidder1'].credit_code}")
    assert page.status_code == 200 and gone.story.finished not in page.text


async def test_of_its_leaves_the_public_log_tells_digests_alone(gone: TakenDown) -> None:
    hall, section = gone.story.hall, gone.story.finished
    wanted = select(Line.entry, Line.event).where(Line.section == section, Line.leaf.is_not(None))
    async with hall.database.reading() as session:
        rows = list(await session.execute(wanted))
        leaf = (await session.execute(select(func.max(Line.leaf)).where(Line.section == section))).scalar_one()
    assert len(rows) > 30 and leaf is not None
    async with hall.database.reading() as session:
        shown = {line.event for line in await disclosed(session, 0, leaf + 1) if line.section == section}
        hidden = [entry or b"" for entry, event in rows if event == Event.AWARD_PUBLISHED]
        assert [await disclosed_entry(session, entry) for entry in hidden] == [None]
    assert shown == {Event.SECTION_ARCHIVED, Event.PUBLICATION_TAKEN_DOWN}


async def test_who_has_a_right_of_its_own_reads_on_and_nobody_else(gone: TakenDown) -> None:
    assert {name: one.status_code for name, one in gone.parties.items()} == {
        "bidder1 mine": 200,
        "bidder1 letter": 200,
        "bidder6 mine": 410,
        "agent award": 200,
        "agent archive": 200,
        "supervisor archive": 200,
        "centre archive": 200,
        "bidder6 marks": 410,
    }


async def test_the_archive_is_as_complete_as_before(gone: TakenDown) -> None:
    page = gone.parties["agent archive"].text
    assert [one for one in gone.notices if f"notices/{one}.json" not in page] == []


async def test_nothing_is_taken_down_twice_or_before_its_time(gone: TakenDown) -> None:
    hall = gone.story.hall
    async with hall.database.work(SYSTEM) as work:
        await take_down(work, gone.story.finished)
        await take_down(work, gone.story.running)
        row = await lock_section(work.session, gone.story.opened)
        row.public_until = work.ctx.now + timedelta(hours=1)
        await take_down(work, row.id)
    assert len(await hall.lines(Event.PUBLICATION_TAKEN_DOWN)) == 1
    assert (await hall.section(gone.story.opened)).taken_down_at is None


async def test_a_rule_set_without_an_end_lets_a_result_stay(gone: TakenDown) -> None:
    hall = gone.story.hall
    async with hall.database.work(SYSTEM) as work:
        section = await work.session.get_one(Section, gone.story.failed)
        assert await begin_term(work, section.id, regime_of(section, work.ctx.mode)) is None
    assert (await hall.section(gone.story.failed)).public_until is None
