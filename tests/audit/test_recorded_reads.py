"""Every address that shows something sealed or personal leaves a line in the access log, shown or refused."""

import ast
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from registration_scene import at_the_desk
from section_story import Story
from sqlalchemy import select

from expertpool.draw.tables import Seat
from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.auth.sessions import open_seat_session
from infra.db.work import Database
from infra.kernel.context import SYSTEM
from trading.bidding.tables import Bid
from trading.clarifications.tables import Question
from web.regulator.words import READS

ROOT = Path(__file__).resolve().parents[2]
READERS = {
    "/audit": Read.JOURNAL_SEARCHED,
    "/audit/journal.jsonl": Read.EXPORTED,
    "/audit/lines/{name:str}": Read.PROOF_TAKEN,
    "/audit/reads": Read.READS_SEARCHED,
    "/audit/sections/{tender:str}/{number:str}": Read.SECTION_AUDITED,
    "/audit/sections/{tender:str}/{number:str}/askers": Read.ASKERS,
    "/audit/sections/{tender:str}/{number:str}/timeline.jsonl": Read.EXPORTED,
    "/centre/registrations/{version:str}": Read.REGISTRATION,
    "/judge/bids/{bid:str}/{part:str}": Read.BID_FILE,
    "/sections/{tender:str}/{number:str}/qualification/{bid:str}/{part:str}": Read.BID_FILE,
    "/recordings/cameras/{camera:str}/picture": Read.CAMERA_PICTURE,
    "/recordings/wall": Read.RECORDING_WATCHED,
    "/recordings/{recording:str}/exports/{name:str}": Read.RECORDING_EXPORTED,
    "/recordings/{recording:str}/streams/{stream:str}/{name:str}": Read.RECORDING_WATCHED,
    "/recordings/{recording:str}/watch": Read.RECORDING_WATCHED,
    "/judge/checks": Read.MACHINE_CHECKS,
    "/judge/checks/{part:str}/{one:str}/{other:str}": Read.MACHINE_CHECKS,
    "/sections/{tender:str}/{number:str}/checks": Read.MACHINE_CHECKS,
    "/judge/examination": Read.OWN_MARKS,
    "/judge/examination/bids/{bid:str}": Read.OWN_MARKS,
    "/judge/examination/lock": Read.OWN_MARKS,
    "/judge/explanations": Read.OWN_MARKS,
    "/judge/lock": Read.OWN_MARKS,
    "/judge/marks": Read.OWN_MARKS,
    "/judge/marks/state": Read.OWN_MARKS,
    "/centre/fees.csv": Read.FEES,
    "/pool": Read.EXPERTS,
    "/pool/applications": Read.EXPERTS,
    "/pool/applications/{application:str}": Read.EXPERT,
    "/pool/appraisals": Read.EXPERTS,
    "/pool/export.csv": Read.EXPERTS_EXPORTED,
    "/pool/export.xlsx": Read.EXPERTS_EXPORTED,
    "/pool/{expert:str}/letter": Read.EXPERT,
    "/pool/applications/{application:str}/files/{place:int}": Read.EXPERT,
    "/pool/imports": Read.EXPERTS,
    "/pool/{expert:str}/versions": Read.EXPERT,
    "/pool/{expert:str}/standing/{act:str}": Read.EXPERT,
    "/pool/{expert:str}/change": Read.EXPERT,
    "/pool/{expert:str}": Read.EXPERT,
    "/sections/{tender:str}/{number:str}/attendance/list": Read.SEAT_LIST,
    "/sections/{tender:str}/{number:str}/decline-notes": Read.DECLINE_NOTES,
    "/sections/{tender:str}/{number:str}/attendance/list/print": Read.SEAT_LIST,
    "/sections/{tender:str}/{number:str}/holders": Read.DOCUMENT_HOLDERS,
    "/sections/{tender:str}/{number:str}/invited": Read.INVITED_BIDDERS,
    "/sections/{tender:str}/{number:str}/mandates/{seat:int}": Read.MANDATE,
    "/sections/{tender:str}/{number:str}/letter": Read.RESULT_LETTER,
    "/sections/{tender:str}/{number:str}/letter.json": Read.RESULT_LETTER,
    "/sections/{tender:str}/{number:str}/letter.pdf": Read.RESULT_LETTER,
    "/sections/{tender:str}/{number:str}/mine": Read.OWN_RESULT,
    "/sections/{tender:str}/{number:str}/seats": Read.SEAT_NAMES,
    "/sections/{tender:str}/{number:str}/seats/slips": Read.SLIPS,
    "/supervision/judges/leanings": Read.EXPERTS,
    "/supervision/pairs": Read.EXPERTS,
}
"""The addresses that show sealed or personal things; whoever adds one names it here and writes its line."""

