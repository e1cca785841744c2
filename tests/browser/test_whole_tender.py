"""One section from the registration of a bidder to the Verify page, by people at browsers and one bidder at a terminal."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import people_at_work as people
import pytest
import pytest_asyncio
from city import City, a_city
from inspection import ALL, Inspector
from people_at_work import Desk, Desks
from playwright.async_api import Browser, expect

from infra.embedded.objects import EmbeddedObjects
from infra.embedded.postgres import EmbeddedPostgres
from web.demo import cast

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(900)]

PROJECT = "YH-GC-2026-0801"
SECTION = f"{PROJECT}/01"
TITLE = "云湖第三水厂扩建工程 施工 01 标段"
SECRET = "a-long-enough-password"
MARKS = [["17", "13.5", "12"], ["16.5", "12", "13"], ["18", "11", "12.5"], ["15", "13", "11.5"], ["16", "12.5", "13.5"]]
SCREENS = (3, 5, 6, 7, 12, 17, 18, 19, 20, 23, 25, 29, 31, 32, 33, 34, 35, 36, 39, 40, 42, 46, 58, 59, 60)
"""Of the inventory in the rule-book of the user interface; 21 and 22 are parts of 20."""
PHONES = tuple(f"{number}-" for number in (3, 5, 6, 7, 12, 17, 18, 19, 20, 23, 25, 29, 39))
"""Screens of the public and of bidders, and the judges' door: those that requirement 22 names."""
NEWCOMER = "新来建设有限公司（示例）"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(
    browser: Browser,
    postgres: EmbeddedPostgres,
    objects_server: EmbeddedObjects,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[City]:
    async with a_city(postgres, objects_server, Path(tmp_path_factory.mktemp("city")), 3) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def seen(city: City, browser: Browser) -> AsyncIterator[Inspector]:
    """The whole story, told once; what was wrong on its screens is judged by the tests below."""
    desks = Desks(city, browser)
    try:
        found = Inspector(reading=ALL)
        await the_whole_story(city, desks, found)
        yield found
    finally:
        await desks.close()


def test_a_section_goes_from_registration_to_the_verify_page(seen: Inspector) -> None:
    screens = {name.partition("-")[0] for name in seen.seen}
    assert {str(number) for number in SCREENS} <= screens


def test_requirement_20_no_screen_breaks_the_content_policy(seen: Inspector) -> None:
    assert not seen.policy, "\n".join(seen.policy)


@pytest.mark.skipif(not ALL, reason="axe-core reads these screens in `make soak`")
def test_requirement_21_axe_finds_nothing_on_any_screen(seen: Inspector) -> None:
    assert not seen.barred, "\n".join(seen.barred)


def test_requirement_22_nothing_overflows_at_390_pixels_and_targets_are_large_enough(seen: Inspector) -> None:
    held = [one for one in seen.narrow if one.startswith(PHONES)]
    assert not held, "\n".join(held)
    assert not [one for one in seen.narrow if "too wide" in one], "\n".join(seen.narrow)


async def the_whole_story(city: City, desks: Desks, seen: Inspector) -> None:
    """From registration to the Verify page."""
    clerk, agent = await desks.one("centre"), await desks.one("agent")
    newcomer = await registered(desks, clerk, seen)
    began = await city.now()
    await prepared(agent, clerk, seen)
    pace = (await city.now() - began).total_seconds()
    deadline = (await city.now()).replace(microsecond=0) + timedelta(seconds=max(60.0, 6 * pace))
    await people.ask_for_keys(agent, SECTION, deadline)
    await seen.look(agent.page, "33-notice")
    await people.publish_the_notice(agent, SECTION, {**cast.FIELDS, "name": TITLE})
    receipts = await everybody_bids(city, desks, newcomer, seen)
    watcher = await desks.one()
    await watcher.go(f"/sections/{SECTION}/hall")
    await seen.look(watcher.page, "5-hall-before")
    await opened(city, watcher, clerk, newcomer, seen)
    await judged(desks, agent, clerk, seen)
    await awarded(agent, watcher, seen)
    await looked_at_by_everybody(watcher, newcomer, receipts, seen)


async def registered(desks: Desks, clerk: Desk, seen: Inspector) -> Desk:
    """A newcomer registers, the clerk accepts."""
    newcomer = await desks.one()
    await newcomer.go("/register")
    await seen.look(newcomer.page, "18-register")
    await people.register(newcomer, "newcomer", SECRET, name=NEWCOMER, credit_code=cast.code(777))
    await clerk.go("/centre/registrations")
    await seen.look(clerk.page, "59-registrations")
    await people.accept_registration(clerk, NEWCOMER)
    # The page that waits turns by itself.
    await expect(newcomer.page.locator("form[action$='/company/withdrawal']")).to_have_count(0, timeout=60_000)
    await newcomer.page.wait_for_load_state()
    for name, path in (("17-workbench", "/desk"), ("18-company", "/company"), ("19-device", "/device")):
        await newcomer.go(path)
        await seen.look(newcomer.page, name)
    return newcomer


async def prepared(agent: Desk, clerk: Desk, seen: Inspector) -> None:
    """Project, acceptance, section, frozen document."""
    await agent.go("/projects")
    await seen.look(agent.page, "31-projects-none")
    await people.submit_project(agent, PROJECT, TITLE, cast.PROCURER.name)
    await people.accept_project(clerk, PROJECT)
    await people.add_section(agent, PROJECT, TITLE, "10000000.00")
    await agent.go(f"/sections/{SECTION}/document")
    await seen.look(agent.page, "32-document")
    await people.freeze_the_document(agent, SECTION, "benchmark")
    await agent.go("/projects")
    await seen.look(agent.page, "31-projects")
    await clerk.go("/centre/board")
    await seen.look(clerk.page, "58-board")


async def everybody_bids(city: City, desks: Desks, newcomer: Desk, seen: Inspector) -> list[Path]:
    """Two at browsers, one of them losing the tab in the upload, one at the terminal; the receipts of the two."""
    second = await desks.one("bidder2")
    await newcomer.go(f"/sections/{SECTION}/bid")
    await seen.look(newcomer.page, "20-bid-room", ready="#room:not([hidden])")
    first, other, _ = await asyncio.gather(
        bids_and_loses_the_tab(city, newcomer),
        bids(city, second),
        people.bid_at_the_terminal(city, "bidder3", SECTION, "9480000.00"),
    )
    await seen.look(second.page, "23-receipt")
    await second.go("/bids")
    await seen.look(second.page, "23-bids")
    return [first, other]


async def bids_and_loses_the_tab(city: City, newcomer: Desk) -> Path:
    await people.fill_in_the_bid(newcomer, SECTION, city.files("newcomer"), "9850000.00")
    await people.die_in_the_upload(newcomer, SECTION)
    await people.hand_in_the_bid(newcomer)
    return await people.take_the_receipt(newcomer, city.files("newcomer"))


async def bids(city: City, bidder: Desk) -> Path:
    await people.fill_in_the_bid(bidder, SECTION, city.files("bidder2"), "9620000.00")
    await people.hand_in_the_bid(bidder)
    return await people.take_the_receipt(bidder, city.files("bidder2"))


async def opened(city: City, watcher: Desk, clerk: Desk, bidder: Desk, seen: Inspector) -> None:
    """The page of a watcher turns by itself; the host and a bidder look on, the bidder confirms the record."""
    await watcher.go(f"/sections/{SECTION}/hall")
    await expect(watcher.page.locator("main")).to_contain_text("9,480,000.00", timeout=300_000)
    await seen.look(watcher.page, "5-hall")
    await bidder.go(f"/sections/{SECTION}/hall")
    await seen.look(bidder.page, "25-hall-own")
    await clerk.go(f"/sections/{SECTION}/host")
    await seen.look(clerk.page, "35-host")
    await watcher.go(f"/sections/{SECTION}/opening-record")
    await seen.look(watcher.page, "5-record")
    await watcher.go(f"/sections/{SECTION}/hall/screen")
    await seen.look(watcher.page, "hall-screen", narrow=False)


async def judged(desks: Desks, agent: Desk, clerk: Desk, seen: Inspector) -> None:
    """Drawn, called, checked in, signed in by slip, one of them twice, marked alone, locked, the report signed by all."""
    await agent.go(f"/sections/{SECTION}/panel")
    await seen.look(agent.page, "34-panel")
    await people.ask_for_judges(agent, clerk, SECTION)
    phone = await desks.one()
    for number in range(1, 6):
        await people.accept_the_call(phone, SECTION, number)
    for number in range(1, 6):
        await people.check_in(clerk, SECTION, number)
    await clerk.go(f"/sections/{SECTION}/seats")
    await seen.look(clerk.page, "60-draw-room")
    slips = await people.print_the_slips(clerk, SECTION)
    judges = [await desks.one() for _ in slips]
    await judges[0].go("/judge")
    await seen.look(judges[0].page, "39-slip")
    for judge, slip in zip(judges, slips, strict=True):
        await people.take_the_seat(judge, slip)
    await judges[0].go("/judge/leader")
    await seen.look(judges[0].page, "40-leader")
    for judge in judges:
        await people.examine(judge)
    await people.until_marking_is_open(judges[0])
    for number, judge in enumerate(judges):
        await people.mark(judge, MARKS[number])
    await seen.look(judges[0].page, "42-marks")
    await people.come_back(judges[0], slips[0])
    for judge in judges:
        await people.lock(judge)
    await judges[0].go("/judge/report")
    for judge in judges:
        await people.sign_the_report(judge)
    await seen.look(judges[0].page, "46-report")


async def awarded(agent: Desk, watcher: Desk, seen: Inspector) -> None:
    """Candidates, publicity, award, evidence."""
    await agent.go(f"/sections/{SECTION}/award")
    await seen.look(agent.page, "36-award")
    await agent.press("Publish the candidates")
    for _ in range(60):
        await agent.go(f"/sections/{SECTION}/award")
        if await agent.page.locator('button[value="award"]').count():
            break
        await agent.page.wait_for_timeout(500)
    await agent.press("Publish the award")


async def looked_at_by_everybody(watcher: Desk, bidder: Desk, receipts: list[Path], seen: Inspector) -> None:
    """Results, one's own marks, and the Verify page: yes to receipts and evidence, no to a changed byte."""
    for name, path in (("3-section", ""), ("6-results", "/marks"), ("7-contract", "/contract")):
        await watcher.go(f"/sections/{SECTION}{path}")
        await seen.look(watcher.page, name)
    await bidder.go(f"/sections/{SECTION}/mine")
    await seen.look(bidder.page, "29-mine")
    evidence = await people.take_the_evidence(watcher, SECTION, receipts[0].parent)
    for file in (*receipts, evidence):
        assert people.said("Yes, this holds") in await people.verified(watcher, file), file
    await seen.look(watcher.page, "12-verify", narrow=False)
    spoiled = evidence.with_name("spoiled.zip")
    data = bytearray(evidence.read_bytes())
    data[len(data) // 2] ^= 1
    spoiled.write_bytes(data)
    assert people.said("Yes, this holds") not in await people.verified(watcher, spoiled)
