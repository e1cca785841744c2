"""A sitting in a browser: time, more of it, a pause under seal, an evaluation set aside; every screen at both widths."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from envelopes import submitted
from judging import Panel, a_panel, enter_experts
from playwright.async_api import Browser, Page
from portal import Made, served
from procurement_scene import Office
from scenes import Hall, a_hall
from test_procurement_screens import OVERFLOW, Site, signed_in
from test_public_screens import barriers

from infra.auth.sessions import open_seat_session
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM, Role
from infra.objects import Objects
from trading.evaluation.tables import Evaluation
from trading.objections.actions import answer_objection, object_to_result
from trading.publication.actions import publish_candidates
from trading.sections.states import SectionState
from trading.sitting.actions import ask_for_time, pause, resume, set_time
from trading.ways.actions import Signed, reevaluate
from trading.ways.rules import Grounds, Way, way_message
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]
REASONS = "异议成立：第一候选人的技术方案照抄他人，评标委员会应当重新评审"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(
    browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects
) -> AsyncIterator[tuple[Site, Panel]]:
    """A section in evaluation, all five judges seated."""
    async with a_hall(postgres, template, objects, bidders=4) as hall:
        await enter_experts(hall)
        await hall.bring("centre", Role.CENTRE, "云湖市公共资源交易中心（示例）", cast.code(8))
        section = await hall.a_tender(4)
        for number in range(1, 5):
            await submitted(hall, section, f"bidder{number}")
        await hall.reach(section, SectionState.OPENED)
        panel = await a_panel(hall, section)
        for number in range(1, 6):
            await panel.sign_in(number)
        hall.signers["procurer"] = await hall.give_key("procurer", "procurer-ways")
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        for login in ("procurer", "agent", "centre"):
            await (await hall.client(login)).aclose()
        office = Office(hall)
        yield Site(office, Served(origin, Made("", "", "")), section, section), panel
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def judge_page(browser: Browser, site: Site, panel: Panel, width: int) -> Page:
    hall = site.office.hall
    async with hall.database.work(SYSTEM) as work:
        token = await open_seat_session(work, panel.seat(1).id, cast.REGION)
    page = await opened(browser, site.served, width=width)
    await page.context.set_extra_http_headers({"authorization": f"Bearer {token}"})
    return page


async def test_the_screens_of_a_sitting_keep_the_policy_fit_and_bar_nobody(
    browser: Browser, room: tuple[Site, Panel], tmp_path: Path
) -> None:
    site, panel = room
    hall, section, wrong = site.office.hall, site.draft, {}
    path = f"/sections/{section}"

    async def look(step: str, *looks: tuple[str, str]) -> None:
        for login, where in looks:
            for width, prefix in ((1440, ""), (390, "/en")):
                if login == "judge":
                    page = await judge_page(browser, site, panel, width)
                elif login == "anybody":
                    page = await opened(browser, site.served, width=width)
                else:
                    page = await signed_in(browser, site, login, width=width)
                answer = await page.goto(site.served.origin + prefix + where, wait_until="load")
                assert answer is not None and answer.status == 200
                found = (await page.evaluate("violations"), await page.evaluate(OVERFLOW), await barriers(page))
                if any(found):
                    wrong[f"{step} {login} {width} {where}"] = found
                name = f"{step}-{login}-{width}-{where.strip('/').replace('/', '.')}.png"
                await page.screenshot(path=tmp_path / name, full_page=True)
                await page.context.close()

    await look("unset", ("agent", f"{path}/sitting"), ("centre", f"{path}/pause"))
    async with hall.database.work(hall.actor("agent")) as work:
        await set_time(work, section, work.ctx.now + timedelta(hours=2))
    for number in (2, 3):
        async with hall.database.work(panel.actor(number)) as work:
            await ask_for_time(work, panel.seat(number).id)
    await look("due", ("agent", f"{path}/sitting"), ("judge", "/judge"), ("judge", "/judge/committee"))
    async with hall.database.work(hall.actor("centre")) as work:
        later = work.ctx.now + timedelta(hours=14)
        await pause(work, section, "当日未评完，次日 9 时继续", "封条 2026-118，监督人员李某在场", later)
    await look("sealed", ("agent", f"{path}/sitting"), ("centre", f"{path}/pause"), ("judge", "/judge"))
    async with hall.database.work(hall.actor("centre")) as work:
        await resume(work, section, intact=True, found="封条完好，监督人员李某在场")
    await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
    await _set_aside(hall, section)
    await look("again", ("anybody", path), ("anybody", f"{path}/marks"), ("anybody", f"{path}/evaluations/1"))
    await look("again", ("judge", "/judge"), ("agent", f"{path}/award"), ("procurer", f"{path}/award/way"))
    assert wrong == {}


async def _set_aside(hall: Hall, section: str) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)
    async with hall.database.work(hall.actor("bidder2")) as work:
        await object_to_result(work, section, "第一中标候选人的技术方案照抄他人")
    async with hall.database.work(hall.actor("agent")) as work:
        await answer_objection(work, section, 1, "异议成立", upheld=True)
    signer = hall.signers["procurer"]
    assert signer.certificate is not None
    async with hall.database.work(hall.actor("procurer")) as work:
        report = (await work.session.get_one(Evaluation, section)).digest
        grounds = Grounds("objection-upheld", (1,), REASONS)
        message = way_message(section, report, Way.REEVALUATE, None, grounds)
        key = Signed(signer.certificate, signer.sign(message))
        await reevaluate(work, hall.authority, hall.keys.service, section, "objection-upheld", REASONS, key)
