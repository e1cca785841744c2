"""The Verify page judges reasons and pinned pages as the command line does."""

import pytest
from browser_hall import Hall
from playwright.async_api import Browser
from test_verify_checks import differing, on_page
from verify_cases import checked, evidence_case, forged, told

# isort: split
from forged_reasons import REASONS, reasoned

pytestmark = [pytest.mark.browser, pytest.mark.soak]


async def test_reasons_and_pins_are_judged_as_by_the_command(browser: Browser, hall: Hall) -> None:
    page = await on_page(browser, hall)
    [good] = await checked(page, [evidence_case(reasoned().evidence())])
    assert (good["verdict"], [step["name"] for step in good["steps"]]) == ("holds", told(reasoned().evidence())[0])
    assert await differing(page, list(forged(REASONS, reasoned))) == []
    await page.context.close()
