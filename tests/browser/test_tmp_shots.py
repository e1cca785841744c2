"""Temporary."""
import pytest
from browser_hall import opened
from test_section_screens import site  # noqa
pytestmark = pytest.mark.browser
async def test_shots(browser, site):
    for w in (1440, 390):
        page = await opened(browser, site.hall, width=w)
        for name in ("failed", "opened"):
            for path in ("", "/log"):
                for l in ("zh", "en"):
                    await page.goto(site.url(getattr(site.story, name), path, l))
                    await page.screenshot(path=f"/tmp/t/shots/s_{name}{path.replace('/', '_')}_{l}_{w}.png", full_page=True)
        for stage in ("decrypting", "publicity", "marked", "four locked"):
            html = site.story.shots[stage][""].text
            await page.route("**/x-stage", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
            await page.goto(site.hall.origin + "/x-stage")
            await page.screenshot(path=f"/tmp/t/shots/s_{stage.replace(' ','')}_zh_{w}.png", full_page=True)
            await page.unroute("**/x-stage")
        await page.context.close()
