"""Choosing the winner in a browser: who is offered it, what everybody reads afterwards; both widths looked at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from envelopes import submitted
from judging import a_panel, enter_experts
from playwright.async_api import Browser
from portal import Made, served
from procurement_scene import Office
from scenes import a_hall
from test_procurement_screens import OVERFLOW, Site, signed_in
from test_public_screens import barriers

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.choice.actions import Signed, choose_winner
from trading.choice.rules import choice_message
from trading.evaluation.tables import Evaluation
from trading.publication.actions import publish_candidates
from trading.sections.states import SectionState

pytestmark = [pytest.mark.browser, pytest.mark.soak]

REASONS = "经定标委员会票决（五人，四票同意），按招标文件第 7.2 款：该候选人的项目班子与本项目最相符"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def due(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Site]:
    """A section whose publicity has ended and whose winner is to be chosen."""
    async with a_hall(postgres, template, objects, bidders=4) as hall:
        await enter_experts(hall)
        section = await hall.a_tender(4, by_choice=True)
        for number in range(1, 5):
            await submitted(hall, section, f"bidder{number}")
        await hall.reach(section, SectionState.OPENED)
        panel = await a_panel(hall, section)
        for number in range(1, 6):
            await panel.sign_in(number)
        await panel.conclude({number: await panel.sheet() for number in range(1, 6)})
        async with hall.database.work(hall.actor("agent")) as work:
            await publish_candidates(work, section)
        ends = (await hall.section(section)).publicity_ends
        assert ends is not None
        await hall.wait_until(ends)
        await hall.due()
        hall.signers["procurer"] = await hall.give_key("procurer", "procurer-choices")
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        for login in ("procurer", "agent"):
            await (await hall.client(login)).aclose()
        office = Office(hall)
        yield Site(office, Served(origin, Made("", "", "")), section, section)
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def test_the_screens_of_a_choice_keep_the_policy_fit_and_bar_nobody(
    browser: Browser, due: Site, tmp_path: Path
) -> None:
    path, wrong = f"/sections/{due.draft}", {}
    looks = [("procurer", f"{path}/award"), ("procurer", f"{path}/award/choice"), ("agent", f"{path}/award/choice")]
    for step in ("due", "chosen"):
        for login, page_path in [*looks, ("agent", path)]:
            for width, prefix in ((1440, ""), (390, "/en")):
                page = await signed_in(browser, due, login, width=width)
                answer = await page.goto(due.served.origin + prefix + page_path, wait_until="load")
                assert answer is not None and answer.status == 200
                found = (await page.evaluate("violations"), await page.evaluate(OVERFLOW), await barriers(page))
                if any(found):
                    wrong[f"{step} {login} {width} {page_path}"] = found
                name = f"{step}-{login}-{width}-{page_path.rpartition('/')[2]}.png"
                await page.screenshot(path=tmp_path / name, full_page=True)
                await page.context.close()
        if step == "due":
            await _chosen(due)
    assert wrong == {}


async def _chosen(due: Site) -> None:
    hall = due.office.hall
    async with hall.database.work(hall.actor("procurer")) as work:
        evaluation = await work.session.get_one(Evaluation, due.draft)
        bid = evaluation.evidence["out"]["order"][1]
        signer = hall.signers["procurer"]
        message = choice_message(due.draft, evaluation.digest, bid, REASONS)
        assert signer.certificate is not None
        key = Signed(signer.certificate, signer.sign(message))
        await choose_winner(work, hall.authority, due.draft, bid, REASONS, key)
