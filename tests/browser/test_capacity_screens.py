"""A question about a candidate's capacity to perform, asked in a browser and answered there by judges; looked at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from envelopes import submitted
from judging import Panel, a_panel, enter_experts
from playwright.async_api import Browser
from portal import Made, served
from procurement_scene import Office
from scenes import a_hall
from test_procurement_screens import OVERFLOW, Site, signed_in
from test_public_screens import barriers
from test_purchase_screens import look

from infra.auth.sessions import open_seat_session
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.objects import Objects
from trading.evaluation.tables import Evaluation
from trading.publication.actions import publish_candidates
from trading.sections.states import SectionState
from web.security import session_cookie_name

pytestmark = [pytest.mark.browser, pytest.mark.soak]
WHY = "据公开信息，该候选人的资质证书已被吊销，附行政处罚决定书文号"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def due(
    browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects
) -> AsyncIterator[tuple[Site, Panel]]:
    """A section whose candidates stand in publicity."""
    async with a_hall(postgres, template, objects, bidders=4) as hall:
        await enter_experts(hall)
        section = await hall.a_tender(4)
        for number in range(1, 5):
            await submitted(hall, section, f"bidder{number}")
        await hall.reach(section, SectionState.OPENED)
        panel = await a_panel(hall, section)
        for number in range(1, 6):
            await panel.sign_in(number)
        await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
        async with hall.database.work(hall.actor("agent")) as work:
            await publish_candidates(work, section)
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        for login in ("procurer", "agent"):
            await (await hall.client(login)).aclose()
        office = Office(hall)
        yield Site(office, Served(origin, Made("", "", "")), section, section), panel
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def test_a_question_is_asked_and_read_by_judge_and_public(
    browser: Browser, due: tuple[Site, Panel], tmp_path: Path
) -> None:
    site, panel = due
    hall, path = site.office.hall, f"/sections/{site.draft}"
    wrong = await look(
        browser, site, "1", [("procurer", f"{path}/award/capacity"), ("agent", f"{path}/award/capacity")], tmp_path
    )
    page = await signed_in(browser, site, "procurer")
    await page.goto(f"{site.served.origin}/account")
    await page.click("key-enrolment button.btn--primary")
    await page.wait_for_timeout(1500)
    await page.goto(f"{site.served.origin}{path}/award/capacity")
    await page.fill("#reasons", WHY)
    await page.click("#capacity button.btn--seal")
    await page.wait_for_selector(".qa li .tag--warn")
    [line] = await hall.lines(Event.CAPACITY_ASKED, section=site.draft)
    async with hall.database.reading() as session:
        evaluation = await session.get_one(Evaluation, site.draft)
    assert (line.facts["number"], line.facts["reasons"]) == (1, WHY)
    assert line.facts["bid"] == evaluation.evidence["out"]["order"][0]
    wrong |= await look(
        browser,
        site,
        "2",
        [("procurer", f"{path}/award/capacity"), ("agent", path), ("agent", f"{path}/award")],
        tmp_path,
    )
    for width in (1440, 1920):
        seat = panel.seat(1)
        async with hall.database.work(SYSTEM) as work:
            token = await open_seat_session(work, seat.id, seat.region)
        judge = await signed_in(browser, site, "agent", width=width)
        await judge.context.clear_cookies()
        await judge.context.add_cookies(
            [{"name": session_cookie_name(False), "value": token, "url": site.served.origin, "httpOnly": True}]
        )
        answer = await judge.goto(f"{site.served.origin}/judge/committee")
        assert answer is not None and answer.status == 200
        assert WHY in await judge.inner_text("main")
        found = (await judge.evaluate("violations"), await judge.evaluate(OVERFLOW), await barriers(judge))
        if any(found):
            wrong[f"judge {width}"] = found
        await judge.screenshot(path=tmp_path / f"3-judge-{width}.png", full_page=True)
        await judge.context.close()
    assert wrong == {}
