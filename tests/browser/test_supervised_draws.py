"""Draws before the supervising body, the choice of a supplement, and the agent's form for it, in browsers."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from judge_stage import Site, a_site
from judging import QUOTA, Panel, draw_in, frozen, requested, the_draw
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select
from test_judges_in_the_browser import SMALL
from test_public_screens import barriers

from expertpool.draw.audit import redraw_message
from expertpool.draw.limits import pass_limit
from expertpool.draw.ordering import order_draw
from expertpool.draw.states import DrawState
from expertpool.experts.actions import identity_of, name_of
from expertpool.experts.tables import Expert
from infra.auth.accounts import create_account
from infra.auth.certification import certify_key
from infra.auth.signing import verify_signature
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.objects import Objects
from trading.evaluation.panel import allow_redraw, request_panel
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak]

REASON = "监督方未在时限内完成审核，经核实为设备故障"
SIGNING = (
    "document.querySelector('script[src*=\"/judge/redraw.js\"]').src.replace('judge/redraw.js', 'seal/signing.js')"
)
ENROL = f"async (account) => (await (await import({SIGNING})).SigningKey.open(account)).create()"
KEEP = f"async ([account, told]) => (await (await import({SIGNING})).SigningKey.open(account)).keep(told)"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser) -> AsyncIterator[Site]:
    async with a_site(postgres, template, objects, browser) as site:
        await _a_supervisor_with_a_key(site)
        await _others(site)
        await _first_attempt_fails(site)
        await _second_attempt_loses_judges(site)
        yield site


async def _a_supervisor_with_a_key(site: Site) -> None:
    hall, body = site.hall, site.hall.bodies["supervisor"].id
    async with hall.database.work(SYSTEM) as work:
        account = await create_account(
            work, login="overseer", name="监督员甲（示例）", password="a-long-enough-password", role=Role.SUPERVISOR,
            region=cast.REGION, organisation=body,
        )  # fmt: skip
    hall.accounts["overseer"] = account
    hall.actors["overseer"] = Actor(account.id, Role.SUPERVISOR, body, cast.REGION)
    hall.signers["overseer"] = await hall.give_key("overseer", "overseer")


async def _others(site: Site) -> None:
    """Draws of other sections: refused for too few, found wrong by the audit, drawn."""
    hall = site.hall
    few = await requested(hall, "YH-SD-FEW/01", quota={cast.WORKS: 60, cast.COST: 2})
    async with hall.database.work(hall.actor("centre")) as work:
        await order_draw(work, few)
    program, honest = hall.trustees["supervisor"], hall.trustees["supervisor"].audit
    program.audit = lambda facts, head, pieces: honest({**facts, "alternates": 9}, head, pieces)
    wrong = await frozen(hall, "YH-SD-WRONG/01")
    await _until(site, wrong, DrawState.FAILED)
    program.audit = honest
    await _until(site, await frozen(hall, "YH-SD-DRAWN/01"), DrawState.REVEALED)


async def _first_attempt_fails(site: Site) -> None:
    hall = site.hall
    async with hall.database.work(hall.actor("agent")) as work:
        first = await request_panel(work, site.section, quota=QUOTA, alternates=1)
    hall.absent.add("supervisor")
    async with hall.database.work(hall.actor("centre")) as work:
        await order_draw(work, first.id)
    await _until(site, first.id, DrawState.FROZEN)
    async with hall.database.work(SYSTEM) as work:
        await pass_limit(work, first.id)
    hall.absent.discard("supervisor")
    await allow(site, 2)


async def _second_attempt_loses_judges(site: Site) -> None:
    hall = site.hall
    async with hall.database.work(hall.actor("agent")) as work:
        again = await request_panel(work, site.section, quota=QUOTA, alternates=1)
    async with hall.database.work(hall.actor("centre")) as work:
        await order_draw(work, again.id)
    await _until(site, again.id, DrawState.REVEALED)
    panel = Panel(hall, site.section, [])
    await panel.refresh()
    cost = next(seat.number for seat in panel.seats if seat.specialty == cast.COST)
    await panel.leave(cost)
    await panel.leave(cost)


async def allow(site: Site, number: int) -> None:
    signer = site.hall.signers["overseer"]
    assert signer.certificate is not None
    signature = signer.sign(redraw_message(f"{site.section}/{number}", REASON))
    async with site.hall.database.work(site.hall.actor("overseer")) as work:
        await allow_redraw(work, site.hall.authority, site.section, REASON, signer.certificate, signature)


async def _until(site: Site, draw: str, state: DrawState) -> None:
    while not await draw_in(site.hall, draw, state):
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["", "/en"])
async def test_every_screen_of_supervised_draws_keeps_the_policy_fits_and_bars_nobody(
    site: Site, language: str, width: int
) -> None:
    wrong: dict[str, object] = {}
    for name, path in {
        "list": "/supervision/draws",
        "failed": "/supervision/draws?view=failed",
        "none": "/supervision/draws?q=no-such-section",
        "section": f"/supervision/draws/{site.section}",
        "redraw": f"/sections/{site.section}/redraw",
    }.items():
        page = await site.page("overseer", width=width)
        await page.goto(site.url(path, language), wait_until="load")
        if folder := os.environ.get("OPENHALL_PICTURES"):
            await page.screenshot(path=Path(folder) / f"draws-{name}-{language[1:]}-{width}.png", full_page=True)
        found = {
            "violations": await page.evaluate("window.violations"),
            "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
            "barriers": await barriers(page),
            "small": await page.evaluate(SMALL) if width == 390 else [],
        }
        wrong |= {f"{name} {what}": value for what, value in found.items() if value}
    assert not wrong, "\n".join(f"{what}: {value}" for what, value in wrong.items())


async def test_the_list_names_causes_and_parties_and_is_narrowed_by_its_address(site: Site) -> None:
    page = await site.page("overseer")
    await page.goto(site.url("/supervision/draws?view=failed", "/en"))
    shown = page.locator(".supervised__one")
    await expect(shown).to_have_count(2)
    await expect(shown.filter(has_text="YH-SD-WRONG/01")).to_contain_text("refused")
    await expect(shown.filter(has_text=site.section)).to_contain_text("did not do its part of the draw in time")
    await page.goto(site.url("/supervision/draws?again=yes", "/en"))
    await expect(shown).to_have_count(1)
    await expect(shown).to_contain_text("1 seat nobody holds")
    await expect(shown).to_contain_text(REASON)


async def test_no_page_of_draws_names_anybody_who_was_drawn(site: Site) -> None:
    hall, page = site.hall, await site.page("overseer")
    async with hall.database.reading() as session:
        people = (await session.execute(select(Expert))).scalars().all()
    secrets = [text for one in people for text in (one.id, identity_of(hall.keys.service, one).split(":")[1])]
    secrets += [name for one in people if len(name := name_of(hall.keys.service, one)) > 2]
    for path in ("/supervision/draws", f"/supervision/draws/{site.section}", f"/sections/{site.section}/redraw"):
        await page.goto(site.url(path))
        text = await page.content()
        assert not [secret for secret in secrets if secret in text]
    assert (await the_draw(hall, f"{site.section}/2")).sealed_called


async def enrolled(site: Site, page: Page) -> None:
    """The overseer's browser makes a key of its own, which the platform certifies as its page would do."""
    account = site.hall.accounts["overseer"].id
    made = await page.evaluate(ENROL, account)
    async with site.hall.database.work(site.hall.actor("overseer")) as work:
        key, proof = unb64(made["publicKey"]), unb64(made["proof"])
        certificate = (await certify_key(work, site.hall.keys.authority, key, proof)).certificate
    await page.evaluate(KEEP, [account, b64(certificate)])


