"""A hurried hand presses a button twice: every form of clarification, opening and keys has one effect and leads on."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from envelopes import an_envelope, submitted
from playwright.async_api import Browser, Locator
from portal import Made, served
from procurement_scene import SAVED_AT, Office
from scenes import FAR, Hall, a_hall
from sqlalchemy import select, text

from infra.edge import random_bytes
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import canonical
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.objects import Objects
from infra.trustee import keeping
from trading.bidding.tables import BidBlock
from trading.bidding.uploads import BUCKET, block_key
from trading.opening.confirming import raise_objection
from trading.opening.form import FORM
from trading.opening.queries import opening_progress
from trading.sections.states import SectionState
from web.demo import cast
from web.procurement.times import time_to_type

sys.path.append(str(Path(__file__).resolve().parents[1] / "clarifications"))
from clarifying import QUESTION, REASONS, asked
from test_clarification_pages import TERMS, fields_of

pytestmark = [pytest.mark.browser, pytest.mark.soak]

WORDS = "唱标价与投标文件不一致，请核对"


@dataclass(frozen=True)
class Form:
    """A page with a form, who fills it in and with what, and the event it has for its effect, once."""

    login: str
    path: str
    event: Event
    fields: dict[str, str]


@dataclass(frozen=True)
class Site:
    """A served hall, and its forms by name."""

    hall: Hall
    served: Served
    forms: dict[str, Form]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Site]:
    async with a_hall(postgres, template, objects, bidders=5) as hall:
        office = Office(hall)
        forms = await _of_clarification(office) | await _of_the_opening(hall)
        for form in forms.values():
            await hall._token(form.login)
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        yield Site(hall, Served(origin, Made("", "", "")), forms)
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def _of_clarification(office: Office) -> dict[str, Form]:
    hall, section = office.hall, await office.published(FAR)
    path, deadline = f"/sections/{section}", (await hall.section(section)).deadline
    assert deadline is not None
    question = await asked(hall, section, "bidder2")
    await hall.wait_until(question.shown_at)
    later = time_to_type(deadline + timedelta(hours=1))
    fields = fields_of((await office.see(f"{path}/addendum")).text) | TERMS
    await office.done(f"{path}/addendum", action="preview", **fields)
    assert SAVED_AT.search((await office.see(f"{path}/addendum/preview")).text)
    told = {"answer": "含节假日。", "affects": "no", "reason": REASONS}
    return {
        "question": Form("bidder1", f"{path}/ask", Event.QUESTION_ASKED, {"kind": "question", "text": QUESTION}),
        "answer": Form("agent", f"{path}/questions/{question.id}", Event.CLARIFICATION_PUBLISHED, told),
        "addendum": Form("agent", f"{path}/addendum/preview", Event.ADDENDUM_PUBLISHED, {}),
        "extension": Form(
            "agent", f"{path}/extension", Event.SECTION_EXTENDED, {"deadline": later, "reason": "设计院补充图纸"}
        ),
    }


async def _of_the_opening(hall: Hall) -> dict[str, Form]:
    section, halted = await hall.tenders(2, 8)
    bids = [await submitted(hall, halted, f"bidder{number}") for number in range(1, 5)]
    for number in range(1, 5):
        await submitted(hall, section, f"bidder{number}")
    await submitted(hall, section, "bidder5", await an_envelope(hall, section, "bidder5", form=b"no form at all"))
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await _lose_form(hall, bids[3].id)
    await hall.reach(section, SectionState.OPENED)
    await hall.until(lambda: _waits(hall, halted))
    async with hall.database.work(hall.actor("bidder2")) as work:
        raised = await raise_objection(work, section, WORDS)
    path, cause = f"/sections/{section}", {"cause": "platform", "reasons": "存储服务丢失了数据块"}
    return {
        "cause": Form("centre", f"/sections/{halted}/host/causes/{bids[3].id}", Event.CAUSE_DECIDED, cause),
        "confirmation": Form("bidder1", f"{path}/hall/confirmation", Event.RECORD_CONFIRMED, {}),
        "objection": Form("bidder3", f"{path}/hall/objection", Event.OBJECTION_RAISED, {"reasons": "另一处不一致"}),
        "reply": Form("agent", f"{path}/host/objections/{raised.id}", Event.OBJECTION_ANSWERED, {"answer": "已核对"}),
        "note": Form("agent", f"{path}/host/note", Event.HALL_NOTED, {"text": "请核对开标记录"}),
        "pause": Form("agent", f"{path}/host/note?kind=pause", Event.HALL_PAUSED, {"text": "会场停电"}),
    }


async def _lose_form(hall: Hall, bid: str) -> None:
    async with hall.database.reading() as session:
        wanted = select(BidBlock).where(BidBlock.bid == bid, BidBlock.part == FORM)
        block = (await session.execute(wanted)).scalar_one()
    await hall.objects.delete(BUCKET, block_key(bid, FORM, 0), block.version)


async def _waits(hall: Hall, section: str) -> bool:
    async with hall.database.reading() as session:
        return (await opening_progress(session, section)).waiting == 1


async def _of_the_keys(hall: Hall) -> Form:
    """Enrolling a trustee for the supervisor, whose own is taken out again: nothing else that needs it may follow."""
    gone = hall.trustees["supervisor"].state.name
    hall.actors["security"] = Actor("account-security", Role.SECURITY_ADMIN, None, cast.REGION)
    async with hall.database.work(SYSTEM) as work:
        for table, column in (("trustee_reports", "trustee"), ("duties", "trustee"), ("trustees", "name")):
            await work.session.execute(text(f"DELETE FROM {table} WHERE {column} = :gone"), {"gone": gone})
    state = keeping.create(hall.folder / "further.json", "further.example", "supervisor", random_bytes)
    line = canonical(state.enrolment() | {"machine": "m", "administrator": "a", "custody": "c"}).decode()
    return Form("security", "/custody", Event.TRUSTEE_ENROLLED, {"line": line})


@pytest.mark.parametrize(
    "name",
    ["question", "answer", "addendum", "extension", "cause", "confirmation", "objection", "reply", "note", "pause"],
)
async def test_a_button_that_is_pressed_twice_has_one_effect(browser: Browser, site: Site, name: str) -> None:
    await _pressed_twice(browser, site, site.forms[name])


async def test_a_trustee_enrolled_by_a_hurried_hand_is_enrolled_once(browser: Browser, site: Site) -> None:
    await _pressed_twice(browser, site, await _of_the_keys(site.hall))


async def _pressed_twice(browser: Browser, site: Site, form: Form) -> None:
    before = len(await site.hall.lines(form.event))
    page = await opened(browser, site.served)
    token = await site.hall._token(form.login)
    await page.context.add_cookies([{"name": "openhall_session", "value": token, "url": site.served.origin}])
    await page.goto(f"{site.served.origin}{form.path}")
    named = [field for field in form.fields if field != "kind"]
    inside = f":has([name='{named[0]}'])" if named else ":has(.btn--seal, .btn--primary)"
    sheet = page.locator(f"main form[method=post]{inside}").last
    await _filled(sheet, form.fields)
    button = sheet.locator("button.btn--seal, button.btn--primary").first
    async with page.expect_response(lambda answer: answer.request.method == "POST"):
        await button.dblclick()
    await page.wait_for_load_state("networkidle")
    assert len(await site.hall.lines(form.event)) == before + 1
    assert await page.locator(".errsum").count() == 0 and await page.locator("h1").count() == 1
    await page.context.close()


async def _filled(sheet: Locator, fields: dict[str, str]) -> None:
    for field, value in fields.items():
        place = sheet.locator(f"[name='{field}']").first
        kind = await place.evaluate("one => one.type")
        if kind == "radio":
            await sheet.locator(f"[name='{field}'][value='{value}']").check()
        elif kind.startswith("select"):
            await place.select_option(value)
        elif kind != "hidden":
            await place.fill(value)
