"""The screens of clarification in a browser, each looked at; and a confirmation signed there as the platform checks it."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from browser_hall import Hall as Served
from browser_hall import opened
from inspection import Inspector
from playwright.async_api import Browser, Page, expect
from portal import Made, served
from procurement_scene import SAVED_AT, Office
from scenes import FAR, a_hall
from sqlalchemy import select

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.kernel.events import Event
from infra.objects import Objects
from trading.bidding.tables import Bid
from trading.clarifications.confirming import confirmed_versions
from trading.clarifications.rules import confirmation_message
from trading.clarifications.tables import Addendum

sys.path.append(str(Path(__file__).resolve().parents[1] / "clarifications"))
from clarifying import OBJECTION, QUESTION, answered, asked, extended
from envelopes import submitted
from test_clarification_pages import fields_of

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PASSWORD = "a-long-enough-password"
TELL = """
async ([manifest, version]) => {
  const source = document.querySelector("script[src*='clock.js']").src.replace("clock.js", "bidder/confirming.js");
  const { confirmationMessage } = await import(source);
  return Array.from(await confirmationMessage(manifest, version));
}
"""
TERMS = {
    "summary": "下调最高投标限价，工期改为三百五十日历天，替换施工图第 3 册",
    "affects": "yes",
    "reason": "限价与工期变化影响报价，距截止时间仍超过十五日",
    "ceiling": "9900000.00",
}


@dataclass(frozen=True)
class Site:
    """A served hall with a section that was changed, and one nobody has touched."""

    office: Office
    served: Served
    changed: str
    bid: str
    question: str
    notice: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Site]:
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        office = Office(hall)
        section = await office.published(3 * FAR)
        await submitted(hall, section, "bidder1")
        question = await _changed(office, section)
        for login in ("bidder1", "bidder2"):
            await hall.client(login)
        address = hall.stack.settings.database
        assert address is not None
        server = served(address, objects=objects, keys=hall.keys)
        origin = await asyncio.to_thread(server.__enter__)
        async with hall.database.reading() as session:
            bid = (await session.scalars(select(Bid.id).where(Bid.section == section))).one()
            amended = select(Addendum.notice).where(Addendum.section == section)
            notice = (await session.scalars(amended)).one()
        yield Site(office, Served(origin, Made("", "", "")), section, bid, question, notice)
        await asyncio.to_thread(server.__exit__, None, None, None)
        await office.close()


async def _changed(office: Office, section: str) -> str:
    """Version 2 with a question answered, a later deadline, and an objection that waits; the objection's id."""
    hall, path = office.hall, f"/sections/{section}"
    first = await asked(hall, section, "bidder2", text=QUESTION)
    await hall.wait_until(first.shown_at)
    await answered(hall, first.id, "含法定节假日，工期按日历天计。")
    fields = fields_of((await office.see(f"{path}/addendum")).text) | TERMS
    fields["clause-1-text"] = fields["clause-1-text"].replace("可以替换、撤回", "可以修改、替换或者撤回")
    fields["clause-3-text"] = "除招标投标法实施条例第五十一条规定的情形外，不得否决投标。"
    await office.done(f"{path}/addendum", action="preview", **fields)
    saved = SAVED_AT.search((await office.see(f"{path}/addendum/preview")).text)
    assert saved is not None
    await office.done(f"{path}/addendum/preview", saved_at=saved[1])
    await extended(hall, section, 3600)
    objection = await asked(hall, section, "bidder2", "objection", OBJECTION)
    fields = fields_of((await office.see(f"{path}/addendum")).text) | TERMS | {"ceiling": "9850000.00", "affects": "no"}
    await office.done(f"{path}/addendum", action="save", **fields)
    return objection.id


async def signed_in(browser: Browser, site: Site, login: str) -> Page:
    page = await opened(browser, site.served)
    await page.goto(site.served.origin + "/login")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(re.compile(r"(?<!/login)$"))
    return page


def screens(site: Site) -> dict[str, tuple[str, ...]]:
    """Who looks where."""
    path = f"/sections/{site.changed}"
    return {
        "agent": (
            f"{path}/questions",
            f"{path}/questions/{site.question}",
            *(f"{path}/{page}" for page in ("addendum", "addendum/preview", "addendum/files", "extension", "holders")),
        ),
        "bidder1": (f"{path}/ask", f"{path}/bid", f"/bids/{site.bid}/confirmation"),
        "": (
            path,
            f"/notices/{site.notice}",
            f"{path}/clarifications",
            f"{path}/tender-document",
            f"{path}/tender-document/1",
            f"{path}/tender-document/2/changes",
            f"{path}/subscription",
        ),
    }


@pytest.mark.soak
async def test_every_screen_of_clarification_keeps_the_policy_fits_and_bars_nobody(
    browser: Browser, site: Site
) -> None:
    inspector = Inspector()
    for login, paths in screens(site).items():
        page = await signed_in(browser, site, login) if login else await opened(browser, site.served)
        for path in paths:
            answer = await page.goto(site.served.origin + path, wait_until="load")
            assert answer is not None and answer.status == 200, path
            name = (
                path.replace(site.changed, "section")
                .replace(site.bid, "bid")
                .replace(site.question, "one")
                .replace(site.notice, "one")
            )
            await inspector.look(page, "clarification" + name.replace("/", "-"))
        await page.context.close()
    assert (inspector.policy, inspector.barred, inspector.narrow) == ([], [], [])


async def test_the_browser_signs_the_very_confirmation_that_the_platform_checks(browser: Browser, site: Site) -> None:
    page = await opened(browser, site.served)
    await page.goto(site.served.origin)
    manifest, document = bytes(range(32)), bytes(reversed(range(32)))
    told = await page.evaluate(TELL, [b64(manifest), b64(document)])
    assert bytes(told) == confirmation_message(manifest, document)
    await page.context.close()


@pytest.mark.soak
async def test_a_bid_is_confirmed_in_the_browser_for_the_version_in_force(browser: Browser, site: Site) -> None:
    page = await signed_in(browser, site, "bidder1")
    await page.goto(f"{site.served.origin}/bids/{site.bid}/confirmation")
    await page.click("#confirmation button")
    await expect(page.locator("#problems .errsum")).to_be_visible()
    await page.evaluate(
        """async () => {
          const base = document.querySelector("script[src*='clock.js']").src.replace("clock.js", "bidder/");
          const { openKey, enrol } = await import(base + "key.js");
          const { key } = await openKey(document.getElementById("confirmation").dataset.account);
          await enrol(key);
        }"""
    )
    await page.dblclick("#confirmation button")
    await page.wait_for_url(re.compile(r"/receipt$"))
    assert len(await site.office.hall.lines(Event.BID_CONFIRMED, section=site.changed)) == 1
    async with site.office.hall.database.reading() as session:
        assert (await confirmed_versions(session, site.changed))[site.bid] == 2
    await page.context.close()