async def test_a_supplement_is_signed_in_the_browser_and_then_asked_for_by_the_agent(site: Site) -> None:
    """The signature of the page's own script is over draw, reason and kind; another reason than was typed would not hold."""
    page = await site.page("overseer")
    await page.goto(site.url(f"/sections/{site.section}/redraw", "/en"))
    await expect(page.locator("[name=kind][value=supplement]")).to_be_checked()
    await page.fill("#reason", REASON)
    await page.locator("#redraw .btn--seal").click()
    await expect(page.locator("[data-say=no-key]")).to_be_visible()
    assert await barriers(page) == []
    await enrolled(site, page)
    await page.locator("#redraw .btn--seal").click()
    await expect(page.locator("#redraw")).to_have_count(0)
    last = await the_draw(site.hall, f"{site.section}/2")
    assert (last.repeat_reason, last.repeat_supplement) == (REASON, True)
    line = (await site.hall.lines(Event.REDRAW_ALLOWED, section=site.section))[-1]
    message = redraw_message(f"{site.section}/3", REASON, supplement=True)
    signed = verify_signature(
        site.hall.authority, unb64(line.facts["certificate"]), unb64(line.facts["signature"]), message, line.at
    )
    assert signed.serial and line.facts["supplement"] is True
    assert await page.evaluate("window.violations") == []
    for width in (1440, 390):
        agent = await site.page("agent", width=width)
        await agent.goto(site.url(f"/sections/{site.section}/panel"), wait_until="load")
        await expect(agent.locator("form[action$=supplement]")).to_be_visible()
        assert await barriers(agent) == []
        if folder := os.environ.get("OPENHALL_PICTURES"):
            await agent.screenshot(path=Path(folder) / f"draws-agent-{width}.png", full_page=True)
    await agent.fill("#place", "   ")
    await agent.locator("form[action$=supplement] .btn--primary").click()
    await expect(agent.locator("form[action$=supplement]")).to_be_visible()
    await expect(agent.locator(".errsum")).to_be_focused()
    await agent.fill("#place", "云湖市公共资源交易中心三楼报到台")
    await agent.locator("form[action$=supplement] .btn--primary").click()
    await expect(agent.locator("#draw-3")).to_be_visible()
    assert (await the_draw(site.hall, f"{site.section}/3")).supplement
