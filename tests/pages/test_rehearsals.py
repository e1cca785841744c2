"""Rehearsals: a watermarked section that really opens, for practice, in a demonstration alone."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio
from applications import app_on
from scenes import Hall, a_hall
from sqlalchemy import func, select

from infra.db.work import Database
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.problems import Problem
from infra.objects import Objects
from trading.bidding.tables import Bid
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo.people import bring_people
from web.demo.rehearsals import COMPANIONS, SERIES, begin_rehearsal, start_rehearsal
from web.security import HEADERS

BROWSER = {"accept": "text/html"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    """A hall beside which the demo city's bidders have their keys."""
    async with a_hall(postgres, template, objects, bidders=1) as opened:
        for login in ("agent", "centre", "bidder1"):
            await (await opened.client(login)).aclose()
        folder = opened.folder / "demo"
        folder.mkdir()
        await bring_people(opened.database, opened.keys, folder)
        yield opened


async def the_only(hall: Hall) -> str:
    async with hall.database.reading() as session:
        return (await session.scalars(select(Section.id).where(Section.project.startswith(SERIES)))).one()


async def test_a_rehearsal_takes_bids_with_two_companions_and_every_page_of_it_is_marked(hall: Hall) -> None:
    async with await hall.client("centre") as centre:
        answer = await centre.post("/centre/rehearsals", data={"minutes": "30"})
        assert answer.status_code == 303
        section = await the_only(hall)
        await hall.until(lambda: hall.in_state(section, SectionState.BIDDING))
        await hall.until(lambda: _bids(hall, section))
        listed = (await centre.get("/centre/rehearsals", headers=BROWSER)).text
    assert section in listed
    async with await hall.client() as visitor:
        for language in ("", "/en"):
            shown = (await visitor.get(f"{language}/sections/{section}", headers=BROWSER)).text
            assert "rehearsal-band" in shown and "rehearsal-mark" in shown
        other = (await visitor.get("/", headers=BROWSER)).text
    assert "rehearsal-mark" not in other
    await begin_rehearsal(hall.stack, section)
    assert await _bids(hall, section) == len(COMPANIONS)


async def _bids(hall: Hall, section: str) -> int:
    async with hall.database.reading() as session:
        counted = select(func.count()).select_from(Bid).where(Bid.section == section, Bid.state == "submitted")
        found = (await session.execute(counted)).scalar_one()
    return found if found == len(COMPANIONS) else 0


@pytest.mark.parametrize("minutes", ["", "2", "121", "ten", "9" * 9])
async def test_minutes_that_cannot_be_are_refused_at_their_field_with_what_was_typed(hall: Hall, minutes: str) -> None:
    async with await hall.client("centre") as centre:
        answer = await centre.post("/centre/rehearsals", data={"minutes": minutes}, headers=BROWSER)
    assert answer.status_code == 422
    assert f'value="{minutes}"' in answer.text
    assert 'id="minutes-error"' in answer.text


async def test_rehearsals_are_refused_outside_a_demonstration_and_the_page_says_why(hall: Hall) -> None:
    address = hall.database.engine.url.render_as_string(hide_password=False)
    database = Database(address, mode="production")
    try:
        with pytest.raises(Problem, match=r"rehearsal\.demo-only"):
            await start_rehearsal(database, hall.actor("centre"), 10)
        stack = replace(hall.stack, database=database, settings=replace(hall.stack.settings, mode="production"))
        token = (await hall.client("centre")).headers["authorization"]
        transport = httpx.ASGITransport(app_on(stack))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            shown = await client.get("/en/centre/rehearsals", headers={**BROWSER, "authorization": token})
        assert "demonstration installations alone" in shown.text
        assert '<form class="form"' not in shown.text
        assert shown.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    finally:
        await database.close()


async def test_only_the_centre_starts_a_rehearsal(hall: Hall) -> None:
    with pytest.raises(Problem, match=r"permission\.denied"):
        await start_rehearsal(hall.database, hall.actor("agent"), 10)
    async with await hall.client("bidder1") as bidder:
        assert (await bidder.get("/centre/rehearsals", headers=BROWSER)).status_code == 403
