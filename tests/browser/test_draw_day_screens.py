"""A draw day in browsers: the agent's console and the centre's, five phones, five seats and the supervising body's signature.

Whatever a person does that day is typed and clicked: request, order, answers, check-in, slips, sign-in, list (screens 34, 38,
39, 60)."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from calling import PLACE, call_of, code, everybody_told, identity, let_come, let_pass, soon
from judge_stage import Site, a_site
from judging import QUOTA
from people_at_work import said
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update
from test_judges_in_the_browser import SMALL
from test_public_screens import barriers

from expertpool.attendance.actions import sign_out
from expertpool.draw.disclosing import disclose_draws
from expertpool.experts.tables import Expert
from expertpool.invitations.sealing import expert_of
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM, Actor, Role
from infra.objects import Objects
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(600)]
DECLINES, SILENT = 2, 4
NORTH = "北岸政务中心二楼签到台"


@dataclass
class Day:
    """The day as it was driven, and what was wrong with any screen on the way."""

    site: Site
    wrong: dict[str, Any] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)

    async def look(self, page: Page, name: str, width: int) -> None:
        """Keep a picture where one is wanted, and whatever bars, overflows or breaks the policy."""
        await self.picture(page, name, width)
        found = {
            "violations": await page.evaluate("window.violations"),
            "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
            "barriers": await barriers(page),
            "small": await page.evaluate(SMALL) if width == 390 else [],
        }
        self.wrong |= {f"{name} {width} {what}": value for what, value in found.items() if value}

    async def picture(self, page: Page, name: str, width: int) -> None:
        """Keep a picture where one is wanted."""
        if folder := os.environ.get("OPENHALL_PICTURES"):
            await page.screenshot(path=Path(folder) / f"day-{name}-{width}.png", full_page=True)

    async def both(self, page: Page, name: str) -> None:
        """The same screen at both widths."""
        for width in (390, 1440):
            await page.set_viewport_size({"width": width, "height": 900})
            await self.look(page, name, width)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def day(postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser) -> AsyncIterator[Day]:
    async with a_site(postgres, template, objects, browser) as site:
        found = Day(site)
        clerk = await _order(found)
        await _phones(found)
        await _console(found, clerk)
        await _check_in(found, clerk)
        await _sit_down(found, clerk)
        await _sign_the_list(found, clerk)
        await _at_home(found)
        yield found


async def _order(day: Day) -> Page:
    site = day.site
    agent = await site.page("agent")
    await agent.goto(site.url(f"/sections/{site.section}/panel"))
    for profession, seats in QUOTA.items():
        await agent.fill(f"#quota-{profession}", str(seats))
    await agent.fill("#alternates", "3")
    await expect(agent.locator("#reach svg")).to_have_count(1)
    await agent.fill("#evaluation_at", soon())
    await agent.fill("#place", PLACE)
    await agent.check("#remote")
    await day.both(agent, "request")
    await press(agent, "Ask for the committee")
    await expect(agent.locator(".errsum")).to_have_count(0)
    await day.both(agent, "requested")
    clerk = await site.page("centre")
    await clerk.goto(site.url(f"/sections/{site.section}/seats"))
    await expect(clerk.locator("#order-title ~ p .tag--info")).to_have_text(said("Remote seats are wanted"))
    await clerk.fill("#remote", f"9 {NORTH}")
    await clerk.click("#order")
    await expect(clerk.locator("#remote-error")).to_be_visible()
    await day.both(clerk, "order")
    await clerk.fill("#remote", f"2 {NORTH}")
    await clerk.click("#order")
    await expect(clerk.locator(".table--calls tbody tr")).to_have_count(5, timeout=90_000)
    await expect(clerk.locator(".table--calls td", has_text=NORTH)).to_have_count(2)
    await expect(clerk.locator("text=未送达")).to_have_count(0)
    while not await everybody_told(site.hall, site.section):
        await clerk.wait_for_timeout(200)
    return clerk


async def press(page: Page, message: str) -> None:
    """Press the first button of the page whose words are this msgid's in Chinese."""
    await page.locator("main").locator("button, a.btn").filter(has_text=said(message)).first.click()
    await page.wait_for_load_state("load")


