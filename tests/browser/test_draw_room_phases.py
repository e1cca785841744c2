"""The draw room while a draw stands still (screen 60): frozen, audited, committed, failed; at both widths, and never a name."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from calling import PLACE, opened_section
from judge_stage import Site
from judging import QUOTA, draw_in, enter_experts, the_draw
from playwright.async_api import Browser, expect
from portal import served
from scenes import Hall, a_hall
from test_judges_in_the_browser import SMALL
from test_public_screens import barriers

from expertpool.draw.ordering import order_draw
from expertpool.draw.states import DrawState
from expertpool.invitations.actions import fix_meeting
from infra.crypto.seal import seal_bytes
from infra.custody.actions import signed_keyset
from infra.custody.tables import Keyset
from infra.edge import random_bytes
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.objects import Objects
from infra.trustee.duties import escrow_owner
from trading.evaluation.foresight import phases_of
from trading.evaluation.panel import request_panel
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(600)]
PHASES = ("ordered", "frozen", "audited", "committed", "failed")
NAMES = [text for one in cast.EXPERTS for text in (one.name, one.identity.partition(":")[2])]


@dataclass
class Room:
    """The words of the room in each phase, and what was wrong with it on the way."""

    texts: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, object] = field(default_factory=dict)

    async def look(self, site: Site, name: str) -> None:
        for login, path in (("centre", "seats"), ("agent", "panel")):
            for width in (1440, 390):
                page = await site.page(login, width)
                answer = await page.goto(site.url(f"/sections/{site.section}/{path}"))
                assert answer is not None and answer.status == 200
                await expect(page.locator(".phases li").first).to_be_visible()
                found = {
                    "violations": await page.evaluate("window.violations"),
                    "overflow": await page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
                    "barriers": await barriers(page),
                    "small": await page.evaluate(SMALL) if width == 390 else [],
                }
                self.wrong |= {f"{name} {login} {width} {what}": value for what, value in found.items() if value}
                self.texts[f"{name} {login}"] = await page.locator("main").inner_text()
                if folder := os.environ.get("OPENHALL_PICTURES"):
                    await page.screenshot(path=Path(folder) / f"room-{name}-{login}-{width}.png", full_page=True)
                await page.context.close()
        site.pages.clear()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(postgres: EmbeddedPostgres, template: str, objects: Objects, browser: Browser) -> AsyncIterator[Room]:
    """A draw that is held at each phase, until the centre's escrow contradicts its commitment."""
    async with a_hall(postgres, template, objects, bidders=3) as hall:
        await enter_experts(hall)
        section, found = await opened_section(hall), Room()
        async with hall.database.work(hall.actor("agent")) as work:
            draw = (await request_panel(work, section, quota=QUOTA, alternates=2)).id
        address = hall.stack.settings.database
        assert address is not None
        with served(address, objects=hall.objects, keys=hall.keys) as origin:
            site = Site(hall, origin, section, browser)
            await _held(hall, site, found, draw)
        yield found


async def _held(hall: Hall, site: Site, room: Room, draw: str) -> None:
    async with hall.database.work(hall.actor("centre")) as work:
        await fix_meeting(work, draw, work.ctx.now + timedelta(hours=20), PLACE, 1800)
        await order_draw(work, draw)
    await room.look(site, "ordered")
    hall.absent |= {"supervisor", "centre", "agent"}
    await _until(hall, lambda: draw_in(hall, draw, DrawState.FROZEN))
    await room.look(site, "frozen")
    hall.absent -= {"supervisor", "agent"}
    await _until(hall, lambda: _audited(hall, draw))
    await room.look(site, "audited")
    while not await draw_in(hall, draw, DrawState.FAILED):
        before = await draw_in(hall, draw, DrawState.COMMITTED)
        await hall.turn("centre")
        for answer in hall.trustees["centre"].answers:
            if "container" in answer["answer"]:
                answer["answer"]["container"] = b64(await _another_escrow(hall, draw))
        if not before and await draw_in(hall, draw, DrawState.COMMITTED):
            await room.look(site, "committed")
        await hall.step()
    hall.absent.clear()
    await room.look(site, "failed")


async def _until(hall: Hall, reached: Callable[[], Awaitable[bool]]) -> None:
    while not await reached():
        await hall.step()


async def _audited(hall: Hall, draw: str) -> bool:
    async with hall.database.reading() as session:
        phases = await phases_of(session, await the_draw(hall, draw))
    return next(one for one in phases if one.name == "audited").at is not None


async def _another_escrow(hall: Hall, draw: str) -> bytes:
    """The centre keeps to its commitment in the log, but seals something else."""
    found = await the_draw(hall, draw)
    async with hall.database.reading() as session:
        keyset = signed_keyset(await session.get_one(Keyset, found.keyset))
    return seal_bytes(random_bytes(32), keyset, "draw-centre", escrow_owner(draw, "centre"), None, random_bytes)[0]


async def test_every_phase_fits_bars_nobody_and_breaks_no_policy(room: Room) -> None:
    assert {name.partition(" ")[0] for name in room.texts} == set(PHASES)
    assert room.wrong == {}


async def test_no_phase_names_anybody_of_the_pool(room: Room) -> None:
    assert [(phase, name) for phase, text in room.texts.items() for name in NAMES if name in text] == []


async def test_a_failed_draw_says_who_failed_and_what_can_be_done(room: Room) -> None:
    told = room.texts["failed centre"]
    assert "失败" in told and "交易中心" in told and "…" not in told
