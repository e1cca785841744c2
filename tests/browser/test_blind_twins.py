"""The bid room's look at a blind part is held to the command line's: the same files, the same findings."""

import json

import pytest
from blind_files import FILES, WORDS_TOLD
from playwright.async_api import Browser
from sealing_stage import an_engine, engine_served

from infra.kernel.canonical import b64

pytestmark = [pytest.mark.browser, pytest.mark.soak]

LOOK = """
async ([cases, told]) => {
  const { inspect } = await import("/static/t/js/bidder/inspecting.js");
  const raw = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return Promise.all(cases.map(async ([name, data]) => {
    const found = await inspect(new File([raw(data)], name), told);
    return found.map(({ code, facts }) => [code, facts.text, facts.key ?? ""]);
  }));
}
"""


async def test_the_browser_finds_in_a_blind_part_what_the_command_line_finds(browser: Browser) -> None:
    with engine_served() as origin:
        async with an_engine(browser, origin) as page:
            cases = [[name, b64(data)] for name, data, _ in FILES.values()]
            found = await page.evaluate(LOOK, [cases, list(WORDS_TOLD)])
    expected = json.loads(json.dumps([one for _, _, one in FILES.values()]))
    assert dict(zip(FILES, found, strict=True)) == dict(zip(FILES, expected, strict=True))
