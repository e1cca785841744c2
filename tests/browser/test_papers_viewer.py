"""The viewer of bids: Chinese pages as they were set, found, pointed at and quoted; spoilt files in words; no properties."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browser_hall import Hall
from paper_files import WORD, a_heavy_pdf, a_pdf, a_picture
from paper_stand import Stand, a_stand, told
from playwright.async_api import Browser, expect
from test_public_screens import barriers

from infra.edge import random_bytes

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PATIENCE = 30_000
CANVASES = "document.querySelectorAll('.leaf canvas').length"
INK = """() => {
  const canvas = document.querySelector(".leaf[data-painted] canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return data.filter((one, at) => at % 4 === 0 && one < 100).length;
}"""
SPOILT = {
    "broken": b"%PDF-1.7\n" + b"nothing of a PDF follows\n" * 200,
    "empty": b"",
    "other": b"PK\x03\x04 a table",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stand(browser: Browser, hall: Hall) -> AsyncIterator[Stand]:
    files = {
        "technical": a_pdf(12, title="云湖市政公司技术标"),
        "locked": a_pdf(1, password="x"),
        "scan": a_picture(),
        **SPOILT,
    }
    found = await a_stand(browser, hall, files)
    yield found
    await found.page.context.close()


async def opened_at(stand: Stand) -> None:
    """A fresh look at the first file."""
    stand.down, stand.status = False, None
    await stand.open()
    await expect(stand.page.locator(".leaf[data-painted]").first).to_be_visible(timeout=PATIENCE)


async def test_a_chinese_bid_is_read_and_searched_without_eval_or_inline_style(stand: Stand) -> None:
    await opened_at(stand)
    page = stand.page
    assert await page.evaluate(INK) > 5_000
    await expect(page.locator("[data-at=all]")).to_have_text("12")
    await expect(page.locator("[data-at=outline] > li")).to_have_count(2)
    await page.fill("[data-at=find]", "不停水 切换")
    await expect(page.locator("[data-at=hits]")).to_have_text("1/2 处", timeout=PATIENCE)
    await expect(page.locator(".leaf__mark[data-current]")).to_have_count(1, timeout=PATIENCE)
    await page.click("[data-at=after]")
    await expect(page.locator("[data-at=hits]")).to_have_text("2/2 处")
    await expect(page.locator(".leaf__mark[data-current]")).to_have_count(2)  # over the end of a line
    assert await page.input_value("[data-at=page]") in ("9", "10")
    # Nothing of what the file says of itself is shown anywhere.
    text = await page.content()
    assert "云湖市政公司" not in text and "SECRET" not in text and await page.title() == "标书"
    assert await barriers(page) == []
    assert await stand.violations() == []


@pytest.mark.soak
@pytest.mark.parametrize(
    ("part", "words"),
    [("locked", "打开密码"), ("broken", "已损坏"), ("empty", "文件是空的"), ("other", "不在本页显示")],
    ids=["locked", "broken", "empty", "other"],
)
async def test_a_file_that_cannot_be_shown_is_told_of_in_words(stand: Stand, part: str, words: str) -> None:
    await opened_at(stand)
    await stand.page.click(f"[data-part={part}]")
    await expect(stand.page.locator("[data-at=say]")).to_contain_text(words, timeout=PATIENCE)
    await expect(stand.page.locator("[data-at=fetch]")).to_be_visible(visible=part != "empty")
    assert await stand.page.is_disabled("[data-at=find]") and await barriers(stand.page) == []
    await stand.page.click("[data-part=technical]")
    await expect(stand.page.locator(".leaf[data-painted]").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.soak
async def test_a_picture_is_shown_under_the_same_opening(stand: Stand) -> None:
    await opened_at(stand)
    before = len(stand.openings)
    await stand.page.click("[data-part=scan]")
    await expect(stand.page.locator(".papers__image")).to_be_visible(timeout=PATIENCE)
    assert await stand.page.evaluate("document.querySelector('.papers__image').naturalWidth") == 300
    assert stand.openings[before:] == ["scan"] and await stand.violations() == []


@pytest.mark.soak
async def test_pages_are_turned_by_keyboard_contents_and_number(stand: Stand) -> None:
    await opened_at(stand)
    page = stand.page
    await page.focus("[data-at=view]")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[data-at=page]")).to_have_value("2")
    await page.locator(".outline__go").last.click()
    await expect(page.locator("[data-at=page]")).to_have_value("11")
    await page.fill("[data-at=page]", "7")
    await page.keyboard.press("Enter")
    await page.focus("[data-at=view]")
    await expect(page.locator("[data-at=page]")).to_have_value("7")
    before = await page.inner_text("[data-at=scale]")
    await page.keyboard.press("-")
    assert await page.inner_text("[data-at=scale]") != before
    await expect(page.locator(".leaf[data-page='7'][data-painted]")).to_be_visible(timeout=PATIENCE)
    await page.focus("[role=tab][aria-selected=true]")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("[role=tab][aria-selected=true]")).to_have_text("locked")


@pytest.mark.soak
async def test_what_is_selected_can_be_quoted_with_its_page_and_a_pin_shows_it_again(stand: Stand) -> None:
    await opened_at(stand)
    page = stand.page
    await page.evaluate("""() => {
      const viewer = document.querySelector("bid-papers");
      window.heard = [];
      const note = ({ type, detail }) => window.heard.push([type, detail]);
      for (const name of ["quote", "page-shown"]) viewer.addEventListener(name, note);
      return viewer.show("technical", 10);
    }""")
    line = page.locator(".leaf[data-page='10'] .leaf__text span", has_text=WORD).first
    await expect(line).to_be_visible(timeout=PATIENCE)
    await line.select_text()
    await page.click("[data-at=quote]")
    [*_, last] = await page.evaluate("window.heard")
    quoted = {"part": "technical", "page": 10, "text": f"切换步骤见{WORD}方案，以及"}
    assert last == ["quote", quoted]
    assert ["page-shown", 10] in [[name, one["page"]] for name, one in await page.evaluate("window.heard")]
    pin = {**quoted, "label": "P10"}
    await page.evaluate("pin => document.querySelector('bid-papers').highlight([pin])", pin)
    await expect(page.locator(".leaf__mark--pin")).to_have_count(1)
    await expect(page.locator(".leaf__label")).to_have_text("P10")


@pytest.mark.soak
async def test_another_bid_takes_the_first_ones_place(stand: Stand) -> None:
    await opened_at(stand)
    await stand.page.evaluate(
        "told => document.querySelector('bid-papers').dataset.parts = told", told(["scan", "other"])
    )
    await expect(stand.page.locator(".papers__image")).to_be_visible(timeout=PATIENCE)
    await expect(stand.page.locator("[role=tab]")).to_have_text(["scan", "other"])
    await stand.page.evaluate("document.querySelector('bid-papers').dataset.parts = '[]'")
    await expect(stand.page.locator("[data-at=say]")).to_contain_text("没有可在此查阅的文件")


@pytest.mark.soak
async def test_a_lost_connection_and_an_ended_session_are_told_and_the_first_heals_by_itself(stand: Stand) -> None:
    await opened_at(stand)
    stand.down = True
    await stand.page.click("[data-part=scan]")
    await expect(stand.page.locator("[data-at=missing]")).to_be_visible(timeout=PATIENCE)
    stand.down = False
    await expect(stand.page.locator(".papers__image")).to_be_visible(timeout=PATIENCE)
    await expect(stand.page.locator("[data-at=missing]")).to_be_hidden()
    for status, words in ((401, "会话已结束"), (404, "已不可查阅"), (422, "未能读取")):
        stand.status = status
        await stand.page.click("[data-part=technical]")
        await expect(stand.page.locator("[data-at=say]")).to_contain_text(words, timeout=PATIENCE)
        stand.status = None
        await stand.page.click("[data-part=scan]")
        await expect(stand.page.locator(".papers__image")).to_be_visible(timeout=PATIENCE)


@pytest.mark.soak
async def test_two_thousand_pages_have_few_canvases_and_one_search(browser: Browser, hall: Hall) -> None:
    stand = await a_stand(browser, hall, {"technical": a_pdf(2000, rows=2)})
    page = stand.page
    await opened_at(stand)
    for number in (400, 1999, 3, 1200, 1201, 1202, 2000):
        await page.evaluate(f"document.querySelector('bid-papers').show('technical', {number})")
        await expect(page.locator(f".leaf[data-page='{number}'][data-painted]")).to_be_visible(timeout=PATIENCE)
        assert await page.evaluate(CANVASES) <= 8
    await page.fill("[data-at=find]", WORD)
    await expect(page.locator("[data-at=hits]")).to_have_text("399/400 处", timeout=6 * PATIENCE)
    await page.focus("[data-at=find]")
    await page.keyboard.press("Shift+Enter")
    await expect(page.locator("[data-at=hits]")).to_have_text("398/400 处")
    assert await page.evaluate(CANVASES) <= 8
    await page.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("linear", [False, True], ids=["plain", "linearised"])
async def test_the_first_and_the_last_page_of_200_mb_need_few_of_its_bytes(
    browser: Browser, hall: Hall, linear: bool
) -> None:
    stand = await a_stand(browser, hall, {"technical": a_heavy_pdf(200_000_000, random_bytes, linear=linear)})
    begun = time.monotonic()
    await opened_at(stand)
    print(f"first page of 200 MB, linearised {linear}: {time.monotonic() - begun:.2f} s, {len(stand.asked)} ranges")
    await stand.page.evaluate("document.querySelector('bid-papers').show('technical', 400)")
    await expect(stand.page.locator(".leaf[data-page='400'][data-painted]")).to_be_visible(timeout=PATIENCE)
    assert sum(stop - start for _, start, stop in stand.asked) < 6_000_000
    assert stand.openings == ["technical"]
    await stand.page.context.close()
