"""From chosen files to the receipt in a browser: lost connections, a killed tab, an expired session; nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route
from scenes import Hall, a_hall
from sealing_hall import CHOOSE, FORM, PASSPHRASE, Desk, a_desk, altered, seen, served
from sealing_stage import a_tab
from sqlalchemy import select, text

from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64
from infra.objects import Objects
from trading.bidding.tables import BidBlock

pytestmark = pytest.mark.browser

UPLOAD = """
() => {
  [window.receipt, window.failed] = [null, null];
  s.upload(key).then((told) => (receipt = told), (error) => (failed = error.code ?? String(error)));
}
"""
DONE = "receipt || failed"
HANDED_IN = "failed ?? (['submitted', 'receipted'].includes(s.plan.state) && s.plan.state)"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(browser: Browser, postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=3) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def origin(hall: Hall) -> AsyncIterator[str]:
    async with served(hall) as address:
        yield address


@pytest_asyncio.fixture
async def desk(browser: Browser, hall: Hall, origin: str) -> AsyncIterator[Desk]:
    async with a_desk(browser, hall, origin, "bidder1", await hall.a_tender(600)) as found:
        yield found


async def sealed(desk: Desk, **given: Any) -> Page:
    """A tab with a bid sealed, rehearsed and ready to go."""
    page = await desk.tab(**given)
    await desk.enrol(page)
    await desk.seal(page)
    return page


async def kept(page: Page, desk: Desk) -> dict[str, Any]:
    """The plan as it stands in the browser's database."""
    place = f"{desk.given()['account']} {desk.section}"
    return dict(await page.evaluate('(place) => m.idb.get("plans", place)', place))


async def blocks(desk: Desk, bid: str) -> list[tuple[str, int]]:
    """The blocks of a bid that the platform holds."""
    async with desk.hall.database.reading() as session:
        rows = await session.execute(select(BidBlock.part, BidBlock.number).where(BidBlock.bid == bid))
        return sorted((part, number) for part, number in rows)


@pytest.mark.soak
async def test_a_lost_connection_is_outlasted_and_told(desk: Desk) -> None:
    page = await sealed(desk)
    lost = []

    async def lose(route: Route) -> None:
        lost.append(route.request.url)
        await (route.abort("connectionreset") if len(lost) <= 2 else route.continue_())

    await page.route("**/blocks/1", lose)
    await page.evaluate(UPLOAD)
    assert await seen(page, HANDED_IN) in ("submitted", "receipted")
    told = [name for name, _ in await page.evaluate("heard") if name in ("offline", "online")]
    assert (told, len(lost)) == (["offline", "offline", "online"], 3)


@pytest.mark.soak
async def test_requirement_04_a_killed_tab_goes_on_from_the_last_acknowledged_block(desk: Desk) -> None:
    page = await sealed(desk)
    await page.route("**/technical/blocks/1", lambda route: route.abort("connectionreset"))
    await page.evaluate(UPLOAD)
    await seen(page, "s.plan.slots[2].acknowledged === 1")
    bid = await page.evaluate("s.plan.bid")
    held = await blocks(desk, bid)
    await page.close(run_before_unload=False)

    again = await desk.tab()
    sent: list[str] = []
    again.on("request", lambda request: sent.append(request.url) if "/blocks/" in request.url else None)
    plan = await again.evaluate("s.plan")
    assert (plan["state"], plan["anew"], plan["bid"], plan["rehearsed"]) == ("uploading", None, bid, True)
    assert [slot["chosen"] for slot in plan["slots"]] == [False] * 3
    await again.evaluate('s.choose("technical", files.technical)')
    await again.evaluate(UPLOAD)
    receipt = await desk.until(again, DONE)
    assert (receipt["bid"], [url.rsplit("/parts/")[1] for url in sent]) == (bid, ["technical/blocks/1"])
    assert held == [("commercial", 0), ("opening-form", 0), ("technical", 0)]