async def _phone(day: Day, number: int, name: str, language: str = "", shown: str = "#accept") -> Page:
    """The link of the message, opened on a phone; the code is gone from the address before anything is sent."""
    phone = await day.site.page(width=390)
    phone.on("request", lambda request: day.addresses.append(request.url))
    await phone.goto(day.site.url(f"/reply#{await code(day.site.hall, day.site.section, number)}", language))
    await expect(phone.locator("main summary" if shown == "#decline" else shown)).to_be_visible(timeout=20_000)
    day.addresses.append(phone.url)
    if name:
        await day.look(phone, name, 390)
    return phone


async def _phones(day: Day) -> None:
    site = day.site
    typed = await site.page(width=390)
    await typed.goto(site.url("/reply"))
    await typed.fill("#private_code", "AAAA BBBB CCCC")
    await typed.click(".reply .btn--primary")
    await expect(typed.locator("#private_code-error")).to_be_visible()
    await day.look(typed, "unknown-code", 390)
    refusing = await _phone(day, DECLINES, "")
    await refusing.click("main summary")
    await refusing.select_option("#kind", "busy")
    await day.look(refusing, "decline", 390)
    await refusing.click("#decline")
    await refusing.wait_for_url("**/reply/declined")
    silent = await call_of(site.hall, site.section, SILENT)
    late = await _phone(day, SILENT, "", language="/en")
    await day.look(late, "invitation-english", 390)
    await let_pass(site.hall, silent)
    await late.click("#accept")
    await expect(late.locator(".errsum")).to_be_focused()
    await expect(late.locator("#accept")).to_have_count(0)
    await day.look(late, "too-late-english", 390)
    for number in range(1, 6):
        before = await call_of(site.hall, site.section, number)
        while before.state != "sent" or not await everybody_told(site.hall, site.section):
            await typed.wait_for_timeout(200)
            before = await call_of(site.hall, site.section, number)
        phone = await _phone(day, number, "invitation" if number == 1 else "")
        await _by_keyboard(phone, "accept") if number == 1 else await phone.click("#accept")
        await phone.wait_for_url("**/reply/accepted")
        day.answers[number] = phone.url
        if number == 1:
            await day.look(phone, "accepted", 390)
            used = await _phone(day, number, "", shown="#decline")
            await expect(used.locator("#accept")).to_have_count(0)
            await day.look(used, "used", 390)


async def _by_keyboard(page: Page, target: str) -> None:
    """Go to a button by the Tab key alone and press it; its focus must be seen."""
    await page.evaluate("document.body.focus()")
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == target:
            break
    assert await page.evaluate("document.activeElement.id") == target
    style = await page.evaluate(
        "(({outlineStyle, boxShadow}) => [outlineStyle, boxShadow])(getComputedStyle(document.activeElement))"
    )
    assert style != ["none", "none"]
    await page.keyboard.press("Enter")


async def _console(day: Day, clerk: Page) -> None:
    await clerk.goto(day.site.url(f"/sections/{day.site.section}/seats"))
    await expect(clerk.locator(".table--calls .tag--ok")).to_have_count(5)
    await day.both(clerk, "room")
    agent = await day.site.page("agent")
    await agent.goto(day.site.url(f"/sections/{day.site.section}/panel"))
    await day.both(agent, "agent")


async def _check_in(day: Day, clerk: Page) -> None:
    site = day.site
    await let_come(site.hall, f"{site.section}/1")
    for number in range(1, 6):
        await clerk.goto(site.url(f"/sections/{site.section}/check-in"))
        await clerk.fill("#private_code", await code(site.hall, site.section, number))
        await clerk.fill("#private_identity", await identity(site.hall, await call_of(site.hall, site.section, number)))
        await clerk.check("#commitment")
        await clerk.click("main .btn--primary.btn--lg")
    await day.both(clerk, "check-in")


async def _sit_down(day: Day, clerk: Page) -> None:
    """Each takes the seat with the slip; from then on the names stand there for centre and supervisor."""
    site = day.site
    await clerk.goto(site.url(f"/sections/{site.section}/seats"))
    await clerk.click("#print")
    codes = clerk.locator(".slip-card__code")
    await expect(codes).to_have_count(5)
    await day.both(clerk, "slips")
    for number, slip in enumerate([text.strip() for text in await codes.all_text_contents()], 1):
        judge = await site.page()
        await judge.goto(site.url("/judge"))
        await judge.fill("#slip", slip)
        await press(judge, "Go on")
        if number == 1:
            await day.both(judge, "declaration")
        for one in await judge.locator('input[type="radio"][value="no"]').all():
            await one.check()
        await press(judge, "Declare and take the seat")
        await expect(judge.locator("#room-state")).to_be_visible(timeout=30_000)
        if number == 1:
            await day.look(judge, "seated", 1440)
        await judge.context.close()


