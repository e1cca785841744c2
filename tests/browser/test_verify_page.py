"""The Verify page in a browser: one box, a large yes or no, nothing sent; by keyboard, offline, on paper, without scripts."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser, Page, expect
from test_public_screens import barriers
from verify_cases import policy_file

from infra.crypto.keyset import parse_keyset
from infra.crypto.manifest import bidder_line, parse_manifest
from infra.crypto.seal import seal_bytes
from infra.crypto.seal_blocks import block_root
from infra.kernel.canonical import b64, canonical

# isort: split
from evidence_forging import facts
from evidence_log import Stream
from evidence_scenes import a_scene, an_evidence, credit_code
from test_verify_commands import a_receipt

pytestmark = pytest.mark.browser

POLICY = "**/log/policy.txt"
WAIT = 60_000


def file(name: str, data: bytes) -> Any:
    """A file as a person chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


async def at_verify(browser: Browser, hall: Hall, path: str = "/verify", **how: Any) -> tuple[Page, list[str]]:
    """The page with the platform's policy at hand, and the addresses it asks for from now on."""
    page = await opened(browser, hall, **how)
    await page.route(POLICY, lambda route: route.fulfill(body=policy_file(), content_type="text/plain"))
    await page.goto(hall.origin + path, wait_until="networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(hall.origin)))
    return page, asked


async def verdict(page: Page) -> Any:
    """The verdict's card once it is there."""
    card = page.locator(".verdict")
    await card.wait_for(timeout=WAIT)
    return card


async def test_requirement_06_a_receipt_is_valid_on_verify_without_login(browser: Browser, hall: Hall) -> None:
    page, asked = await at_verify(browser, hall)
    await page.set_input_files("#files", file("receipt.json", canonical(a_receipt())))
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("是，核验通过")
    await expect(card.locator("h2")).to_be_focused()
    await expect(card).to_contain_text("YH-2026-001/S1")
    await expect(card).to_contain_text("只证明平台与文件相符")
    assert asked == ["/log/policy.txt"]
    assert await page.evaluate("window.violations") == []
    await page.context.close()


@pytest.mark.soak
async def test_with_a_policy_of_ones_own_nothing_is_asked_of_the_platform(browser: Browser, hall: Hall) -> None:
    page, asked = await at_verify(browser, hall, "/en/verify")
    await page.context.set_offline(True)
    await page.set_input_files("#own", file("policy.txt", policy_file()))
    await page.set_input_files("#files", file("evidence.zip", an_evidence()))
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("Yes, this holds")
    await expect(card).to_contain_text("your own policy file")
    await expect(card.locator(".checks li")).to_have_count(17)
    assert asked == []
    await page.context.close()


async def test_a_forged_file_is_a_no_with_reason_place_and_what_to_do(browser: Browser, hall: Hall) -> None:
    scene = a_scene()
    facts(scene, "marks.published")["sheets"]["J2"]["marks"]["bid-c"]["t1"] = "40"
    page, _ = await at_verify(browser, hall, "/en/verify")
    await page.set_input_files("#files", [file("evidence.zip", scene.evidence()), file("policy.txt", policy_file())])
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("No, this does not hold")
    await expect(card).to_contain_text("The published marks of “J2” are not those committed to before.")
    await expect(card).to_contain_text("events.json, event 50 (marks.published)")
    await expect(card).to_contain_text("report it to the supervising body")
    await card.locator(".verdict__steps summary").click()
    await expect(card.locator(".checks__ok")).to_have_count(12)
    await expect(card.locator(".checks__bad")).to_contain_text("Here it stops")
    await page.context.close()


@pytest.mark.soak
async def test_without_a_policy_a_sound_file_is_amber_and_never_a_yes(browser: Browser, hall: Hall) -> None:
    page, _ = await at_verify(browser, hall)
    await page.check("input[value=none]")
    await page.set_input_files("#files", file("evidence.zip", an_evidence("elsewhere")))
    card = await verdict(page)
    await expect(card).to_have_attribute("data-tone", "integrity")
    await expect(card).to_contain_text("他人以自己的密钥重制也能通过")
    await page.context.close()


@pytest.mark.soak
async def test_the_bidders_own_sealed_file_is_hashed_here_and_compared(browser: Browser, hall: Hall) -> None:
    keyset = parse_keyset(a_scene().event("keyset.published").facts["document"].encode())
    salt = parse_manifest(a_scene().bids["bid-b"]["manifest"].encode()).bidder_salt
    sealed, _ = seal_bytes(
        b"drawings" * 1000, keyset, "technical", bidder_line(salt, credit_code("B")), None, Stream("s")
    )
    receipt = a_receipt()
    told = {"part": "technical", "size": len(sealed), "root": b64(block_root([sealed]))}
    receipt["parts"] = [row if row["part"] != "technical" else told for row in receipt["parts"]]
    page, _ = await at_verify(browser, hall, "/en/verify")
    await page.set_input_files("#files", [file("r.json", canonical(receipt)), file("technical.sealed", sealed)])
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("Yes, this holds")
    await expect(card.locator(".checks")).to_contain_text("A sealed file is the listed one")
    await page.set_input_files("#files", [file("r.json", canonical(receipt)), file("technical.sealed", sealed + b"x")])
    await expect(page.locator(".verdict h2")).to_have_text("No, this does not hold", timeout=WAIT)
    await page.context.close()


@pytest.mark.soak
async def test_a_pasted_receipt_is_checked_by_keyboard_alone(browser: Browser, hall: Hall) -> None:
    page, _ = await at_verify(browser, hall, "/en/verify", width=390)
    await page.focus(".paste summary")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.insert_text(canonical(a_receipt()).decode())
    while not await page.evaluate("document.activeElement.matches('#verify .btn--primary')"):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect((await verdict(page)).locator("h2")).to_have_text("Yes, this holds")
    await page.context.close()


@pytest.mark.soak
async def test_an_empty_box_says_what_to_do(browser: Browser, hall: Hall) -> None:
    page, _ = await at_verify(browser, hall, "/en/verify")
    await page.click("#verify .btn--primary")
    await expect(page.get_by_role("alert")).to_have_text("Choose or drop a file, or paste its text.")
    await page.context.close()


@pytest.mark.soak
async def test_without_the_network_the_platforms_policy_is_missed_aloud(browser: Browser, hall: Hall) -> None:
    page, _ = await at_verify(browser, hall, "/en/verify")
    await page.unroute(POLICY)
    await page.context.set_offline(True)
    await page.set_input_files("#files", file("receipt.json", canonical(a_receipt())))
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("This could not be checked")
    await expect(card).to_contain_text("could not be fetched")
    await page.context.close()


@pytest.mark.soak
async def test_a_file_of_an_unknown_kind_is_not_blamed_on_the_policy(browser: Browser, hall: Hall) -> None:
    page, _ = await at_verify(browser, hall, "/en/verify")
    await page.set_input_files("#files", file("holiday.jpg", b"\xff\xd8 a picture"))
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("This could not be checked")
    await expect(card).to_contain_text("none of the files that the page knows")
    await expect(card).not_to_contain_text("could not be fetched")
    await page.context.close()


@pytest.mark.soak
async def test_checks_that_cannot_be_loaded_are_the_pages_fault_and_said_so(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall)
    await page.route("**/verify/checks.js", lambda route: route.abort())
    await page.goto(hall.origin + "/en/verify", wait_until="networkidle")
    await page.set_input_files("#files", file("receipt.json", canonical(a_receipt())))
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("This could not be checked")
    await expect(card).to_contain_text("a fault of this page")
    await page.context.close()


@pytest.mark.soak
async def test_the_verdict_is_saved_with_hash_time_and_every_check(
    browser: Browser, hall: Hall, tmp_path: Path
) -> None:
    data = canonical(a_receipt())
    page, _ = await at_verify(browser, hall)
    await page.set_input_files("#files", file("receipt.json", data))
    card = await verdict(page)
    async with page.expect_download() as waiting:
        await card.locator("[data-act=save]").click()
    await (await waiting.value).save_as(tmp_path / "verdict.json")
    kept = json.loads((tmp_path / "verdict.json").read_text())
    assert (kept["verdict"], kept["file"]["sha256"]) == ("holds", sha256(data).hexdigest())
    assert kept["policy"] == {"from": "platform", "sha256": sha256(policy_file()).hexdigest()}
    assert [step["name"] for step in kept["steps"]] == [
        "receipt-policy",
        "receipt-entry",
        "receipt-log",
        "receipt-event",
    ]
    await page.context.close()


@pytest.mark.soak
async def test_on_paper_only_the_verdict_stands_with_every_check_unfolded(browser: Browser, hall: Hall) -> None:
    page, _ = await at_verify(browser, hall)
    await page.set_input_files("#files", file("receipt.json", canonical(a_receipt())))
    card = await verdict(page)
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    await page.emulate_media(media="print")
    await expect(page.locator("#verify")).to_be_hidden()
    await expect(card.locator("[data-slot=hash]")).to_be_visible()
    await expect(card.locator(".checks li").last).to_be_visible()
    await page.context.close()


async def test_without_scripts_the_page_tells_the_commands(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall, scripts=False)
    await page.goto(hall.origin + "/en/verify")
    await expect(page.locator("noscript .cmd")).to_be_visible()
    assert "openhall verify receipt receipt.json" in await page.locator("noscript .cmd").inner_text()
    await expect(page.locator("#verify")).to_be_hidden()
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_verdicts_fit_and_bar_nobody(browser: Browser, hall: Hall, width: int, large: bool) -> None:
    page, _ = await at_verify(browser, hall, width=width, large=large)
    wrong = {}
    for name, data in (("yes", canonical(a_receipt())), ("no", canonical(a_receipt() | {"bid": "bid-c"}))):
        await page.set_input_files("#files", file("receipt.json", data))
        tone = {"yes": "holds", "no": "failed"}[name]
        await page.locator(f".verdict[data-tone={tone}]").wait_for(timeout=WAIT)
        await page.locator(".verdict__steps summary").click()
        wrong[name] = await barriers(page)
        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, name
    assert wrong == {"yes": [], "no": []}
    assert await page.evaluate("window.violations") == []
    await page.context.close()