@pytest.mark.soak
async def test_requirement_04_another_file_in_the_same_place_is_refused_by_size_then_by_content(desk: Desk) -> None:
    page = await sealed(desk)
    await page.close()
    again = await desk.tab()
    shorter = 'new File([new Uint8Array(299999)], "商务标.pdf")'
    found = await again.evaluate(f'facts(() => s.choose("commercial", {shorter}))')
    assert found == [
        "plan.other-size",
        {"part": "commercial", "name": "商务标.pdf", "expected": 300000, "found": 299999},
    ]
    other = 'new File([new Uint8Array(300000)], "商务标.pdf")'
    code, facts = await again.evaluate(f'facts(() => s.choose("commercial", {other}))')
    zeros = b64(block_root([bytes(300000)], PLAINTEXT_BLOCK))
    assert (code, facts["part"], facts["found"]) == ("plan.other-content", "commercial", zeros)
    assert facts["expected"] != zeros
    assert await again.evaluate("s.plan.state") == "sealed"
    await again.evaluate(f'(async () => s.choose("commercial", {other}, {{ replace: true }}))()')
    assert await again.evaluate("[s.plan.state, s.plan.kit, s.plan.rehearsed]") == ["choosing", False, False]


@pytest.mark.soak
async def test_a_tab_killed_while_sealing_must_seal_anew_and_says_so(desk: Desk) -> None:
    page = await desk.tab()
    await page.evaluate(CHOOSE, FORM)
    await page.evaluate(
        "() => { s.addEventListener('progress', () => s.pause(), { once: true }); s.seal('words').catch(() => {}); }"
    )
    await seen(page, "heard.some(([name]) => name === 'progress')")
    await page.close()
    again = await desk.tab()
    plan = await again.evaluate("s.plan")
    assert (plan["state"], plan["anew"]) == ("choosing", "interrupted")
    assert [(slot["name"], slot["chosen"]) for slot in plan["slots"]] == [
        (None, False), ("商务标.pdf", False), ("技术标.pdf", False),
    ]  # fmt: skip
    assert await again.evaluate("facts(() => s.seal('words'))") == [
        "plan.missing", {"parts": ["opening-form", "commercial", "technical"]},
    ]  # fmt: skip
    await desk.seal(again)
    assert await again.evaluate("[s.plan.state, s.plan.anew]") == ["sealed", None]


@pytest.mark.soak
async def test_a_sealed_copy_that_is_gone_means_sealing_anew(desk: Desk) -> None:
    page = await sealed(desk)
    await page.close()
    other = await desk.context.new_page()
    await other.goto(desk.origin + "/")
    await other.evaluate(
        'async () => (await navigator.storage.getDirectory()).removeEntry("openhall-sealed", { recursive: true })'
    )
    again = await desk.tab()
    assert await again.evaluate("[s.plan.state, s.plan.anew, s.plan.kit]") == ["choosing", "copy-gone", False]
    assert await again.evaluate("code(() => s.upload(key))") == "plan.not-sealed"


@pytest.mark.soak
async def test_without_room_for_a_copy_blocks_are_sealed_again_from_the_file(desk: Desk) -> None:
    await altered(desk.context, "store.js", "64 << 20", "2 ** 60")
    page = await sealed(desk)
    await page.evaluate(UPLOAD)
    assert await seen(page, HANDED_IN) in ("submitted", "receipted")
    plan = await kept(page, desk)
    assert [slot["sealed"]["stored"] for slot in plan["slots"].values()] == [False] * 3
    assert (
        await page.evaluate(
            "navigator.storage.getDirectory().then((root) => code(() => root.getDirectoryHandle('openhall-sealed')))"
        )
        != "nothing"
    )


@pytest.mark.soak
async def test_an_expired_session_pauses_and_goes_on_after_signing_in(desk: Desk) -> None:
    page = await sealed(desk)
    await desk.context.clear_cookies()
    await page.evaluate(UPLOAD)
    await seen(page, "heard.some(([name]) => name === 'signin')")
    assert await page.evaluate("heard.filter(([name]) => name === 'signin')") == [
        ["signin", {"code": "session.needed"}]
    ]
    assert await page.evaluate(DONE) is None
    await desk.sign_in()
    await page.evaluate("(token) => s.continue({ token })", desk.token)
    assert await seen(page, HANDED_IN) in ("submitted", "receipted")


@pytest.mark.soak
async def test_a_paused_upload_sends_nothing_until_it_continues(desk: Desk) -> None:
    page = await sealed(desk)
    await page.evaluate("() => s.addEventListener('progress', () => s.pause(), { once: true })")
    await page.evaluate(UPLOAD)
    await seen(page, "heard.filter(([name, { stage }]) => stage === 'uploading').length > 0")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    await asyncio.sleep(0.3)
    assert sent == []
    await page.evaluate("s.continue()")
    assert await seen(page, HANDED_IN) in ("submitted", "receipted")