async def _sign_the_list(day: Day, clerk: Page) -> None:
    """Both bodies sign, and the sheets can be printed; a second sign-out of one seat is refused at its row."""
    site, hall = day.site, day.site.hall
    path = f"/sections/{site.section}/attendance"
    await clerk.goto(site.url(f"{path}/list"))
    await day.both(clerk, "list-unsigned")
    supervisor = await site.page("supervisor")
    for page in (clerk, supervisor):
        await _sign(day, page, f"{path}/list")
    await clerk.goto(site.url(f"{path}/list"))
    await day.both(clerk, "list-signed")
    await clerk.goto(site.url(f"{path}/list/print"))
    await day.both(clerk, "list-print")
    await clerk.emulate_media(media="print")
    await day.picture(clerk, "list-print-paper", 1440)
    await clerk.emulate_media(media="screen")
    await clerk.goto(site.url(path))
    async with hall.database.work(hall.actor("centre")) as work:
        await sign_out(work, site.section, 1)
    await clerk.click("#seat-1 button")
    await expect(clerk.locator(".errsum")).to_be_focused()
    await expect(clerk.locator("#seat-1-error")).to_be_visible()
    await day.both(clerk, "attendance-refused")
    await supervisor.goto(site.url(f"/sections/{site.section}/decline-notes"))
    await day.both(supervisor, "decline-notes")


async def _sign(day: Day, page: Page, path: str) -> None:
    """Without a key the page says so; made under the own account, it signs the list."""
    await page.goto(day.site.url(path))
    await page.click("#list .btn--seal")
    await expect(page.locator("[data-say=no-key]")).to_be_visible()
    await page.click("[data-say=no-key] a")
    await page.click("key-enrolment button")
    await expect(page.locator("[data-here]:visible")).to_have_count(1, timeout=30_000)
    await page.goto(day.site.url(path))
    await page.click("#list .btn--seal")
    await expect(page.locator("#list")).to_have_count(0)


async def _at_home(day: Day) -> None:
    """What an expert finds among the own pages: invitations, then, once the draw is disclosed, the own leaf."""
    site, hall = day.site, day.site.hall
    hall.actors["expert1"] = Actor("account-expert1", Role.EXPERT, None, cast.REGION)
    page = await site.page("expert1")
    mine = expert_of(hall.keys.service, await call_of(hall, site.section, 1))
    async with hall.database.work(SYSTEM) as work:
        linked = update(Expert).where(Expert.id == mine).values(account=hall.accounts["expert1"].id)
        await work.session.execute(linked)
    for path in ("/expert/invitations", "/expert/invitations?show=waiting", "/expert/draws"):
        await page.goto(site.url(path))
        await day.both(page, "expert-" + path.rpartition("/")[2].replace("?show=", "-"))
    async with hall.database.work(SYSTEM) as work:
        await disclose_draws(work, hall.objects, hall.keys, site.section)
    for path, name in (("/expert/draws", "draws-one"), (f"/expert/draws/{site.section}/1", "draw")):
        await page.goto(site.url(path))
        await day.both(page, f"expert-{name}")


async def test_requirement_22_every_screen_of_the_day_fits_keeps_the_policy_and_bars_nobody(day: Day) -> None:
    assert not day.wrong, "\n".join(f"{what}: {value}" for what, value in day.wrong.items())


async def test_five_phones_answer_and_no_address_ever_holds_a_code(day: Day) -> None:
    assert len(day.answers) == 5
    codes = [await code(day.site.hall, day.site.section, number) for number in range(1, 6)]
    assert not [address for address in day.addresses for one in codes if one in address.partition("#")[0]]


async def test_five_are_let_in(day: Day) -> None:
    async with await day.site.hall.client("centre") as client:
        page = await client.get(f"/sections/{day.site.section}/check-in")
    assert page.status_code == 200
