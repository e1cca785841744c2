"""A government purchase in a browser: the purchaser examines and signs, the result is told, challenges; looked at."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from judging import a_panel, enter_experts
from playwright.async_api import Browser, Page
from portal import Made, served
from procurement_scene import Office
from purchase_scene import Purchase, a_purchase
from scenes import a_hall
from test_procurement_screens import OVERFLOW, Site, signed_in
from test_public_screens import barriers

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.events import Event
from infra.objects import Objects
from trading.evaluation.queries import committee_of
from trading.sections.states import SectionState

pytestmark = [pytest.mark.browser, pytest.mark.soak]
REASON = "未提供有效的资格证明文件"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bought(
    browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects
) -> AsyncIterator[tuple[Site, Purchase]]:
    """A purchase of goods of whose four bids nobody has examined anything."""
    async with a_hall(postgres, template, objects, bidders=4) as hall:
        await enter_experts(hall)
        found = await a_purchase(hall)
        for login in ("procurer",):
            hall.signers[login] = await hall.give_key(login, f"{login}-purchase")
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        for login in ("procurer", "agent", "bidder1"):
            await (await hall.client(login)).aclose()
        office = Office(hall)
        yield Site(office, Served(origin, Made("", "", "")), found.section, found.section), found
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def look(
    browser: Browser, site: Site, step: str, looks: list[tuple[str, str]], folder: Path
) -> dict[str, object]:
    """What is wrong with these pages in both widths and languages; each is kept as a picture."""
    wrong: dict[str, object] = {}
    for login, path in looks:
        for width, prefix in ((1440, ""), (390, "/en")):
            page = await signed_in(browser, site, login, width=width)
            answer = await page.goto(site.served.origin + prefix + path, wait_until="load")
            assert answer is not None and answer.status == 200, path
            found = (await page.evaluate("violations"), await page.evaluate(OVERFLOW), await barriers(page))
            if any(found):
                wrong[f"{step} {login} {width} {path}"] = found
            name = f"{step}-{login}-{width}-{path.rpartition('/')[2]}.png"
            await page.screenshot(path=folder / name, full_page=True)
            await page.context.close()
    return wrong


async def examined(page: Page, found: Purchase, failing: str) -> None:
    """Every bid passes but one, whose reason is typed first in vain: an empty one is not taken."""
    async with found.hall.database.reading() as session:
        bids = [bid.id for bid in (await committee_of(session, found.section)).opened]
    for bid in bids:
        await page.check(f"#{'fail' if bid == failing else 'pass'}-{bid}-q1")
    await page.click("#qualification button.btn--seal")
    await page.wait_for_selector("[data-say=missing]:not([hidden])")
    await page.fill(f"#reason-{failing}-q1", REASON)
    await page.fill(f"#page-{failing}-q1", "2")
    await page.click("#qualification button.btn--seal")


async def test_the_screens_of_a_purchase_from_its_qualification_to_a_challenge(
    browser: Browser, bought: tuple[Site, Purchase], tmp_path: Path
) -> None:
    site, found = bought
    hall, path = found.hall, f"/sections/{found.section}"
    looks = [("procurer", f"{path}/qualification"), ("agent", f"{path}/qualification"), ("agent", f"{path}/manage")]
    wrong = await look(browser, site, "1-opened", looks, tmp_path)
    page = await signed_in(browser, site, "procurer")
    await page.goto(f"{site.served.origin}/account")
    await page.click("button:has-text('在本浏览器中生成密钥'), make-key button, .actions button.btn--primary")
    await page.wait_for_timeout(1500)
    await page.goto(f"{site.served.origin}{path}/qualification")
    async with hall.database.reading() as session:
        failing = (await committee_of(session, found.section)).opened[3].id
    links = await page.eval_on_selector_all(
        "section[data-bid] a.btn", "all => all.map(one => one.getAttribute('href'))"
    )
    assert links and all("commercial" in one for one in links), "neither prices nor technical parts are offered"
    file = await page.request.get(site.served.origin + links[0])
    assert (file.status, (await file.body())[:5]) == (200, b"%PDF-")
    refused = await page.request.get(site.served.origin + links[0].replace("commercial", "technical"))
    assert refused.status == 404
    await examined(page, found, failing)
    await page.wait_for_selector("#found")
    [line] = await hall.lines(Event.QUALIFICATION_EXAMINED, section=found.section)
    assert list(line.facts["rejected"]) == [failing]
    assert line.facts["answers"][failing]["q1"] == {"reason": REASON, "pages": [{"part": "commercial", "page": 2}]}
    wrong |= await look(browser, site, "2-examined", [("procurer", f"{path}/qualification")], tmp_path)
    found.panel = panel = await a_panel(hall, found.section)
    for number in range(1, 6):
        await panel.sign_in(number)
    await _marked(found)
    looks = [("procurer", f"{path}/award"), ("procurer", f"{path}/award/review"), ("agent", f"{path}/award")]
    wrong |= await look(browser, site, "3-reported", looks, tmp_path)
    await hall.reach(found.section, SectionState.DETERMINED)
    wrong |= await look(browser, site, "4-determined", [("agent", f"{path}/award"), ("agent", path)], tmp_path)
    page = await signed_in(browser, site, "agent")
    await page.goto(f"{site.served.origin}{path}/award")
    await page.click("#publish-award")
    await page.wait_for_load_state()
    assert (await hall.section(found.section)).state == SectionState.NOTIFIED
    [award] = await hall.lines(Event.AWARD_PUBLISHED, section=found.section)
    looks = [
        ("agent", f"{path}/award"),
        ("bidder1", f"{path}/objections/own"),
        ("bidder1", f"{path}/objections"),
        ("bidder1", f"/notices/{award.subject}"),
        ("bidder1", path),
    ]
    wrong |= await look(browser, site, "5-told", looks, tmp_path)
    assert wrong == {}


async def _marked(found: Purchase) -> None:
    """The committee examines, marks and signs."""
    hall, panel = found.hall, found.panel
    assert panel is not None
    async with hall.database.reading() as session:
        bids = [bid.id for bid in (await committee_of(session, found.section)).qualified]
    for number in range(1, 6):
        for bid in bids:
            await panel.save(number, bid, {"q2": "pass"})
        await panel.lock_answers(number, {bid: {"q2": "pass"} for bid in bids})

    async def settled() -> bool:
        return bool(await hall.lines(Event.EXAMINATION_SETTLED, section=found.section))

    await hall.until(settled)
    marks = {bid: {"o1": {"mark": "18", "ground": "业绩证明"}} for bid in bids}
    await panel.resolve({"kind": "objective", "marks": marks}, (1, 2, 3, 4, 5))
    for number in range(1, 6):
        await panel.lock(number, {bid: {"t1": str(30 + number + place)} for place, bid in enumerate(bids)})
    await hall.reach(found.section, SectionState.MARKED)
    for number in range(1, 6):
        await panel.sign(number)
