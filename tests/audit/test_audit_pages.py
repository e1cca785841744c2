"""What supervising bodies see of the journal, and what they do not see before its hour."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from auditing import every_page, signed_in
from section_story import Story, plain
from sqlalchemy import select

from infra.access.tables import AccessLine
from infra.db.journal import Line
from infra.kernel.canonical import unb64
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.tlog.entry import salted
from infra.tlog.policy import parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from trading.audit.queries import WITHOUT_SECTION
from trading.bidding.tables import Bid

ELSEWHERE = "110000"
LIST_PAGES = ("/audit", "/audit/sections", "/audit/reads", "/audit/health")


def pages_of(story: Story) -> list[str]:
    """Every page and file of the audit view, two sections' included."""
    own = [
        f"/audit/sections/{section}{tail}"
        for section in (story.running, story.finished)
        for tail in ("", "/timeline.jsonl")
    ]
    return [*LIST_PAGES, *own, "/audit/journal.jsonl"]


@asynccontextmanager
async def abroad(story: Story) -> AsyncIterator[httpx.AsyncClient]:
    """The supervising body of another region."""
    async with signed_in(story.hall, "abroad", Role.SUPERVISOR, ELSEWHERE) as client:
        yield client


async def lines_of(story: Story, section: str) -> list[Line]:
    async with story.hall.database.reading() as session:
        return list(await session.scalars(select(Line).where(Line.section == section).order_by(Line.id)))


async def test_every_page_of_the_audit_view_is_there_in_both_languages(
    story: Story, auditor: httpx.AsyncClient
) -> None:
    for path in pages_of(story):
        for prefix in ("", "/en"):
            answer = await auditor.get(prefix + path)
            assert answer.status_code == 200, (path, plain(answer.text)[:1500])


async def test_before_the_deadline_no_page_nor_file_tells_that_anybody_bids(
    story: Story, auditor: httpx.AsyncClient
) -> None:
    hidden = [one for one in await lines_of(story, story.running) if one.event.startswith("bid.")]
    assert len(hidden) >= 5
    told = {one.subject for one in hidden} | {str(one.leaf) + ".json" for one in hidden if one.leaf is not None}
    asked = [
        f"/audit/sections/{story.running}",
        f"/audit/sections/{story.running}/timeline.jsonl",
        f"/audit?section={story.running}",
        f"/audit?section={story.running}&event=bid.submitted",
        f"/audit?section={story.running}&actor=account-bidder1",
        f"/audit/reads?section={story.running}",
        "/audit",
        *(f"/audit?subject={one.subject}" for one in hidden[:3]),
    ]
    for path in asked:
        rows = re.sub(r'value="[^"]*"|href="[^"]*subject(=|%3D)[^"]*"', "", await every_page(auditor, path))
        assert not [one for one in told if one in rows], path
    own = await every_page(auditor, f"/audit/sections/{story.running}")
    assert "account-bidder" not in own and "notice.published" not in own
    for leaf in (one.leaf for one in hidden):
        assert (await auditor.get(f"/audit/lines/{leaf}.json")).status_code == 404


async def test_before_the_deadline_lines_have_no_number_in_the_section(
    story: Story, auditor: httpx.AsyncClient
) -> None:
    numbers = re.compile(r'<td class="no r num muted">(\d*)</td>')
    running = numbers.findall(await every_page(auditor, f"/audit/sections/{story.running}"))
    finished = numbers.findall(await every_page(auditor, f"/audit/sections/{story.finished}"))
    assert running and not any(running)
    told = [int(one) for one in finished if one]
    assert sorted(told) == list(range(1, len(told) + 1))
    exported = (await auditor.get(f"/audit/sections/{story.running}/timeline.jsonl")).text
    assert '"link":{' not in exported


async def test_after_the_deadline_a_section_is_shown_from_end_to_end(story: Story, auditor: httpx.AsyncClient) -> None:
    text = await every_page(auditor, f"/audit/sections/{story.finished}")
    shown = text.count('<td class="at num">')
    async with story.hall.database.reading() as session:
        bids = select(Bid.id).where(Bid.section == story.finished)
        early = await session.scalars(select(Line).where(Line.event.in_(WITHOUT_SECTION), Line.subject.in_(bids)))
    assert shown == len(await lines_of(story, story.finished)) + len(list(early))
    assert "account-bidder1" in text and 'class="strip' not in text.replace('class="card strip"', "")
    assert '<section class="card strip"' in text


async def test_a_line_is_taken_with_a_proof_that_holds_against_the_policy(
    story: Story, auditor: httpx.AsyncClient
) -> None:
    text = (await auditor.get(f"/audit?section={story.finished}&event=section.closed")).text
    found = re.search(r'href="(/audit/lines/\d+\.json)"', text)
    assert found
    shown = (await auditor.get(found[1])).json()
    policy = parse_policy((await auditor.get("/log/policy.txt")).text)
    proof = parse_proof(shown["proof"])
    assert verify_proof(proof, salted(unb64(shown["salt"]), shown["event"].encode()), policy, strict=True)
    assert json.loads(shown["event"])["event"] == Event.SECTION_CLOSED and shown["link"]["number"] > 1


@pytest.mark.parametrize("name", ["x.json", "-1.json", "01.json", "5", "9999999999999999999.json"])
async def test_an_address_that_is_no_leaf_is_not_found(auditor: httpx.AsyncClient, name: str) -> None:
    assert (await auditor.get(f"/audit/lines/{name}")).status_code == 404


