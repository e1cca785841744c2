"""A blind part looked at in the bid room, and a reserve price sealed on the section's desk: nothing leaves unsealed."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bid_rooms import City, a_turning_city, choose, sent_bytes
from inspection import Inspector
from playwright.async_api import Browser, Request, expect

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.reserve.queries import own_reserve

pytestmark = [pytest.mark.browser, pytest.mark.soak]

MAKER = b"%PDF-1.7\n1 0 obj\n<< /Author (Yunhu \\(One\\)) /Title <FEFF65E0> >>\nendobj\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 1, joint=1, blind=("technical",)) as found:
        yield found


async def test_the_bid_room_looks_at_a_blind_part_and_warns_in_words(browser: Browser, city: City) -> None:
    context, inspector = await city.desk(browser, "bidder1"), Inspector()
    name, code = city.hall.bodies["bidder1"].name, city.hall.bodies["bidder1"].credit_code
    page = await city.room(context, city.sections[0], "")
    await expect(page.locator("#no-consortia")).to_be_visible()
    assert await page.locator("#joint").count() == 0
    await choose(page, "technical", b"%PDF-1.7 the plan", "plan.pdf")
    await expect(page.locator("#blind-line")).to_contain_text("没有发现问题")
    await choose(page, "technical", MAKER + name.encode("utf-16-be") + code.encode(), f"{name}.pdf")
    await expect(page.locator("#blind-line")).to_contain_text("有可识别投标人的内容")
    found = await page.locator("#blind-findings li").all_inner_texts()
    assert [f"“{name}”" in found[0], "“Yunhu (One)”" in found[1]] == [True, True]
    assert set(found[2:]) == {f"文件的明文中出现“{name}”。", f"文件的明文中出现“{code}”。"}
    assert await page.locator("#slot-technical.slot--full").count() == 1
    await inspector.look(page, "blind part in the bid room", ready="#room[data-ready]")
    assert (inspector.policy, inspector.barred, inspector.narrow) == ([], [], [])
    await context.close()


async def test_a_reserve_price_is_sealed_in_the_browser_and_its_amount_never_sent(browser: Browser, city: City) -> None:
    context, inspector, section = await city.desk(browser, "agent"), Inspector(), city.sections[0]
    sent: list[bytes] = []

    def note(request: Request) -> None:
        sent.append(sent_bytes(request))

    page = await context.new_page()
    await page.goto(f"{city.origin}/sections/{section}/reserve")
    await page.fill("#price", "912万")
    await page.click("#reserve .btn--seal")
    await expect(page.locator("#price-error")).to_be_visible()
    await page.fill("#price", "9,123,456.78")
    await page.click("#reserve .btn--seal")
    await expect(page.locator("[data-say=no-key]")).to_be_visible()
    await page.goto(f"{city.origin}/account")
    await page.click("key-enrolment button")
    await page.wait_for_timeout(1500)
    context.on("request", note)
    await page.goto(f"{city.origin}/sections/{section}/reserve")
    await inspector.look(page, "reserve price", ready="#reserve")
    await page.goto(f"{city.origin}/sections/{section}/reserve")
    await page.fill("#price", "9,123,456.78")
    await page.click("#reserve .btn--seal")
    await expect(page.locator(".tag--ok")).to_contain_text("密封")
    assert not any(b"9123456" in one or b"9%2C123" in one for one in sent)
    async with city.hall.database.reading() as session:
        row = await own_reserve(session, city.hall.actor("procurer"), section)
    assert row is not None and row.price is None
    await inspector.look(page, "reserve price sealed")
    assert (inspector.policy, inspector.barred, inspector.narrow) == ([], [], [])
    await context.close()
