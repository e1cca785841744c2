"""Prices announced aloud: each bid once in its order, with a voice of the page's language; without one it is said in words."""

import pytest
from browser_hall import LISTEN
from playwright.async_api import Browser, Page, expect

from web.static import ROOT

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<div id="speech" data-lang="zh-CN" data-none="没有语音" hidden>
<button type="button" aria-pressed="false" data-start="唱标" data-stop="停止" hidden><span>唱标</span></button>
<span role="status"></span></div><ol><li data-say="第1家">1</li><li data-say="第2家">2</li></ol>
<script type="module" src="/speech.js"></script></html>"""
VOICES = """
window.said = [];
const voices = %s;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, speak: ({ text }) => said.push(text), cancel: () => said.push("-"), addEventListener() {},
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


async def _page(browser: Browser, voices: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.add_init_script(LISTEN)
    await page.add_init_script(VOICES % voices)
    script = (ROOT / "js/hall/speech.js").read_text("utf-8")
    await page.route("**/speech.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    await page.route("http://hall.example/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    await page.goto("http://hall.example/")
    return page


async def test_each_bid_is_announced_once_and_later_ones_follow(browser: Browser) -> None:
    page = await _page(browser, '[{ lang: "en-US" }, { lang: "zh-CN" }]')
    await page.click("#speech button")
    assert await page.evaluate("said") == ["第1家", "第2家"]
    await page.evaluate("document.querySelector('ol').insertAdjacentHTML('beforeend', '<li data-say=第3家>3</li>')")
    await page.wait_for_function("said.length === 3 && said[2] === '第3家'")
    await page.click("#speech button")
    assert (await page.evaluate("said"))[3:] == ["-"], "stopped"
    await page.context.close()


async def test_without_a_voice_it_is_said_in_words_and_the_text_stays(browser: Browser) -> None:
    page = await _page(browser, '[{ lang: "en-US" }]')
    await expect(page.locator("#speech")).to_contain_text("没有语音")
    await expect(page.locator("#speech button")).to_be_hidden()
    await expect(page.locator("li")).to_have_count(2)
    await page.context.close()


QUESTION = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><p class="listen" data-none="没有中文语音" hidden>
<button type="button" data-listen="请说明单价构成" data-stop="停止"><span>朗读</span></button> <span role="status"></span></p>
<script type="module" src="/listen.js"></script></html>"""


@pytest.mark.parametrize(
    "voices", ['[{ lang: "zh-CN", name: "B" }, { lang: "zh-CN", name: "A", localService: true }]', "[]"]
)
async def test_a_typed_question_is_read_by_one_fixed_voice_or_it_is_said_that_there_is_none(
    browser: Browser, voices: str
) -> None:
    page = await (await browser.new_context()).new_page()
    await page.add_init_script(VOICES.replace("({ text }) => said.push(text)", "(one) => said.push(one)") % voices)
    script = (ROOT / "js/bidder/listen.js").read_text("utf-8")
    await page.route("**/listen.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    await page.route("http://bid.example/", lambda route: route.fulfill(body=QUESTION, content_type="text/html"))
    await page.goto("http://bid.example/")
    if voices == "[]":
        await expect(page.locator(".listen")).to_contain_text("没有中文语音")
        await expect(page.locator("button")).to_be_hidden()
    else:
        await page.click("button")
        said = await page.evaluate("({ ...said[1], voice: said[1].voice.name, onend: 0, onerror: 0 })")
        told = {
            "text": "请说明单价构成",
            "voice": "A",
            "lang": "zh-CN",
            "rate": 1,
            "pitch": 1,
            "onend": 0,
            "onerror": 0,
        }
        assert said == told and await page.inner_text("button span") == "停止"
        await page.click("button")
        assert await page.inner_text("button span") == "朗读"
    await page.context.close()
