"""The log explorer: what everybody may read of the log, told apart as far as anybody can, and nothing more."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from applications import app_on
from scenes import a_hall
from section_story import Story, plain
from sqlalchemy import update

from infra.db.journal import Line
from infra.db.work import Database
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.objects import Objects
from infra.settings import DatabaseAddress, Settings
from infra.tlog.policy import parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from infra.tlog.tables import Checkpoint
from trading.publication.logged import disclosed
from trading.publication.queries import dossier, readable_lines
from web.state import Stack

PLANTED = 10**9
VIEWS = ("/log", "/log/leaves", "/log/history", "/log/bundles")
ROWS = re.compile(r'href="(?:/en)?/log/leaves/(\d+)"')


@pytest_asyncio.fixture
async def visitor(story: Story) -> AsyncIterator[httpx.AsyncClient]:
    async with await story.hall.client() as client:
        yield client


async def leaf_of(story: Story, event: Event, section: str | None = None) -> Line:
    return (await story.hall.lines(event, section=section))[0]


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize("prefix", ["", "/en"])
async def test_every_view_is_there_in_both_languages(visitor: httpx.AsyncClient, prefix: str, path: str) -> None:
    answer = await visitor.get(prefix + path)
    assert answer.status_code == 200 and "policy.txt" in answer.text


async def test_disclosed_events_stand_newest_first_and_lead_on(visitor: httpx.AsyncClient) -> None:
    seen: list[int] = []
    path: str | None = "/log"
    while path:
        page = (await visitor.get(path)).text
        seen += [int(one) for one in ROWS.findall(page)]
        older = re.search(r'rel="next" href="(/log\?before=\d+)"', page)
        path = older[1] if older else None
    assert seen == sorted(set(seen), reverse=True) and len(seen) > 64


async def test_the_explorer_discloses_of_each_section_just_what_its_own_page_does(story: Story) -> None:
    async with story.hall.database.reading() as session:
        everything = await disclosed(session, 0, 2**62)
        for section in (story.running, story.failed, story.opened, story.finished):
            own = await readable_lines(session, await dossier(session, section))
            told = [line.leaf for line in everything if line.section == section]
            assert told == sorted(line.leaf for line in own if line.leaf is not None) and told


async def test_of_every_kind_of_event_the_explorer_discloses_what_the_sections_page_would(story: Story) -> None:
    """One line of every kind, about the section's own keyset and about another thing; nothing of it is kept.

    But not of a committee that evaluates again: that line opens those before it (tests/spec/test_second_evaluation.py).
    """
    for section in (story.running, story.failed, story.opened, story.finished):
        async with story.hall.database.reading() as session:
            found = await dossier(session, section)
            for number, event in enumerate(event for event in Event if event != Event.EVALUATION_REOPENED):
                session.add(_line(event, str(found.section.keyset), section, PLANTED + 2 * number))
                session.add(_line(event, "another", section, PLANTED + 2 * number + 1))
            await session.flush()
            own = {line.leaf for line in await readable_lines(session, found) if (line.leaf or 0) >= PLANTED}
            assert {line.leaf for line in await disclosed(session, PLANTED, 2**62)} == own
            assert len(own) > 40


def _line(event: Event, subject: str, section: str, leaf: int) -> Line:
    salt = leaf.to_bytes(32, "big")
    return Line(
        event=event, actor="x", role="system", subject=subject, section=section, facts={},
        salt=salt, link_salt=salt, leaf=leaf, number=leaf, previous=salt, entry=salt, preimage="{}",
    )  # fmt: skip


async def test_a_leaf_is_shown_with_its_event_and_its_proof_holds(story: Story, visitor: httpx.AsyncClient) -> None:
    line = await leaf_of(story, Event.SECTION_CLOSED, story.finished)
    page = plain((await visitor.get(f"/en/log/leaves/{line.leaf}")).text)
    assert "Bidding closed" in page or "closed" in page
    assert (line.entry or b"").hex() in page and story.finished in page
    proof = parse_proof((await visitor.get(f"/log/proofs/{line.leaf}.tlog-proof")).content)
    policy = parse_policy((await visitor.get("/log/policy.txt")).content)
    assert verify_proof(proof, line.entry or b"", policy, strict=True).size > (line.leaf or 0)


async def test_a_hidden_bid_looks_like_a_dummy(story: Story, visitor: httpx.AsyncClient) -> None:
    hidden = await leaf_of(story, Event.BID_SUBMITTED, story.running)
    page = (await visitor.get(f"/en/log/leaves/{hidden.leaf}")).text
    words = plain(page)
    assert "not told apart yet" in words or "event that is not public" in words
    assert story.running not in page and hidden.subject not in page


@pytest.mark.parametrize("what", ["leaf", "entry", "entry64", "manifest"])
async def test_a_disclosed_leaf_is_found_by_number_and_by_hash(
    story: Story, visitor: httpx.AsyncClient, what: str
) -> None:
    line = await leaf_of(story, Event.BID_SUBMITTED, story.finished)
    entry = line.entry or b""
    asked = {
        "leaf": f"#{line.leaf}", "entry": entry.hex(), "entry64": b64(entry), "manifest": unb64(line.facts["manifest"]).hex(),
    }[what]  # fmt: skip
    answer = await visitor.get("/log", params={"q": asked})
    assert answer.status_code == 303 and answer.headers["location"] == f"/log/leaves/{line.leaf}"


@pytest.mark.parametrize("what", ["entry", "manifest"])
async def test_a_hidden_bid_is_not_found_by_its_hashes(story: Story, visitor: httpx.AsyncClient, what: str) -> None:
    line = await leaf_of(story, Event.BID_SUBMITTED, story.running)
    hidden = {"entry": (line.entry or b"").hex(), "manifest": unb64(line.facts["manifest"]).hex()}[what]
    there, nowhere = [await visitor.get("/en/log", params={"q": asked}) for asked in (hidden, "0" * 64)]
    assert there.status_code == nowhere.status_code == 200
    assert "cannot be looked up" in there.text and "cannot be looked up" in nowhere.text


async def test_a_section_is_looked_up_by_its_number(story: Story, visitor: httpx.AsyncClient) -> None:
    page = plain((await visitor.get("/en/log", params={"q": story.finished})).text)
    assert f"Events of section {story.finished}" in page
    assert "Nothing of this section is disclosed" in (await visitor.get("/en/log?section=YH-NO/99")).text


@pytest.mark.parametrize(
    "path", ["/log/leaves/99999999999", "/log/leaves/x", "/log/leaves/-1", "/log/proofs/99999999999.tlog-proof"]
)
async def test_a_leaf_that_is_not_there_is_unknown(visitor: httpx.AsyncClient, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "from=99999999999999999999", "q=%00", "section=%00", "q=" + "a" * 900]
)
@pytest.mark.parametrize("path", ["/log", "/log/leaves", "/log/history"])
async def test_a_senseless_question_is_answered_with_a_page(visitor: httpx.AsyncClient, path: str, query: str) -> None:
    assert (await visitor.get(f"{path}?{query}")).status_code == 200


async def test_every_stretch_of_the_log_can_be_asked_for(visitor: httpx.AsyncClient) -> None:
    first = ROWS.findall((await visitor.get("/log/leaves?from=0")).text)
    second = ROWS.findall((await visitor.get("/log/leaves?from=70")).text)
    assert (first[0], first[-1], second[0], len(second)) == ("0", "63", "64", 64)
    assert ROWS.findall((await visitor.get("/log?before=0")).text) == []


async def test_a_checkpoint_is_shown_with_whom_it_was_signed_by(visitor: httpx.AsyncClient) -> None:
    page = plain((await visitor.get("/en/log/history")).text)
    assert page.count("supervisor.trustee.example") > 2


async def test_a_log_that_stands_still_raises_an_alarm(
    postgres: EmbeddedPostgres, template: str, objects: Objects
) -> None:
    async with a_hall(postgres, template, objects, bidders=0) as hall, await hall.client() as client:
        for _ in range(2):
            await hall.beat()
            await hall.poll_all()
        assert "the log stands still" not in (await client.get("/en/log")).text
        async with hall.database.work(SYSTEM) as work:
            await work.session.execute(update(Checkpoint).values(at=Checkpoint.at - timedelta(minutes=5)))
        assert "the log stands still" in (await client.get("/en/log")).text


async def test_on_its_first_day_every_view_has_a_worded_empty_state(fresh_database: DatabaseAddress) -> None:
    database = Database(fresh_database.sqlalchemy)
    app = app_on(Stack(Settings(Path("unused"), mode="production"), database))
    words = {
        "": "Nothing is disclosed",
        "/leaves": "no leaf yet",
        "/history": "No checkpoint has been",
        "/bundles": "No sealing code",
    }
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal.test") as client:
        for path, said in words.items():
            assert said in (await client.get(f"/en/log{path}")).text
    await database.close()