SHOWING = {
    "read_holders",
    "read_askers",
    "read_invited",
    "take_paper",
    "paper_again",
    "names_of_present",
    "open_mandate",
    "print_slip",
    "replace_slip",
    "version_before",
    "own_drafts",
}
"""What unseals or shows such things: a page that uses it records the read (the judge's room does so on its own pages)."""

WITHOUT_SHOWING = {"web/judge/room.py", "web/account/company.py"}
"""The room loads the own marks and shows none; a body looks at its own registration."""


def handlers(story: Story) -> dict[str, HTTPRouteHandler]:
    routes = [route for route in story.hall.app.routes if isinstance(route, HTTPRoute)]
    return {
        route.path: one
        for route in routes
        for one in route.route_handlers
        if "reads" in one.opt and not route.path.startswith("/en")
    }


async def lines(database: Database, read: Read) -> list[AccessLine]:
    async with database.reading() as session:
        return list(await session.scalars(select(AccessLine).where(AccessLine.read == read).order_by(AccessLine.id)))


async def left(database: Database, read: Read, outcome: str) -> AccessLine:
    """The newest line of a kind, which must have this outcome."""
    newest = (await lines(database, read))[-1]
    assert newest.outcome == outcome
    return newest


async def test_the_addresses_that_declare_reads_are_those_known_here(story: Story) -> None:
    declared = {path: one.opt["reads"] for path, one in handlers(story).items()}
    assert declared == READERS


def test_a_page_that_unseals_something_records_the_read() -> None:
    silent = []
    for path in sorted((ROOT / "web").rglob("*.py")):
        names = {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}
        told = path.relative_to(ROOT).as_posix()
        if names & SHOWING and "Read" not in names and told not in WITHOUT_SHOWING and "demo" not in path.parts:
            silent.append(told)
    assert silent == []


async def test_the_centre_looking_at_seats_leaves_the_numbers_whose_names_were_shown(story: Story) -> None:
    async with await story.hall.client("centre") as client:
        assert (await client.get(f"/sections/{story.finished}/seats")).status_code == 200
        line = await left(story.hall.database, Read.SEAT_NAMES, "granted")
        assert (line.section, line.facts) == (story.finished, {"seats": [1, 2, 3, 4, 5]})
        assert (await client.get("/sections/YH-NONE/01/seats")).status_code == 404
    assert (await left(story.hall.database, Read.SEAT_NAMES, "refused")).facts == {"code": "section.unknown"}


async def test_a_bidder_looking_at_its_results_leaves_a_line(story: Story) -> None:
    async with await story.hall.client("bidder2") as client:
        assert (await client.get(f"/sections/{story.finished}/mine")).status_code == 200
    line = await left(story.hall.database, Read.OWN_RESULT, "granted")
    assert (line.actor, line.section) == (
        story.hall.actor("bidder2").id,
        story.finished,
    ) or line.section == story.finished


async def test_the_agent_looking_at_the_holders_of_the_document_leaves_a_line(story: Story) -> None:
    async with await story.hall.client("agent") as client:
        assert (await client.get(f"/sections/{story.running}/holders")).status_code == 200
    line = await left(story.hall.database, Read.DOCUMENT_HOLDERS, "granted")
    assert (line.role, line.section, line.facts) == ("agent", story.running, {})


async def test_the_agent_looking_at_whom_a_tender_invites_leaves_a_line(story: Story) -> None:
    async with await story.hall.client("agent") as client:
        assert (await client.get(f"/sections/{story.running}/invited")).status_code == 200
    line = await left(story.hall.database, Read.INVITED_BIDDERS, "granted")
    assert (line.role, line.section, line.facts) == ("agent", story.running, {})


async def asked_in(story: Story, section: str, moment: datetime) -> str:
    """A question as it was asked before the closing; the id."""
    bidder = story.hall.bodies["bidder2"]
    async with story.hall.database.work(SYSTEM) as work:
        found = Question(
            id=work.ctx.new_id("question"), section=section, region=bidder.region, asker=bidder.id, kind="question",
            state="asked", text="第三条的工期是否含节假日？", asked_at=moment, shown_at=moment,
        )  # fmt: skip
        work.session.add(found)
        return found.id


