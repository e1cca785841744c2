"""A bid handed in from a browser: typed, sealed, rehearsed, signed, uploaded, receipted, withdrawn."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bid_rooms import (
    COMMERCIAL,
    TECHNICAL,
    City,
    a_turning_city,
    choose,
    fill,
    hand_in,
    ready,
    rehearse,
    seal,
    sent_bytes,
)
from click.testing import CliRunner
from playwright.async_api import Browser, Request, expect
from sqlalchemy import delete

from infra.auth.tables import WebSession
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.amounts import in_words
from infra.kernel.context import SYSTEM
from infra.kernel.money import Fen, yuan
from infra.objects import Objects
from web.cli import group

pytestmark = pytest.mark.browser

AMOUNTS = [
    1, 5, 10, 50, 99, 100, 105, 110, 150, 1001, 10_000, 10_001_00, 100_000_000, 931_000_005, 985_000_000, 1_000_000_000,
    10_000_000_100, 10_010_010_010_10, 123_456_789_012_34, 10**12, 10**14 + 7, 20_000_000_000_010, 10**18 - 1,
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[City]:
    async with a_turning_city(postgres, template, objects, 5) as found:
        yield found


@pytest.mark.soak
async def test_requirement_06_a_bid_goes_from_typing_to_a_receipt_that_verifies_and_its_price_never_leaves_unsealed(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    sent: list[bytes] = []

    def note(request: Request) -> None:
        sent.append(sent_bytes(request))

    context.on("request", note)
    page = await city.room(context, city.sections[0])
    await ready(page, tmp_path)
    await expect(page.locator("#submit-consequence")).to_contain_text("9,310,000.00 yuan (玖佰叁拾壹万元整)")
    assert await page.evaluate("document.activeElement.id") == "submit-title"
    bid = await hand_in(page)
    async with page.expect_download() as download:
        await page.click("a[href$='receipt.json']")
    await (await download.value).save_as(tmp_path / "receipt.json")
    policy = await (await page.request.get(city.origin + "/log/policy.txt")).body()
    (tmp_path / "policy.txt").write_bytes(policy)
    command = ["verify", "receipt", str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy.txt")]
    told = CliRunner().invoke(group, command)
    assert told.exit_code == 0, told.output
    assert json.loads((tmp_path / "receipt.json").read_text())["bid"] == bid
    for secret in (b"9310000", b"9,310,000", "温如海".encode(), "玖佰叁拾壹".encode(), b"%PDF-1.7"):
        assert not [one for one in sent if secret in one], secret
    assert await page.evaluate("window.violations") == []
    await context.close()


@pytest.mark.soak
async def test_requirement_18_a_bid_is_withdrawn_by_keyboard_after_the_consequence_was_read(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder2")
    page = await city.room(context, city.sections[0])
    await ready(page, tmp_path)
    bid = await hand_in(page)
    await page.goto(f"{city.origin}/en/bids/{bid}/withdrawal")
    await expect(page.locator(".consequence")).to_contain_text("deleted unread and cannot be restored")
    assert await page.evaluate("document.activeElement.tagName") == "BODY"
    button = page.locator("#withdrawal button")
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await button.evaluate("one => one === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/receipt")
    await expect(page.locator(".receipt")).to_contain_text("Withdrawn")
    await context.close()


@pytest.mark.soak
async def test_a_bid_signed_elsewhere_is_withdrawn_here_with_a_key_of_this_browser(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    first = await city.desk(browser, "bidder3")
    page = await city.room(first, city.sections[0])
    await ready(page, tmp_path)
    bid = await hand_in(page)
    await first.close()
    other = await city.desk(browser, "bidder3")
    page = await other.new_page()
    await page.goto(f"{city.origin}/en/bids/{bid}/withdrawal")
    await page.click("#withdrawal button")
    await expect(page.locator(".errsum")).to_be_focused()
    await expect(page.locator(".errsum")).to_contain_text("This browser has no signing key")
    await page.goto(f"{city.origin}/en/account")
    await page.click("key-enrolment button")
    await expect(page.locator("key-enrolment [role=status]")).to_have_text("This browser has a valid key.")
    await page.goto(f"{city.origin}/en/bids/{bid}/withdrawal")
    await page.click("#withdrawal button")
    await page.wait_for_url("**/receipt")
    await expect(page.locator(".receipt")).to_contain_text("Withdrawn")
    await other.close()


@pytest.mark.soak
async def test_requirement_07_a_missing_file_in_one_section_holds_up_no_bid_for_another(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder1")
    stuck = await city.room(context, city.sections[1])
    await fill(stuck)
    await choose(stuck, "commercial", COMMERCIAL)
    await stuck.fill("#passphrase", "long enough")
    await stuck.fill("#passphrase-again", "long enough")
    await stuck.click("#seal-button")
    await expect(stuck.locator(".errsum")).to_be_focused()
    await expect(stuck.locator(".errsum li")).to_have_count(1)
    await expect(stuck.locator(".errsum")).to_contain_text("No file is chosen for “Technical part”")
    await expect(stuck.locator("#slot-technical .err")).to_contain_text("No file is chosen for “Technical part”")
    free = await city.room(context, city.sections[2])
    await ready(free, tmp_path)
    await hand_in(free)
    await expect(stuck.locator("#price")).to_have_value("9310000.00")
    await context.close()


@pytest.mark.soak
async def test_requirement_08_one_file_serves_several_slots_and_completeness_is_always_told(
    browser: Browser, city: City
) -> None:
    context = await city.desk(browser, "bidder2")
    page = await city.room(context, city.sections[1])
    told = page.locator(".room__side [data-completeness]")
    await expect(told).to_have_text("0 of 6 complete")
    await choose(page, "commercial", COMMERCIAL, "one.pdf")
    await expect(told).to_have_text("1 of 6 complete")
    await choose(page, "technical", COMMERCIAL, "one.pdf")
    await fill(page)
    await expect(told).to_have_text("3 of 6 complete")
    await choose(page, "technical", b"", "empty.pdf")
    await expect(page.locator(".errsum")).to_contain_text("The file “empty.pdf” is empty (0 bytes)")
    await expect(told).to_have_text("3 of 6 complete")
    await page.click("#slot-technical .slot__drop")
    await expect(told).to_have_text("2 of 6 complete")
    await choose(page, "technical", COMMERCIAL, "one.pdf")
    await seal(page)
    await expect(told).to_have_text("4 of 6 complete")
    await context.close()


@pytest.mark.soak
async def test_what_is_typed_outlives_a_reload_and_a_price_above_the_ceiling_is_refused(
    browser: Browser, city: City
) -> None:
    context = await city.desk(browser, "bidder3")
    page = await city.room(context, city.sections[1])
    await fill(page, "10,000,000.01")
    await expect(page.locator("#price-words")).to_have_text("壹仟万元零壹分")
    words = "The price of 10,000,000.01 yuan is above the ceiling of 10,000,000.00 yuan."
    await expect(page.locator("#price-room")).to_have_text(words)
    await page.click("#seal-button")
    await expect(page.locator(".errsum li").first).to_contain_text(words)
    await expect(page.locator("#price-refused")).to_have_text(words)
    await expect(page.locator("#price-form").get_by_text(words)).to_have_count(1)
    await expect(page.locator("#price")).to_have_attribute("aria-invalid", "true")
    await page.fill("#price", "１０，０００，０００")
    await expect(page.locator("#price-words")).to_have_text("壹仟万元整")
    await page.reload()
    await page.wait_for_selector("#room[data-ready]")
    await expect(page.locator("#leader")).to_have_value("温如海")
    await page.click("#forget")
    await page.reload()
    await page.wait_for_selector("#room[data-ready]")
    await expect(page.locator("#leader")).to_have_value("")
    await context.close()


@pytest.mark.soak
async def test_requirement_09_nothing_can_be_handed_in_before_the_kit_was_read_back_with_its_passphrase(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder3")
    page = await city.room(context, city.sections[2])
    await fill(page)
    await choose(page, "commercial", COMMERCIAL)
    await choose(page, "technical", TECHNICAL)
    await seal(page)
    await expect(page.locator("#submit-ready")).to_be_hidden()
    await page.click("#kit-button")
    await expect(page.locator(".errsum")).to_contain_text("The saved kit is not chosen")
    other = {"name": "kit.json", "mimeType": "application/json", "buffer": b"{}"}
    await page.set_input_files("#kit-file", other)  # type: ignore[arg-type]
    await page.fill("#kit-passphrase", "something")
    await page.click("#kit-button")
    await expect(page.locator(".errsum")).to_contain_text("The bid kit")
    await expect(page.locator("#submit-ready")).to_be_hidden()
    await rehearse(page, tmp_path)
    await expect(page.locator("#submit-ready")).to_be_visible()
    await context.close()


@pytest.mark.soak
async def test_requirement_01_a_session_that_ends_before_handing_in_loses_nothing(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    context = await city.desk(browser, "bidder2")
    page = await city.room(context, city.sections[3])
    await ready(page, tmp_path)
    async with city.hall.database.work(SYSTEM) as work:
        await work.session.execute(delete(WebSession))
    await page.click("#submit-button")
    await expect(page.locator("#signin")).to_be_visible()
    await page.click("#signin-continue")
    await expect(page.locator("#signin-line")).not_to_be_empty()
    await city.sign_in(context, "bidder2")
    await page.click("#signin-continue")
    await page.wait_for_url("**/receipt")
    await context.close()


@pytest.mark.soak
async def test_the_words_of_an_amount_are_the_same_in_browser_and_server(browser: Browser, city: City) -> None:
    context = await city.desk(browser, None)
    page = await context.new_page()
    await page.goto(city.origin + "/en")
    script = """async ([path, amounts]) => {
      const { inWords, readYuan, yuan } = await import(path);
      return amounts.map((fen) => [inWords(BigInt(fen)), yuan(BigInt(fen)), String(readYuan(yuan(BigInt(fen))))]);
    }"""
    found = await page.evaluate(script, ["/static/now/js/bidder/amounts.js", [str(one) for one in AMOUNTS]])
    assert found == [[in_words(Fen(one)), yuan(Fen(one)), str(one)] for one in AMOUNTS]
    await context.close()
