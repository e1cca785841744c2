"""The door, days of attendance, the list, fees, feedback and sanctions in a real browser: axe, width, order of focus."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from door_scene import Door, a_door
from judge_stage import Site
from playwright.async_api import Browser, Page
from portal import served
from scenes import a_hall
from sqlalchemy import select, update
from test_public_screens import barriers

from expertpool.appraisal.actions import notice_sanction, report_event
from expertpool.attendance.actions import sign_out
from expertpool.attendance.fees import Rate
from expertpool.attendance.paying import enter_rate
from expertpool.attendance.tables import Attendance
from expertpool.experts.sealing import seal_document
from expertpool.experts.tables import Expert
from expertpool.recusal.representatives import REPRESENTATIVE
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.context import SYSTEM
from infra.kernel.money import fen
from infra.objects import Objects
from trading.evaluation.queries import seats_of
from trading.evaluation.representatives import MANDATE, PERSON
from trading.evaluation.roster import settle
from trading.evaluation.tables import Representative
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]
PICTURES = os.environ.get("OPENHALL_PICTURES")
SCREENS = {
    "39-check-in": ("centre", "/sections/{}/check-in"),
    "39-attendance": ("centre", "/sections/{}/attendance"),
    "39-list": ("supervisor", "/sections/{}/attendance/list"),
    "47-fees": ("centre", "/sections/{}/fees"),
    "47-rates": ("centre", "/centre/fees"),
    "47-rating": ("agent", "/sections/{}/panel/rating"),
    "68-judges": ("supervisor", "/supervision/judges"),
    "68-sanctions": ("supervisor", "/supervision/sanctions"),
}
MANDATES = {
    "39-mandates": ("centre", "/sections/{}/mandates"),
    "39-mandates-supervisor": ("supervisor", "/sections/{}/mandates"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(
    postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser
) -> AsyncIterator[tuple[Site, Door]]:
    """A door at which three have come, one late and one gone again."""
    async with a_hall(postgres, template, objects) as hall:
        door = await a_door(hall)
        address = hall.stack.settings.database
        assert address is not None
        with served(address, objects=hall.objects, keys=hall.keys) as origin:
            yield Site(hall, origin, door.section, browser), door


async def shown(site: Site, login: str, path: str, name: str, status: int = 200) -> Page:
    """The page at both widths: no violation of axe, no scrolling sideways; a picture where pictures are wanted."""
    for width in (1440, 390):
        page = await site.page(login, width)
        answer = await page.goto(site.url(path.format(site.section)))
        assert answer is not None and answer.status == status, (path, answer and answer.status)
        assert await barriers(page) == [], name
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    return page


async def test_requirement_22_the_door_is_worked_on_a_small_screen(site: tuple[Site, Door]) -> None:
    stage, door = site
    page = await stage.page("centre", 390)
    await page.goto(stage.url(f"/sections/{door.section}/check-in"))
    await page.fill("#private_code", door.codes[1])
    await page.fill("#private_identity", "1")
    await page.check("#commitment")
    await page.click(".checkin .btn--primary")
    assert await page.evaluate("document.activeElement.className") == "errsum"
    assert await page.input_value("#private_code") == "" and await barriers(page) == []
    for number in (1, 2):
        await page.fill("#private_code", door.codes[number])
        await page.fill("#private_identity", door.cards[number])
        await page.fill("#locker", f"A-{number}")
        await page.check("#commitment")
        await page.click(".checkin .btn--primary")
        await page.wait_for_selector(".notice--ok")
    box = await page.locator(".checkin .btn--primary").bounding_box()
    assert box is not None and box["height"] >= 44
    await shown(stage, "centre", "/sections/{}/check-in", "39-door")


async def test_every_screen_of_attendance_and_appraisal_is_sound_at_both_widths(site: tuple[Site, Door]) -> None:
    stage, door = site
    await furnish(door)
    for name, (login, path) in SCREENS.items():
        await shown(stage, login, path, name)


async def furnish(door: Door) -> None:
    """Something for every page to show: days, a rate, settled fees, an event, a notice."""
    hall = door.hall
    async with hall.database.work(hall.actor("centre")) as work:
        await sign_out(work, door.section, 1)
        await sign_out(work, door.section, 2)
        await work.session.execute(update(Attendance).values(minutes=245))
        rate = Rate(60, fen("150.00"), fen("50.00"))
        await enter_rate(work, cast.REGION, datetime(2020, 1, 1, tzinfo=UTC).date(), rate, "市财政局（2020）1 号")
    for number in range(1, 6):
        await door.panel.sign_in(number)
    async with hall.database.work(hall.actor("centre")) as work:
        await work.session.execute(update(Section).values(state=SectionState.MARKED))
    async with hall.database.work(hall.actor("centre")) as work:
        await settle(work, hall.keys, door.section)
        seat = (await seats_of(work.session, door.section))[2]
        await report_event(work, hall.keys.service, seat, "absence", "第二天上午擅自离开一小时")
    async with hall.database.work(hall.actor("supervisor")) as work:
        expert = (await work.session.execute(select(Expert.id).limit(1))).scalar_one()
        soon = work.ctx.now + timedelta(days=7)
        reason = "未按招标文件规定的标准打分（TBR 71）"
        await notice_sanction(work, expert, "suspension", reason, months=6, held_from=soon, earliest=soon)


async def test_the_mandates_are_sound_at_both_widths_and_one_who_has_not_come_is_sealed(
    site: tuple[Site, Door],
) -> None:
    stage, door = site
    await two_represent(door)
    for name, (login, path) in MANDATES.items():
        page = await shown(stage, login, path, name)
        links = await page.locator("a[href*='/mandates/']").count()
        assert links == (1 if login == "centre" else 2), name


async def two_represent(door: Door) -> None:
    """Seats 4 and 5 as those of representatives, of whom the second has not signed in."""
    hall, file = door.hall, b"%PDF-1.7"
    async with hall.database.work(SYSTEM) as work:
        seats = (await seats_of(work.session, door.section))[3:]
        for seat in seats:
            seat.kind = seat.specialty = REPRESENTATIVE
            sealed = seal_document(hall.keys.service, PERSON, seat.id, ["李代表", "1"], work.ctx.random)
            mandate = hall.keys.service.wrap(MANDATE, seat.id, file, work.ctx.random)
            work.session.add(
                Representative(
                    section=door.section,
                    number=seat.number,
                    region=seat.region,
                    judge=seat.number,
                    seat=seat.id,
                    sealed=sealed,
                    sealed_mandate=mandate,
                    mandate=sha256(file).digest(),
                    named_by="account-agent",
                    named_at=work.ctx.now,
                )
            )
        seats[0].signed_in_at, seats[0].certificate = work.ctx.now, b"certificate"
        seats[1].signed_in_at = seats[1].certificate = None
        await work.session.execute(update(Section).values(state=SectionState.MARKED))
