"""Receipts beside evidence, and printed receipts: the page holds what a bidder has against what the platform publishes."""

from typing import Any

import pytest
from browser_hall import Hall
from playwright.async_api import Browser, expect
from test_public_screens import barriers
from test_verify_checks import on_page
from test_verify_page import WAIT, at_verify, file, verdict
from verify_cases import Case, checked, code_of, policy_file

from infra.kernel.canonical import canonical, read, unb64
from trading.archive.bundle import unpack

# isort: split
from evidence_log import Scene
from evidence_scenes import a_scene, an_evidence
from failed_scenes import few_bids
from test_verify_commands import a_receipt

pytestmark = pytest.mark.browser


def paper(receipt: dict[str, Any], **other: str) -> dict[str, str]:
    """What the picture on a printed receipt says."""
    hashed = unb64(receipt["manifest"]).hex()
    return {"bid": receipt["bid"], "section": receipt["section"], "manifest": hashed} | other


def address(told: dict[str, str]) -> str:
    """The page's address as the picture has it."""
    return "/en/verify#" + "&".join(f"{name}={text}" for name, text in told.items())


def receipt_of(scene: Scene, bid: str) -> dict[str, Any]:
    """The receipt of a bid's submission, also where the file hides it."""
    for one in scene.events:
        one.hidden = False
    rows = read(unpack(scene.evidence())["events.json"])
    [row] = [one for one in rows if f'"subject":"{bid}"' in one["event"] and '"certificate"' in one["event"]]
    told = read(row["event"].encode())
    kept = {
        "manifest": told["facts"]["manifest"],
        "parts": [],
        **{name: row[name] for name in ("event", "salt", "proof")},
    }
    return {"format": "receipt/v1", "section": told["section"], "bid": bid, **kept}


async def found(browser: Browser, hall: Hall, *cases: tuple[Any, ...]) -> list[tuple[str, str]]:
    """(verdict, the last step or the code) of evidence with a receipt beside it or a printed one's numbers."""
    given = [
        Case(
            {"e.zip": evidence, **({} if receipt is None else {"r.json": canonical(receipt)})},
            policy_file(),
            *printed,
        )
        for evidence, receipt, *printed in cases
    ]
    page = await on_page(browser, hall)
    results = await checked(page, given)
    await page.context.close()
    return [(one["verdict"], code_of(one) or one["steps"][-1]["name"]) for one in results]


async def test_a_receipt_beside_the_evidence_must_stand_in_it(browser: Browser, hall: Hall) -> None:
    moved = a_scene()
    moved.event("bid.submitted", 1).moved(0.5)
    assert await found(
        browser,
        hall,
        (an_evidence(), a_receipt()),
        (an_evidence(), a_receipt(0)),
        (moved.evidence(), a_receipt()),
        (an_evidence(), a_receipt() | {"bid": "bid-c"}),
    ) == [
        ("holds", "receipt-listed"),
        ("holds", "receipt-told"),
        ("failed", "receipt.missing"),
        ("failed", "receipt.event"),
    ]


@pytest.mark.soak
async def test_a_receipt_beside_the_evidence_is_nothing_without_a_policy(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    files = {"e.zip": an_evidence(), "r.json": canonical(a_receipt() | {"salt": "A" * 43 + "="})}
    [one] = await checked(page, [Case(files, None)])
    assert (one["verdict"], code_of(one)) == ("unusable", "page.policy-needed")
    await page.context.close()


@pytest.mark.soak
async def test_of_a_section_that_hides_its_bids_only_the_list_can_answer_a_receipt(
    browser: Browser, hall: Hall
) -> None:
    listed, replaced = (receipt_of(few_bids(), bid) for bid in ("bid-b", "bid-a1"))
    hidden = few_bids().evidence()
    assert await found(browser, hall, (hidden, listed), (hidden, replaced), (hidden, None, paper(listed))) == [
        ("holds", "receipt-listed"),
        ("unusable", "receipt.unlisted"),
        ("holds", "paper-listed"),
    ]


@pytest.mark.soak
async def test_evidence_is_searched_for_a_printed_receipts_bid(browser: Browser, hall: Hall) -> None:
    printed = paper(a_receipt())
    assert await found(
        browser,
        hall,
        (an_evidence(), None, printed),
        (an_evidence(), None, paper(a_receipt(0))),
        (an_evidence(), None, printed | {"manifest": "0" * 64}),
        (an_evidence(), None, printed | {"section": "YH-2026-001/S2"}),
    ) == [
        ("holds", "paper-listed"),
        ("holds", "paper-told"),
        ("unusable", "page.paper-missing"),
        ("unusable", "page.paper-elsewhere"),
    ]


async def test_a_printed_receipt_tells_which_file_proves_it_and_asks_the_platform_nothing(
    browser: Browser, hall: Hall
) -> None:
    printed = paper(a_receipt())
    page, asked = await at_verify(browser, hall, address(printed))
    sheet = page.locator("#verify-paper")
    await expect(sheet).to_contain_text("These numbers prove nothing yet")
    for text in printed.values():
        await expect(sheet).to_contain_text(text)
    assert asked == []
    await page.set_input_files("#files", file("receipt.json", canonical(a_receipt())))
    card = await verdict(page)
    await expect(card.locator("h2")).to_have_text("Yes, this holds")
    await expect(card).to_contain_text("are those of the picture on the sheet")
    await page.set_input_files("#files", file("receipt.json", canonical(a_receipt(2))))
    await expect(page.locator(".verdict")).to_contain_text("the receipt of another bid", timeout=WAIT)
    assert asked == ["/log/policy.txt"]
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("end", ["", "#", "#bid=bid-b", "#bid=<b>&section=YH-2026-001/S1&manifest=" + "0" * 64])
async def test_an_address_that_no_receipt_bears_tells_of_none(browser: Browser, hall: Hall, end: str) -> None:
    page, _ = await at_verify(browser, hall, "/en/verify" + end)
    await expect(page.locator("#verify")).to_be_visible()
    await expect(page.locator("#verify-paper")).to_be_hidden()
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("width", [1440, 390])
async def test_the_printed_receipts_card_fits_and_bars_nobody(browser: Browser, hall: Hall, width: int) -> None:
    page, _ = await at_verify(browser, hall, address(paper(a_receipt())), width=width)
    await expect(page.locator("#verify-paper")).to_be_visible()
    assert await barriers(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await page.context.close()


async def test_a_receipt_is_checked_without_the_network_once_the_page_is_loaded(browser: Browser, hall: Hall) -> None:
    page, asked = await at_verify(browser, hall, "/en/verify")
    await page.context.set_offline(True)
    await page.set_input_files("#own", file("policy.txt", policy_file()))
    await page.set_input_files("#files", file("receipt.json", canonical(a_receipt())))
    await expect((await verdict(page)).locator("h2")).to_have_text("Yes, this holds")
    forged = {**a_receipt(), "bid": "bid-x"}
    await page.set_input_files("#files", file("receipt.json", canonical(forged)))
    await expect(page.locator(".verdict[data-tone=failed]")).to_be_visible(timeout=WAIT)
    assert asked == []
    await page.context.close()
