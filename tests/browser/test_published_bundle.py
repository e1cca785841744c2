"""The hash of the sealing code: what a page computes of itself is what the platform publishes."""

import pytest
from browser_hall import Hall, opened
from playwright.async_api import Browser

from infra.kernel.canonical import b64
from web.announcing import served_bundle
from web.static import static_url

pytestmark = pytest.mark.browser

CLIENT = """async (path) => {
  const { client } = await import(path);
  const { version, bundle } = await client();
  return { version, bundle: btoa(String.fromCharCode(...bundle)) };
}"""


async def test_the_page_computes_the_published_hash_of_its_own_code(browser: Browser, hall: Hall) -> None:
    page = await opened(browser, hall)
    await page.goto(f"{hall.origin}/sealing")
    told = await page.evaluate(CLIENT, static_url("js/seal/bundle.js"))
    served = served_bundle()
    assert told == {"version": served.version, "bundle": b64(served.digest)}
    await page.context.close()