async def test_the_supervising_body_looking_at_who_asked_leaves_a_line_and_before_the_closing_a_refused_one(
    story: Story,
) -> None:
    question = await asked_in(story, story.opened, datetime.now(UTC))
    async with await story.hall.client("supervisor") as client:
        assert "/askers" in (await client.get(f"/audit/sections/{story.opened}")).text
        page = await client.get(f"/audit/sections/{story.opened}/askers")
        assert page.status_code == 200 and story.hall.bodies["bidder2"].name in page.text
        line = await left(story.hall.database, Read.ASKERS, "granted")
        assert (line.section, line.role, line.facts) == (story.opened, "supervisor", {"questions": [question]})
        assert "/askers" not in (await client.get(f"/audit/sections/{story.running}")).text
        sealed = await client.get(f"/audit/sections/{story.running}/askers")
        assert sealed.status_code == 403 and story.hall.bodies["bidder2"].name not in sealed.text
        assert (await left(story.hall.database, Read.ASKERS, "refused")).facts == {"code": "askers.sealed"}
        assert (await client.get("/audit/sections/YH-NONE/01/askers")).status_code == 404
    async with await story.hall.client("agent") as client:
        assert (await client.get(f"/audit/sections/{story.opened}/askers")).status_code == 403
    assert (await left(story.hall.database, Read.ASKERS, "refused")).facts == {"code": "page.not-yours"}


async def test_whoever_asks_in_another_role_leaves_a_line_too(story: Story) -> None:
    async with await story.hall.client("agent") as client:
        assert (await client.get(f"/sections/{story.finished}/seats")).status_code == 403
    line = await left(story.hall.database, Read.SEAT_NAMES, "refused")
    assert (line.role, line.section, line.facts) == ("agent", story.finished, {"code": "page.not-yours"})


@asynccontextmanager
async def seated(story: Story) -> AsyncIterator[tuple[httpx.AsyncClient, Seat]]:
    """A judge of the finished section, in a session of the seat."""
    async with story.hall.database.work(SYSTEM) as work:
        seats = select(Seat).where(Seat.section == story.finished, Seat.signed_in_at.is_not(None))
        seat = (await work.session.scalars(seats.order_by(Seat.number).limit(1))).one()
        token = await open_seat_session(work, seat.id, seat.region)
    transport = httpx.ASGITransport(app=story.hall.app, raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hall.test", headers=headers) as client:
        yield client, seat


async def test_a_judge_looking_at_the_own_marks_leaves_a_line(story: Story) -> None:
    async with seated(story) as (client, seat):
        for path in ("/judge/marks", "/judge/marks/state", "/judge/lock"):
            before = len(await lines(story.hall.database, Read.OWN_MARKS))
            assert (await client.get(path)).status_code == 200, path
            found = await lines(story.hall.database, Read.OWN_MARKS)
            assert len(found) == before + 1
            assert (found[-1].actor, found[-1].section) == (seat.id, story.finished)


async def test_a_judge_opening_a_bids_file_leaves_a_line_for_all_its_bytes(story: Story) -> None:
    async with story.hall.database.reading() as session:
        bids = select(Bid.id).where(Bid.section == story.finished, Bid.state == "opened").order_by(Bid.id)
        bid = (await session.scalars(bids.limit(1))).one()
    async with seated(story) as (client, seat):
        answer = await client.get(f"/judge/bids/{bid}/technical", headers={"range": "bytes=0-3"})
        outcome = "granted" if answer.status_code == 206 else "refused"
        line = await left(story.hall.database, Read.BID_FILE, outcome)
        assert (line.actor, line.subject) == (seat.id, f"{bid}/technical")
        size = int(answer.headers.get("content-range", "/0").partition("/")[2])
        assert line.facts == ({"bytes": [0, size]} if outcome == "granted" else {"code": "paper.unknown"})
        assert (await client.get("/judge/bids/bid-of-nobody/technical")).status_code == 404
    assert (await left(story.hall.database, Read.BID_FILE, "refused")).facts == {"code": "paper.unknown"}


async def test_the_centre_reviewing_a_registration_leaves_a_line(database: Database) -> None:
    async with at_the_desk(database) as desk:
        await desk.applied()
        clerk = await desk.clerk()
        path = await clerk.first_waiting()
        assert (await clerk.get(f"/centre/registrations/{path}")).status_code == 200
        assert (await left(database, Read.REGISTRATION, "granted")).subject == path
        assert (await clerk.get("/centre/registrations/version-of-nobody")).status_code == 404
    assert (await left(database, Read.REGISTRATION, "refused")).subject == "version-of-nobody"


@pytest.mark.parametrize("read", list(Read))
def test_every_kind_of_read_has_its_words(read: Read) -> None:
    assert READS[read]