async def test_requirement_09_no_bid_is_handed_in_before_its_kit_was_read_back(desk: Desk) -> None:
    page = await desk.tab()
    await desk.enrol(page)
    await page.evaluate(CHOOSE, FORM)
    await page.evaluate("async (words) => { window.kit = await s.seal(words); }", PASSPHRASE)
    assert await page.evaluate("code(() => s.upload(key))") == "plan.rehearse"
    assert await page.evaluate("code(() => s.rehearse(kit, 'another'))") == "kit.passphrase"
    assert await page.evaluate("code(() => s.rehearse(new Blob(['{}']), 'another'))") == "kit.bad"
    await page.evaluate("async (words) => { window.first = kit; window.kit = await s.seal(words); }", PASSPHRASE)
    assert await page.evaluate("(words) => code(() => s.rehearse(first, words))", PASSPHRASE) == "kit.other"
    await page.evaluate("(words) => s.rehearse(kit, words)", PASSPHRASE)
    assert await page.evaluate("s.plan.rehearsed")


@pytest.mark.soak
async def test_the_servers_refusal_arrives_with_its_code_and_words(desk: Desk) -> None:
    page = await sealed(desk)
    async with desk.hall.database.work(desk.hall.actor("agent")) as work:
        await work.session.execute(text("UPDATE sections SET deadline = now() WHERE id = :id"), {"id": desk.section})
    found = await page.evaluate("s.upload(key).catch((error) => [error.code, error.facts.status, error.told.title])")
    assert (found[0], found[1], bool(found[2])) == ("bid.late", 409, True)
    assert await page.evaluate("s.plan.state") == "sealed"


@pytest.mark.soak
async def test_a_plan_belongs_to_one_tab_at_a_time(desk: Desk) -> None:
    page = await desk.tab()
    other = await a_tab(desk.context, desk.origin + "/")
    given = desk.given()
    assert await other.evaluate("(told) => code(() => m.main.Sealing.open(told))", given) == "plan.other-tab"
    await page.evaluate("s.close()")
    assert await other.evaluate("(told) => code(() => m.main.Sealing.open(told))", given) == "nothing"


@pytest.mark.soak
async def test_a_keyset_of_unknown_custodians_is_refused(desk: Desk) -> None:
    page = await a_tab(desk.context, desk.origin + "/")
    given = desk.given() | {"pinned": {"somebody": b64(bytes(32))}}
    assert await page.evaluate("(told) => code(() => m.main.Sealing.open(told))", given) == "seal.keyset"


@pytest.mark.soak
async def test_a_bid_goes_from_files_to_the_receipt_and_is_replaced_and_withdrawn(desk: Desk) -> None:
    page = await sealed(desk)
    await page.evaluate(UPLOAD)
    receipt = await desk.until(page, DONE)
    assert (receipt["format"], receipt["section"], await page.evaluate("s.plan.state")) == (
        "receipt/v1", desk.section, "receipted",
    )  # fmt: skip
    first = receipt["bid"]
    await page.evaluate("s.choose('commercial', files.commercial, { replace: true })")
    await page.evaluate("async (words) => { await s.rehearse(await s.seal(words), words); }", PASSPHRASE)
    await page.evaluate(UPLOAD)
    await seen(page, HANDED_IN)
    assert await page.evaluate("s.plan.bid") != first
    assert (await page.evaluate("s.withdraw(key)"))["state"] == "withdrawn"
    assert await page.evaluate("window.violations") == []


@pytest.mark.soak
async def test_cancelling_forgets_plan_and_copies(desk: Desk) -> None:
    page = await sealed(desk)
    await page.evaluate("s.cancel()")
    assert await page.evaluate("[s.plan.state, s.plan.slots.map(({ name }) => name)]") == ["empty", [None] * 3]
    left = """async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("openhall-sealed", { create: true });
      const names = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    }"""
    assert await page.evaluate(left) == []


@pytest.mark.soak
async def test_nothing_secret_stands_in_the_browsers_database(desk: Desk) -> None:
    page = await sealed(desk)
    plan = await kept(page, desk)
    assert set(plan) == {
        "acknowledged", "adopted", "bid", "broken", "digest", "factor", "id", "keyset", "kit", "manifest", "receipt",
        "rehearsed", "second", "slots", "state", "trial",
    }  # fmt: skip
    assert plan["second"] is None
    assert set(plan["slots"]["technical"]["sealed"]) == {"commit", "leaves", "root", "size", "stored"}
    assert plan["slots"]["opening-form"]["root"] is None
    assert '"bid-kit/v1 locked"' in plan["kit"]
    assert plan["factor"] is False and set(plan["trial"]) == {"container", "keys"}