async def test_a_leaf_that_is_a_dummy_is_answered_like_a_hidden_one(story: Story, auditor: httpx.AsyncClient) -> None:
    async with story.hall.database.reading() as session:
        used = set(await session.scalars(select(Line.leaf).where(Line.leaf.is_not(None))))
    dummy = next(leaf for leaf in range(10_000) if leaf not in used)
    answer = await auditor.get(f"/audit/lines/{dummy}.json", headers={"accept": "application/json"})
    assert answer.status_code == 404 and "audit.no-line" in answer.text


@pytest.mark.parametrize("login", ["centre", "agent", "procurer", "bidder1"])
async def test_no_other_role_enters_the_audit_view_and_the_try_is_recorded(story: Story, login: str) -> None:
    async with await story.hall.client(login) as client:
        for path in pages_of(story):
            assert (await client.get(path)).status_code == 403, path
    async with story.hall.database.reading() as session:
        tried = await session.scalars(
            select(AccessLine.read).where(
                AccessLine.role == story.hall.actor(login).role, AccessLine.outcome == "refused"
            )
        )
        assert {"audit.searched", "audit.exported", "audit.section-seen", "audit.reads-seen"} <= set(tried)


async def test_the_public_is_led_to_sign_in(story: Story) -> None:
    async with await story.hall.client() as client:
        for path in pages_of(story):
            answer = await client.get(path, headers={"accept": "text/html"})
            assert answer.status_code == 303 and "/login" in answer.headers["location"], path


async def test_another_regions_auditor_finds_nothing_of_a_section(story: Story) -> None:
    async with abroad(story) as client:
        for path in (f"/audit/sections/{story.finished}", f"/audit/sections/{story.finished}/timeline.jsonl"):
            assert (await client.get(path)).status_code == 404
        for path in (
            f"/audit?section={story.finished}",
            f"/audit/reads?section={story.finished}&read=own-marks.seen",
            "/audit/sections",
        ):
            text = re.sub(r'value="[^"]*"|href="[^"]*"', "", await every_page(client, path))
            assert story.finished not in text, path
        leaves = [one.leaf for one in await lines_of(story, story.finished) if one.leaf is not None]
        assert (await client.get(f"/audit/lines/{leaves[0]}.json")).status_code == 404


@pytest.mark.parametrize("page", ["/audit", "/audit/reads"])
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("since=2026-12-02T10:00&until=2026-12-01T10:00", "until"),
        ("since=2026-12-01T10:00&until=2026-12-01T10:00", "until"),
        ("since=yesterday", "since"),
        ("until=2026-13-41T10:00", "until"),
    ],
)
async def test_a_wrong_span_is_told_at_its_field_and_nothing_is_searched(
    auditor: httpx.AsyncClient, page: str, asked: str, field: str
) -> None:
    answer = await auditor.get(f"{page}?{asked}")
    assert answer.status_code == 422
    assert (
        f'href="#{field}"' in answer.text and f'id="{field}-error"' in answer.text and 'class="errsum"' in answer.text
    )
    assert '<td class="at num">' not in answer.text


@pytest.mark.parametrize("asked", ["/audit?event=no.such", "/audit/reads?read=no.such"])
async def test_an_event_that_does_not_exist_is_told_at_its_field(auditor: httpx.AsyncClient, asked: str) -> None:
    answer = await auditor.get(asked)
    assert answer.status_code == 422 and "audit.event" not in answer.text and "no.such" in answer.text


@pytest.mark.parametrize("asked", ["since=tomorrow", "event=no.such"])
async def test_a_wrong_filter_refuses_the_whole_export(auditor: httpx.AsyncClient, asked: str) -> None:
    answer = await auditor.get(f"/audit/journal.jsonl?{asked}", headers={"accept": "application/json"})
    assert answer.status_code == 422 and "audit.filter" in answer.text


async def test_a_search_that_finds_nothing_says_so_in_words(auditor: httpx.AsyncClient) -> None:
    text = plain((await auditor.get("/en/audit?subject=nothing-like-it")).text)
    assert "No line that may be shown fits these filters." in text
    text = plain((await auditor.get("/en/audit/reads?subject=nothing-like-it")).text)
    assert "No read that may be shown fits these filters." in text


async def test_an_auditors_search_is_recorded_and_shown_to_the_other_auditors(story: Story) -> None:
    async with await story.hall.client("supervisor") as one:
        await one.get("/audit?event=section.closed&subject=a-rare-subject")
    async with signed_in(story.hall, "auditor2", Role.AUDIT_ADMIN) as other:
        text = (await other.get("/audit/reads?read=audit.searched")).text
    assert "a-rare-subject" in text and "section.closed" in text


async def test_names_are_told_to_the_supervising_body_and_to_no_administrator(story: Story) -> None:
    async with signed_in(story.hall, "watcher", Role.SUPERVISOR, name="监督员甲") as supervisor:
        await supervisor.get("/audit?subject=who-looks")
        assert "监督员甲" in (await supervisor.get("/audit/reads?actor=watcher")).text
        account = story.hall.accounts["watcher"].id
    async with signed_in(story.hall, "auditor3", Role.AUDIT_ADMIN) as administrator:
        text = (await administrator.get(f"/audit/reads?actor={account}")).text
        assert account in text and "监督员甲" not in text
        assert account not in re.sub(r'value="[^"]*"', "", (await administrator.get("/audit/reads?actor=watcher")).text)


async def test_the_audit_view_changes_nothing_but_the_access_log(story: Story, auditor: httpx.AsyncClient) -> None:
    async with story.hall.database.bare() as connection:
        before = await connection.fetchval("SELECT max(id) FROM journal")
        for path in pages_of(story):
            await auditor.get(path)
        assert await connection.fetchval("SELECT max(id) FROM journal") == before
    for path in LIST_PAGES:
        assert (await auditor.post(path)).status_code == 405
